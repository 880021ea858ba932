"""Rows become entries whatever the file; one that cannot is listed with its file, line and reason."""
# ruff: noqa: E501 - one case a line

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.knowledge.conftest import Make, entries, parquet
from thinkaug.errors import UserError
from thinkaug.inputs import find_inputs
from thinkaug.knowledge.reading import ENDINGS, gather
from thinkaug.knowledge.wording import Config

LeftOut = Callable[[], list[tuple[str, int, str]]]
REAL = Path(__file__).parents[2] / "data" / "knowledge" / "facts.tsv"


def lines(*rows: object) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def said(index: Any) -> list[tuple[str, str, str]]:
    return [(row["id"], row["title"], row["text"]) for row in entries(index)]


@pytest.mark.parametrize(
    "files",
    [
        {"a.jsonl": lines({"id": "b", "label": "B", "text": "Is b."}, {"id": "a", "title": "A", "definition": "Is a."})},
        {"a.parquet": parquet(id=["b", "a"], name=["B", "A"], text=["Is b.", "Is a."])},
        {"a.tsv": "id\tname\ttext\nb\tB\tIs b.\na\tA\tIs a.\n"},
        {"a.csv": "\ufeffid,name,text\r\nb,B,Is b.\r\na,A,Is a.\r\n"},
        {"a.tsv.gz": gzip.compress(b"id\tname\ttext\nb\tB\tIs b.\na\tA\tIs a.\n")},
        {"1.jsonl": lines({"id": "b", "label": "B", "text": "Is b."}), "2.csv": "id,term,def\na,A,Is a.\n"},
    ],
    ids=["jsonl", "parquet", "tsv", "csv", "packed", "two files"],
)  # fmt: skip
def test_usual_names_of_columns_need_no_settings(make: Make, files: dict[str, str | bytes], left_out: LeftOut) -> None:
    assert said(make(files)) == [("a", "A", "Is a."), ("b", "B", "Is b.")]
    assert left_out() == []


def test_a_zst_file_is_read(make: Make) -> None:
    body = pa.compress(b"id\ttext\na\tIs a.\n", codec="zstd", asbytes=True)
    assert said(make({"a.tsv.zst": body})) == [("a", "", "Is a.")]


def test_a_table_without_text_is_put_into_a_statement(make: Make) -> None:
    index = make({"a.tsv": "id\tlabel\tsubClassOf\tfirstSeen\nG1\tgout\tarthritis\t1679\nG2\tache\t\t\n"})
    assert said(index)[0] == ("G1", "gout", "gout is a kind of arthritis; first seen: 1679")
    assert len(index) == 1


def test_templates_and_words_make_the_entry(make: Make) -> None:
    table = "who\tverb\twhat\tsort\nA\ttreats_it\tB\tx\nC\tcauses\tD\t\n"
    settings: dict[str, object] = {
        "id": ("{who}>{what}",),
        "title": ("{who}",),
        "text": ("{{{nothing}}}", "{who} {verb} {what}[ ({sort})]"),
        "say": {"verb": {"treats_it": "treats"}},
        "source": ("A {{book}}",),
        "version": ("3",),
    }
    (first, second) = entries(make({"a.tsv": table}, **settings))
    assert first == {
        "id": "A>B",
        "title": "A",
        "text": "A treats B (x)",
        "synonyms": [],
        "source": "A {book}",
        "version": "3",
    }
    assert second["text"] == "C causes D"


@pytest.mark.parametrize("text", ["{a", "a}", "[b", "b]", "[a [b]]x]", "{}", "{a{b}}"])
def test_a_template_that_cannot_be_read_is_shown(make: Make, text: str) -> None:
    with pytest.raises(UserError, match=r"index: text: .*double it to write it"):
        make({"a.tsv": "a\tb\n1\t2\n"}, text=(text,))


def test_what_a_value_holds_is_no_template(make: Make) -> None:
    assert said(make({"a.tsv": "id\ttext\nx\t{id} [y] {{\n"})) == [("x", "", "{id} [y] {{")]


def test_synonyms_are_a_list_or_parted(make: Make) -> None:
    index = make(
        {
            "a.jsonl": lines({"id": "1", "text": "t", "synonyms": ["x|y", None, "", "z", "z"]}),
            "b.tsv": "id\ttext\talias\tnick\n2\tt\tx| y ||\tq\n",
        },
        synonyms=("nick",),
    )
    assert [row["synonyms"] for row in entries(index)] == [["x|y", "z"], ["q", "x", "y"]]


def test_the_projects_facts_are_statements(make: Make, left_out: LeftOut) -> None:
    index = make({"facts.tsv": REAL.read_bytes()})
    assert len(index) == len(REAL.read_text().splitlines()) - 1
    assert left_out() == []
    (hit, *_) = index.look_up("allopurinol")
    assert hit.entry.id == "DB00437 used_in DOID:13189"
    assert (hit.entry.text, hit.entry.source) == ("allopurinol is used in gout", "PharmacotherapyDB")
    assert hit.entry.version == "catalog 2016-03-10"


