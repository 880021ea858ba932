"""sets: items come out of whatever a benchmark is kept in; what is wrong with a file is said with what it holds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from thinkaug.decontamination.fields import text_of
from thinkaug.decontamination.items import Item
from thinkaug.decontamination.sets import EvaluationSet, fingerprints, items_of, named
from thinkaug.errors import UserError

RECORDS = [
    {"question": "Who came first?", "answer": "Ann", "id": "q7"},
    {"question": "And then?", "answer": ["Bob", 2]},
]


def items(path: Path, **settings: Any) -> tuple[list[Item], list[str]]:
    notes: list[str] = []
    return items_of(named([EvaluationSet(path=str(path), **settings)], "sets"), "sets", notes.append), notes


def written(folder: Path, name: str, body: str | bytes) -> Path:
    place = folder / name
    place.write_bytes(body if isinstance(body, bytes) else body.encode())
    return place


def parquet(folder: Path) -> Path:
    pq.write_table(pa.Table.from_pylist([{"prompt": "Who?", "target": "Ann"}]), folder / "a.parquet")
    return folder / "a.parquet"


def test_lines_of_json(tmp_path: Path) -> None:
    found, notes = items(written(tmp_path, "toy.jsonl", "\n".join(map(json.dumps, RECORDS))))
    assert found == [Item("toy", "q7", "Who came first?", "Ann"), Item("toy", "2", "And then?", "Bob\n2")]
    assert notes == ["sets: toy: 2 items; question: question, answer: answer"]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(RECORDS),
        json.dumps({"version": 1, "data": RECORDS}, indent=1),
        json.dumps({"q7": {"question": "Who came first?", "answer": "Ann"}, "2": RECORDS[1]}),
    ],
)
def test_an_array_or_an_object_of_records(tmp_path: Path, body: str) -> None:
    found, _ = items(written(tmp_path, "toy.json", body))
    assert [(item.id, item.question) for item in found] == [("q7", "Who came first?"), ("2", "And then?")]


def test_parquet(tmp_path: Path) -> None:
    assert items(parquet(tmp_path), name="my set")[0] == [Item("my_set", "1", "Who?", "Ann")]


def test_named_fields(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", json.dumps({"q": {"stem": "Who?"}, "key": "B", "question": "not this", "n": 5}))
    found, notes = items(path, fields=("q.stem", "key"), id="n")
    assert found == [Item("a", "5", "Who?", "B")]
    assert notes == []


@pytest.mark.parametrize(("fields", "missing"), [(("qestion",), "qestion"), (("question", "gold"), "gold")])
def test_a_field_that_is_not_there(tmp_path: Path, fields: tuple[str, ...], missing: str) -> None:
    path = written(tmp_path, "toy.jsonl", json.dumps(RECORDS[0]))
    with pytest.raises(UserError, match=f"toy: no record has a field '{missing}'; there are: question, answer, id"):
        items(path, fields=fields)


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("toy.jsonl", "", "no record could be read .it is empty"),
        ("toy.jsonl", "\n\n \n", "it is empty"),
        ("toy.jsonl", "not json\n", "no record could be read"),
        ("toy.json", "[]", "it is empty"),
        ("toy.jsonl", '{"foo": "x", "bar": 1}', "there are: foo, bar"),
        ("toy.jsonl", '{"question": " "}\n{"question": null}', "no record has a text in 'question'"),
        ("toy.parquet", "PAR1 not", "no Parquet file"),
        ("toy.csv", "question,answer\nwho,ann", "unknown ending 'csv'.*save it as JSON Lines"),
        ("toy.json", '{"12377809": "yes", "26163474": "no"}', "there are: 12377809, 26163474"),
    ],
)
def test_what_is_no_evaluation_set(tmp_path: Path, name: str, body: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        items(written(tmp_path, name, body))


def test_what_cannot_be_read_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    found, notes = items(written(tmp_path, "toy.jsonl", f"{json.dumps(RECORDS[0])}\nbroken\n"))
    assert len(found) == 1
    assert "1 of 2 records cannot be read: toy.jsonl#2" in notes[0]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        items(tmp_path / "gone.jsonl")


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        (["a/toy.jsonl", "b/toy.json"], "two sets are called 'toy'"),
        ([EvaluationSet()], "either `path` or `hub`"),
        ([EvaluationSet(path="a", hub="b")], "either `path` or `hub`"),
    ],
)
def test_names_and_places(sets: list[str | EvaluationSet], message: str) -> None:
    with pytest.raises(UserError, match=message):
        named(sets, "sets")


def test_the_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, "toy.jsonl", json.dumps(RECORDS[0]))
    sets = named([str(path)], "sets")
    before = fingerprints(sets, "sets")
    written(tmp_path, "toy.jsonl", json.dumps(RECORDS[1]))
    assert before[0][:2] == ["toy", "toy.jsonl"]
    assert fingerprints(sets, "sets") != before


def test_a_folder_of_the_hubs_layout(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    pq.write_table(pa.Table.from_pylist([{"problem": "Who?", "solution": "Ann"}]), tmp_path / "set" / "test.parquet")
    sets = named([EvaluationSet(hub=str(tmp_path / "set"))], "sets")
    assert items_of(sets, "sets", lambda text: None) == [Item("set", "1", "Who?", "Ann")]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"a": "x"}, "x"),
        ({"a": {"A": "x", "B": None, "C": ["y", 3]}}, "x\ny\n3"),
        ({"a": None}, ""),
        ({}, ""),
        ({"a": 0}, "0"),
    ],
)
def test_values_as_text(record: Mapping[str, Any], text: str) -> None:
    assert text_of(record, "a") == text
