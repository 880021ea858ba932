"""Look-ups: names before words, one order, quotes letter for letter, and nothing that a query can break."""
# ruff: noqa: E501 - one case a line

import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.conftest import Make
from thinkaug.errors import UserError
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.index import Hit, Index
from thinkaug.knowledge.quote import MOST_CHARS, cut
from thinkaug.knowledge.stored_entries import Pieces, write_pieces
from thinkaug.knowledge.tokens import name_key
from thinkaug.knowledge.wording import Config

ROWS = [
    {"id": "1", "title": "gout", "text": "Crystals of uric acid in a joint. It hurts at night.", "synonyms": ["podagra"]},
    {"id": "2", "title": "arthritis", "text": "Inflammation of a joint, as in gout, gout and gout.", "synonyms": ["Gout, so called"]},
    {"id": "3", "title": "pseudogout", "text": "Crystals of calcium pyrophosphate.", "synonyms": ["gout"]},
    {"id": "4", "title": "ALL", "text": "A leukaemia of children."},
    {"id": "5", "title": "All", "text": "Every one of the children."},
    {"id": "6", "title": "serotonin", "text": "Also 5-HT; binds to 5-HT3 receptors. Made from tryptophan at 3.5 units."},
]  # fmt: skip


def jsonl(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.entry.id for hit in hits]


@pytest.fixture
def index(make: Make) -> Index:
    return make({"a.jsonl": jsonl(ROWS)})  # type: ignore[arg-type]


def test_a_name_comes_before_all_that_words_say(index: Index) -> None:
    hits = index.look_up("Gout")
    assert ids(hits) == ["1", "3", "2"]
    assert [hit.exact for hit in hits] == [True, True, False]
    assert hits[2].score > hits[0].score, "by words alone the third would be first"


def test_a_synonym_is_a_name(index: Index) -> None:
    assert (ids(index.look_up("PODAGRA"))[0], index.look_up("gout: so-called!")[0].exact) == ("1", True)


def test_words_of_a_synonym_are_searched(index: Index) -> None:
    (hit,) = index.look_up("podagra, swollen")
    assert (hit.entry.id, hit.exact) == ("1", False)


def test_of_names_that_fold_alike_the_one_spelt_so_comes_first(index: Index) -> None:
    assert [ids(index.look_up(query)) for query in ("ALL", "All", "all")] == [["4", "5"], ["5", "4"], ["4", "5"]]


@pytest.mark.parametrize(
    ("query", "best", "quote"),
    [
        ("what hurts at night", "1", "It hurts at night."),
        ("uric crystals", "1", "Crystals of uric acid in a joint."),
        ("5HT", "6", "Also 5-HT; binds to 5-HT3 receptors."),
        ("3.5", "6", "Made from tryptophan at 3.5 units."),
        ("serotonin", "6", "Also 5-HT; binds to 5-HT3 receptors."),
    ],
)
def test_the_sentence_that_answers_is_quoted(index: Index, query: str, best: str, quote: str) -> None:
    hit = index.look_up(query)[0]
    assert (hit.entry.id, hit.quote) == (best, quote)


def test_an_endless_sentence_is_quoted_in_part(make: Make) -> None:
    text = "one two " * 2000 + "needle " + "three four " * 2000
    (hit,) = make({"a.jsonl": jsonl([{"id": "x", "text": text}])}).look_up("needle")
    assert "needle" in hit.quote
    assert len(hit.quote) <= MOST_CHARS
    assert hit.quote in hit.entry.text


def test_alike_entries_are_in_order_of_id_and_none_is_doubled(make: Make) -> None:
    rows: list[dict[str, object]] = [{"id": f"{n:03}", "text": "same words here"} for n in reversed(range(300))]
    index = make({"a.jsonl": jsonl(rows)})
    for query in ("same words", "words same same", "here"):
        assert ids(index.look_up(query, 7)) == [f"{n:03}" for n in range(7)]
    assert len(set(ids(index.look_up("same", 1000)))) == 300


@pytest.mark.parametrize("most", [-1, 0, 1, 2, 3, 100])
def test_no_more_than_asked_for(index: Index, most: int) -> None:
    assert ids(index.look_up("gout", most)) == ["1", "3", "2"][: max(most, 0)]