def test_the_projects_facts_in_other_words(make: Make) -> None:
    settings: dict[str, object] = {
        "text": ("{subject} {relation} {object}[ ({category})]",),
        "say": {"category": {"SYM": "symptomatic", "DM": "disease-modifying"}},
    }
    index = make({"facts.tsv": REAL.read_bytes()}, **settings)
    assert index.look_up("allopurinol")[0].quote == "allopurinol is used in gout (disease-modifying)"
    assert {row["text"].rpartition("(")[2] for row in entries(index) if "(" in row["text"]} == {  # type: ignore[attr-defined]
        "symptomatic)",
        "disease-modifying)",
    }


def test_a_real_ontology_as_a_table(make: Make, trial_data: Path, left_out: LeftOut) -> None:
    body = (trial_data / "knowledge" / "HumanDO.tsv").read_bytes()
    rows = len(body.splitlines()) - 1
    index = make({"HumanDO.tsv": body})
    assert len(index) + len(left_out()) == rows
    assert {reason for _, _, reason in left_out()} == {"duplicate_id"}
    hit = index.look_up("45,X/46,XY Mixed gonadal dysgenesis")[0]
    assert hit.exact
    assert hit.quote == "45,X/46,XY mixed gonadal dysgenesis is a kind of mixed gonadal dysgenesis"


def test_an_id_of_more_columns_keeps_every_parent(make: Make, trial_data: Path, left_out: LeftOut) -> None:
    body = (trial_data / "knowledge" / "HumanDO.tsv").read_bytes()
    index = make({"HumanDO.tsv": body}, id=("{id} {subClassOf}",))
    assert len(index) == len(body.splitlines()) - 1
    assert left_out() == []


def test_real_ontologies_in_obo(make: Make, trial_data: Path, left_out: LeftOut) -> None:
    slims = sorted((trial_data / "knowledge").glob("*.obo"))
    bodies = {slim.name: slim.read_bytes() for slim in slims}
    index = make(bodies)
    assert len(index) + len(left_out()) == sum(body.count(b"\n[Term]\n") for body in bodies.values())
    obsolete = [row for row in left_out() if row[2] == "obsolete"]
    assert len(obsolete) == sum(body.count(b"is_obsolete: true") for body in bodies.values())
    hit = index.look_up("atll")[0]
    assert (hit.entry.id, hit.exact) == ("DOID:0050523", True)
    assert "releases/2026-07-31" in hit.entry.version
    assert hit.entry.source == "doid/subsets/DO_cancer_slim"


OBO = r"""format-version: 1.2
data-version: 7
ontology: toy

[Term]
id: T:1
name: gout\, acute
def: "A \"hot\" joint.\nIt hurts." [url:http\://x, "y"] {source="z"}
synonym: "podagra" EXACT [] ! big toe
synonym: "gouty" RELATED SOMETHING [a:b]
is_a: T:9 {source="q"} ! arthritis
is_a: T:8

[Term]
id: T:2
name: gone
is_obsolete: true

[Typedef]
id: part_of
name: part of

[Term]
name: nameless

[Term]
id: T:3
name: bare
! a remark
is_obsolete: false"""


def test_obo_terms(make: Make, left_out: LeftOut) -> None:
    index = make({"a.obo": OBO})
    first, second = entries(index)
    assert first == {
        "id": "T:1",
        "title": "gout, acute",
        "text": 'gout, acute: A "hot" joint.\nIt hurts. gout, acute is a kind of arthritis and T:8.',
        "synonyms": ["podagra", "gouty"],
        "source": "toy",
        "version": "7",
    }
    assert (second["id"], second["text"]) == ("T:3", "bare")
    assert left_out() == [("a.obo", 14, "obsolete"), ("a.obo", 19, "not_a_term"), ("a.obo", 23, "no_id")]


