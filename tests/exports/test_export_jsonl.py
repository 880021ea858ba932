"""JSON lines for trainers that read `text`, and chunks as BoLT's loader takes them."""

import json
from pathlib import Path
from typing import Any

import datasets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.finished_sets import Pieces, a_sample, rows_of, samples, write_root
from thinkaug import strip
from thinkaug.errors import UserError
from thinkaug.exports import export
from thinkaug.exports.jsonl import chunks
from thinkaug.records import KINDS
from thinkaug.shards.student import Student
from thinkaug.shards.tokens import tokens_layout


def lines(out: Path) -> list[dict[str, Any]]:
    """What BoLT's loader finds: files by its pattern, line after line as Python reads them."""
    found = []
    for path in sorted(out.glob("*.chunk.*.jsonl")):
        with path.open(encoding="utf-8") as file:
            while line := file.readline():
                found.append(json.loads(line))
    return found


def spans_of(pieces: Pieces) -> tuple[str, list[dict[str, Any]]]:
    sample = a_sample(0, pieces, {})
    return sample.text, [{"start": s.start, "end": s.end, "kind": s.kind} for s in sample.spans]


def test_every_row_is_a_line_in_its_shard_and_order(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    export(root, "jsonl", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").glob("*.jsonl"))
    assert names == ["train-00000-of-00002.chunk.00000.jsonl", "train-00001-of-00002.chunk.00001.jsonl"]
    columns = ("id", "text", "source", "domain", "meta")
    rows = [{name: row[name] for name in columns} for row in rows_of(root)]
    assert [{name: line[name] for name in columns} for line in lines(tmp_path / "out")] == rows
    assert all(set(line) == {*columns, "chunks"} for line in lines(tmp_path / "out"))


def test_letters_beyond_ascii_are_themselves(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    export(root, "jsonl", tmp_path / "out")
    raw = b"".join(path.read_bytes() for path in (tmp_path / "out").glob("*.jsonl"))
    for letters in ("痛風 🫀", "👩‍🔬", "e\u0301 ‏עברית‏", "\u2028"):
        assert letters.encode() in raw
    assert b"\\u" not in raw


def test_suffixes_are_the_expert_text(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    export(root, "jsonl", tmp_path / "out")
    for row, line in zip(rows_of(root), lines(tmp_path / "out"), strict=True):
        if line["chunks"]:
            assert "".join(chunk["suffix"] for chunk in line["chunks"]) == strip(row["text"], row["spans"])
        else:
            assert {span["kind"] for span in row["spans"]} == {"text"}


@pytest.mark.parametrize("split", ["plain", "streaming"])
def test_datasets_reads_it_with_its_columns(split: str, tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    export(root, "jsonl", tmp_path / "out")
    loaded: Any = datasets.load_dataset(
        str(tmp_path / "out"), split="train", streaming=split == "streaming", cache_dir=str(tmp_path / "cache")
    )
    assert list(loaded) == lines(tmp_path / "out")


def test_a_file_without_any_chunk_still_has_the_column(tmp_path: Path) -> None:
    raw = samples(8, pieces=[("text", "Roh.")])
    root = write_root(tmp_path / "set", raw)
    said = export(root, "jsonl", tmp_path / "out")
    loaded: Any = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.features["chunks"].feature == {"suffix": datasets.Value("string"), "latent": datasets.Value("string")}
    assert "8 rows have no thought, so no chunks: BoLT wants fall_back_to_raw" in said


def test_at_random_places_no_pairing_is_made_up(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(), placement="random")
    said = export(root, "jsonl", tmp_path / "out")
    assert all(line["chunks"] == [] for line in lines(tmp_path / "out"))
    assert any("thoughts stand at random places" in line for line in said)


def test_it_is_said_that_no_loss_is_lost(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(weights={"recall": 0.0}))
    said = export(root, "jsonl", tmp_path / "out")
    assert "10 rows have stretches without loss, which readers of `text` train on" in said


def test_tokens_are_refused(tmp_path: Path) -> None:
    layout = tokens_layout(Student.open("shipped:model", "main", "", ()))
    root = write_root(tmp_path / "set", samples(8), layout=layout)
    with pytest.raises(UserError, match="jsonl is of layout text, not tokens; pack with layout: text"):
        export(root, "jsonl", tmp_path / "out")


def test_a_thought_goes_with_the_stretch_after_it() -> None:
    pieces = [
        *[("text", "Zuerst. "), ("marker", "<thinking>\n"), ("recall", "A."), ("marker", "\n"), ("prose", "B.")],
        *[("marker", "\n</thinking>\n"), ("text", "Dann.")],
    ]
    assert chunks(*spans_of(pieces)) == [
        {"suffix": "Zuerst. ", "latent": ""},
        {"suffix": "Dann.", "latent": "A.\nB."},
    ]


def test_where_thoughts_end_the_text_each_goes_with_the_stretch_before_it() -> None:
    pieces = [("text", "a"), ("marker", "\n"), ("prose", "z1"), ("marker", "\n"), ("text", "b"), ("prose", "z2")]
    closed = [*pieces, ("marker", "\n")]
    for given_pieces in (pieces, closed):
        assert chunks(*spans_of(given_pieces)) == [{"suffix": "a", "latent": "z1"}, {"suffix": "b", "latent": "z2"}]


@pytest.mark.parametrize(
    "pieces", [[("text", "x")], [("text", "x"), ("marker", "\n")], []], ids=["raw", "marked", "empty"]
)
def test_without_a_thought_there_is_no_chunk(pieces: Pieces) -> None:
    assert chunks(*spans_of(pieces)) == []


words = st.text(min_size=1, max_size=8)
steps = st.lists(st.tuples(st.sampled_from(KINDS), words), min_size=1, max_size=3)


@given(
    stretches=st.lists(st.tuples(words, steps), min_size=1, max_size=5),
    after=st.booleans(),
    opening=st.text(max_size=5),
)
def test_what_was_put_in_comes_out(stretches: list[Any], after: bool, opening: str) -> None:
    pieces: list[tuple[str, str]] = [("text", opening)] if opening and not after else []
    for suffix, thought in stretches:
        block = [("marker", "<thinking>\n")]
        for step in thought:
            block += [step, ("marker", "\n")]
        pieces += [("text", suffix), *block] if after else [*block, ("text", suffix)]
    expected = [{"suffix": suffix, "latent": "\n".join(step for _, step in thought)} for suffix, thought in stretches]
    if opening and not after:
        expected.insert(0, {"suffix": opening, "latent": ""})
    assert chunks(*spans_of(pieces)) == expected


def test_a_marker_after_the_text_makes_no_thought_of_it() -> None:
    pieces = [("prose", "z"), ("marker", "\n"), ("text", "a"), ("marker", "\n")]
    assert chunks(*spans_of(pieces)) == [{"suffix": "a", "latent": "z"}]