NOTHING = ["", " \n\t", "\x00\x07", "zzqx unheard", "?!", "\ud800", "\u202e\u200b", "剂量", "🫀"]


@pytest.mark.parametrize("query", NOTHING)
def test_a_query_that_says_nothing_finds_nothing(index: Index, query: str) -> None:
    assert index.look_up(query) == []


def test_noise_around_words_changes_nothing(index: Index) -> None:
    assert ids(index.look_up("\x00uric\x1f\ud800 URIC zzqx")) == ids(index.look_up("uric")) == ["1"]


def test_a_very_long_query_is_answered(index: Index) -> None:
    assert ids(index.look_up("unheard of words " * 50_000 + "tryptophan"))[0] == "6"


def test_scores_are_those_of_bm25s(make: Make) -> None:
    import bm25s

    rows = [{"id": f"{n:04}", "text": f"w{n % 7} w{n % 11} w{n % 13} " + "filler " * (n % 5)} for n in range(400)]
    index = make({"a.jsonl": jsonl(rows)})  # type: ignore[arg-type]
    peer = bm25s.BM25(method="lucene")
    peer.index([str(row["text"]).split() for row in rows], show_progress=False)
    for query in ("w1 w2 w3", "filler w6", "w0"):
        expected = sorted(peer.get_scores(query.split()), reverse=True)[:9]
        hits = index.look_up(query, 9)
        assert np.allclose([hit.score for hit in hits], expected, rtol=1e-5)
        scores = peer.get_scores(query.split())
        assert np.allclose([hit.score for hit in hits], [scores[int(hit.entry.id)] for hit in hits], rtol=1e-5)


names = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(names, st.data())
def test_every_entry_is_found_first_by_its_own_label(
    tmp_path_factory: pytest.TempPathFactory, labels: list[str], data: st.DataObject
) -> None:
    distinct = {key: label for label in labels if (key := name_key(label))}
    words = st.sampled_from([*labels, "common"])
    rows = [
        {"id": str(n), "title": label, "text": " ".join(data.draw(st.lists(words, max_size=4))) + " said."}
        for n, label in enumerate(distinct.values())
    ]
    if not rows:
        return
    place = tmp_path_factory.mktemp("labels")
    (place / "a.jsonl").write_text(jsonl(rows))  # type: ignore[arg-type]
    index = Index.open(build_index([str(place / "a.jsonl")], str(place / "index")))
    for row in rows:
        first = index.look_up(str(row["title"]))[0]
        assert (first.entry.id, first.exact) == (row["id"], True)
        assert first.quote in first.entry.text


@settings(max_examples=150)
@given(st.text())
def test_any_query_gets_an_ordered_answer(shared: Index, query: str) -> None:
    hits = shared.look_up(query, 3)
    assert hits == shared.look_up(query, 3) == shared.look_up(query, 4)[:3]
    order = [(not hit.exact, -hit.score if not hit.exact else 0.0) for hit in hits]
    assert order == sorted(order)
    assert all(hit.quote in hit.entry.text for hit in hits)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Index:
    place = tmp_path_factory.mktemp("shared")
    (place / "a.jsonl").write_text(jsonl(ROWS))  # type: ignore[arg-type]
    return Index.open(build_index([str(place / "a.jsonl")], str(place / "index")))


def test_threads_get_the_same_answers(shared: Index) -> None:
    queries = ["gout", "joint", "crystals of calcium", "5-HT", "children"] * 40
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shared.look_up, queries))
    assert found == [shared.look_up(query) for query in queries]


def test_the_files_are_mapped_and_not_read(make: Make, folder: Path) -> None:
    rows: list[dict[str, object]] = [{"id": f"{n:05}", "title": f"t{n}", "text": f"w{n} " * 200} for n in range(5000)]
    make({"a.jsonl": jsonl(rows)})
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    before = pa.total_allocated_bytes()
    index = Index.open(folder)
    assert index.look_up("w4711")[0].entry.id == "04711"
    assert pa.total_allocated_bytes() - before < size / 100
    maps = Path("/proc/self/maps")
    if maps.exists():
        mapped = maps.read_text()
        for name in ("entries.arrow", "names.arrow", "words.arrow", "data.csc.index.npy", "indices.csc.index.npy"):
            assert f"/{name}" in mapped, f"{name} is not mapped"
    for array in (index._bm25.scores["data"], index._bm25.scores["indices"]):
        assert not array.flags.owndata
        assert not array.flags.writeable