HOSTILE = [
    ("a.tsv", b"id\ttext\na\tok\n\xff\xfe\tbad\nc\n\nd\te\tf\na\tagain\n\tno id\ne\t\nz\tlast\n",
     ["a", "z"], [(3, "not_utf8"), (4, "ragged"), (6, "ragged"), (7, "duplicate_id"), (8, "no_id"), (9, "no_text")]),
    ("a.csv", b'id,text\na,"two\nlines"\nb,"never closed\nc,ok\nd,"x" y\ne,5" pipe\nf,"say ""hi"""\n',
     ["a", "c", "e", "f"], [(4, "bad_quote"), (6, "bad_quote")]),
    ("a.tsv", b'id\ttext\na\t"quoted"\nb\t"open\nc\tok\n', ["a", "b", "c"], []),
    ("a.tsv", b"id\tid\ttext\na\tb\tok\n", ["a"], [(1, "doubled_column")]),
    ("a.jsonl", b'{"id": "a", "text": "ok"}\n\xff\n[1]\n{"id": 1\n{"id": "s", "text": "\\ud800"}\n{"id": "n", "text": null}\n'
     + b"[" * 100_000 + b'\n{"id": 7, "text": 8}\n',
     ["7", "a"], [(2, "not_utf8"), (3, "not_an_object"), (4, "not_json"), (5, "not_unicode"), (6, "no_text"), (7, "not_json")]),
    ("a.obo", b"[Term]\nid: a\nname: \xff\n[Term]\nid: b\nname: b\n", ["b"], [(1, "not_utf8")]),
    ("a.tsv.gz", gzip.compress(b"id\ttext\n" + b"".join(b"%d\tx\n" % n for n in range(5)), mtime=0)[:-9], None, [(None, "unreadable")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "kept", "lost"), HOSTILE)
def test_bad_rows_are_listed_and_the_rest_goes_on(
    make: Make, left_out: LeftOut, name: str, body: bytes, kept: list[str] | None, lost: list[tuple[int | None, str]]
) -> None:
    index = make({name: body, "0.jsonl": '{"id": "~", "text": "always there"}'})
    ids = [row["id"] for row in entries(index)]
    assert ids[-1] == "~"
    assert kept is None or ids[:-1] == kept
    found = left_out()
    assert [reason for _, _, reason in found] == [reason for _, reason in lost]
    assert all(line in (None, at) for (line, _), (_, at, _) in zip(lost, found, strict=True))


def test_an_open_quote_does_not_swallow_what_a_later_quote_would_close(make: Make, left_out: LeftOut) -> None:
    rows = "".join(f"{n},row {n}\n" for n in range(500))
    index = make({"a.csv": f'id,text\nx,"open\n{rows}y,z"\nw,"in\n\norder"\n'})
    assert len(index) == 502
    assert left_out() == [("a.csv", 2, "bad_quote")]


def test_the_first_of_two_rows_with_one_id_is_kept(make: Make, left_out: LeftOut, folder: Path) -> None:
    index = make({"b.tsv": "id\ttext\nx\tfirst\n", "a.tsv": "id\ttext\nx\tsecond\nx\tfirst\n"})
    assert said(index) == [("x", "", "first")]
    assert left_out() == [("a.tsv", 2, "duplicate_id"), ("a.tsv", 3, "duplicate_id")]
    listed = (folder / "left_out.json").read_text().splitlines()
    assert "it says otherwise" in listed[1]
    assert "it says the same" in listed[2]


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
def test_a_field_of_a_megabyte_is_no_trouble(make: Make, name: str) -> None:
    text = "long words " * 100_000 + "needle"
    sign = "," if name == "a.csv" else "\t"
    body = lines({"id": "x", "text": text}) if name == "a.jsonl" else f"id{sign}text\nx{sign}{text}\ny{sign}short\n"
    (hit,) = make({name: body}).look_up("needle")
    assert hit.entry.text == text
    assert hit.quote.endswith("needle")
    assert len(hit.quote) < 500


def test_a_broken_parquet_file_does_not_end_the_job(make: Make, left_out: LeftOut) -> None:
    index = make({"a.parquet": b"PAR1 no", "b.tsv": "id\ttext\nx\ty\n"})
    assert len(index) == 1
    assert left_out() == [("a.parquet", 1, "unreadable")]


def test_nothing_to_index_is_an_error_that_says_why(make: Make, folder: Path) -> None:
    with pytest.raises(UserError, match=r"no entry in 1 rows; a\.tsv:2: ragged: 1 fields under 2"):
        make({"a.tsv": "id\ttext\nx\n"})
    assert not folder.exists()


def test_an_unknown_ending_asks_for_the_format(make: Make) -> None:
    with pytest.raises(UserError, match=r"a\.dat: unknown ending 'dat'.*say --set format=tsv"):
        make({"a.dat": "id\ttext\nx\ty\n"})
    assert len(make({"a.dat": "id\ttext\nx\ty\n"}, format="tsv")) == 1
    with pytest.raises(UserError, match=r"'tvs'; did you mean 'tsv'"):
        make({"a.dat": "id\ttext\nx\ty\n"}, format="tvs")


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_what_a_csv_writer_writes_is_read_back(table: list[list[str]]) -> None:
    import csv

    from thinkaug.knowledge.readers.csv import csv as read

    sink = io.StringIO()
    csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["a", "b"], *table])
    found = list(read(io.BytesIO(sink.getvalue().encode())))
    assert [row.fields for row in found] == [{"a": a, "b": b} for a, b in table]


@given(st.binary(max_size=200), st.sampled_from(sorted(set(ENDINGS))))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, body: bytes, ending: str) -> None:
    place = tmp_path_factory.mktemp("bytes") / f"x.{ending}"
    place.write_bytes(body)
    gathered = gather(find_inputs([str(place)], ENDINGS, "index"), Config())
    assert gathered.rows == len(gathered.entries) + len(gathered.left_out)