def test_another_process_finds_the_same(index: Index, folder: Path) -> None:
    program = (
        "import pickle, sys; from thinkaug.knowledge.index import Index;"
        "sys.stdout.buffer.write(pickle.dumps(Index.open(sys.argv[1]).look_up('crystals in a joint')))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], check=True, capture_output=True)
    assert pickle.loads(done.stdout) == index.look_up("crystals in a joint")


def test_a_folder_that_is_none_says_how_to_build_one(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UserError, match=f"{place}: .*thinkaug index PATH --out {place}"):
            Index.open(place)


def test_another_spec_is_refused(index: Index, folder: Path) -> None:
    values = json.loads((folder / "index.json").read_text())
    (folder / "index.json").write_text(json.dumps({**values, "spec": "thinkaug-index/99"}))
    with pytest.raises(UserError, match=r"version thinkaug-index/99, this program reads thinkaug-index/2; build it"):
        Index.open(folder)


@pytest.mark.parametrize("name", ["entries.arrow", "names.arrow", "words.arrow", "bm25/data.csc.index.npy"])
@pytest.mark.parametrize("damage", ["cut", "gone", "garbage"])
def test_a_damaged_index_is_refused(index: Index, folder: Path, name: str, damage: str) -> None:
    place = folder / name
    body = place.read_bytes()
    place.unlink()
    if damage != "gone":
        place.write_bytes(body[:-8] if damage == "cut" else b"\x00" * len(body))
    with pytest.raises(UserError, match="build it with: thinkaug index"):
        Index.open(folder)


def test_entries_without_any_word_do_no_harm(make: Make) -> None:
    index = make(
        {"a.jsonl": jsonl([{"id": "x", "title": "+", "text": "---"}, {"id": "y", "title": "", "text": "..."}])}
    )
    assert ids(index.look_up("+")) == ["x"]
    assert index.look_up("word") == []


def test_a_stronger_b_favours_the_shorter_entry(make: Make, folder: Path) -> None:
    body = jsonl([{"id": "1", "text": "gout gout and much more that is of no use here"}, {"id": "2", "text": "gout"}])
    assert ids(make({"a.jsonl": body}, b=0.0).look_up("gout")) == ["1", "2"]
    assert ids(make({"a.jsonl": body}, b=1.0).look_up("gout")) == ["2", "1"]
    assert Config().b == 0.75


def test_a_shared_index_is_mapped_once_until_another_is_built_there(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(jsonl(ROWS[:2]))
    (tmp_path / "two.jsonl").write_text(jsonl(ROWS[:3]))
    folder = str(build_index([str(tmp_path / "one.jsonl")], str(tmp_path / "index")))
    before = Index.shared(folder)
    assert Index.shared(folder) is before
    build_index([str(tmp_path / "two.jsonl")], folder)
    assert len(Index.shared(folder)) == 3
    assert len(before) == 2
    with pytest.raises(UserError, match="no such folder"):
        Index.shared(str(tmp_path / "nowhere"))


@given(st.text(st.characters(codec="utf-8"), max_size=300) | st.text("aB. ?\n 語。", max_size=1500))
def test_pieces_hold_all_of_a_text_but_white_space(text: str) -> None:
    pieces = [text[start:end] for start, end in cut(text)]
    assert all(piece == piece.strip() != "" for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_pieces_are_stored_as_they_are_cut(tmp_path: Path) -> None:
    texts = ["One. Two? Three!", "", "e\u0301 \U0001f600. And more.", "x" * 1000, "行く。来る。"]
    write_pieces(tmp_path / "pieces.arrow", texts)
    stored = Pieces(tmp_path / "pieces.arrow")
    assert [stored[row] for row in range(len(texts))] == [list(cut(text)) for text in texts]
