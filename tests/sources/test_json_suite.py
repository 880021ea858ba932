"""JSONTestSuite: what must parse does, what must not does not, and nothing crashes."""

import io
from pathlib import Path

import pytest

from thinkaug.errors import Unreadable
from thinkaug.formats.encodings import decode
from thinkaug.formats.json_text.values import lenient, strict
from thinkaug.sources.json import json
from thinkaug.sources.jsonl import jsonl

TAKEN_LENIENTLY = {
    "n_number_NaN.json": "Python and pandas write it",
    "n_number_infinity.json": "Python and pandas write it",
    "n_number_minus_infinity.json": "Python and pandas write it",
    "n_string_unescaped_ctrl_char.json": "where the string ends is not in doubt: a NUL",
    "n_string_unescaped_newline.json": "where the string ends is not in doubt: a line feed",
    "n_string_unescaped_tab.json": "where the string ends is not in doubt: a tab",
}
"""What must not parse, and is taken leniently all the same, with the reason why."""


@pytest.fixture
def suite(trial_data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((trial_data / "json_test_suite").iterdir())}


def parses(body: bytes) -> bool:
    try:
        strict(body)
    except Unreadable:
        return False
    return True


def parses_leniently(body: bytes) -> bool:
    try:
        lenient(decode(body)[0])
    except Unreadable:
        return False
    return True


def test_the_suite_is_whole(suite: dict[str, bytes]) -> None:
    assert len(suite) == 318


def test_what_must_parse_does(suite: dict[str, bytes]) -> None:
    must = [name for name in suite if name.startswith("y_")]
    assert [name for name in must if not parses(suite[name])] == []
    assert [name for name in must if not parses_leniently(suite[name])] == []


def test_what_must_not_parse_does_not(suite: dict[str, bytes]) -> None:
    assert [name for name in suite if name.startswith("n_") and parses(suite[name])] == []


def test_leniently_no_more_parses_than_is_listed_with_its_reason(suite: dict[str, bytes]) -> None:
    taken = {name for name in suite if name.startswith("n_") and parses_leniently(suite[name])}
    assert taken == set(TAKEN_LENIENTLY)


def test_what_may_parse_or_not_does_one_of_them(suite: dict[str, bytes]) -> None:
    for name, body in suite.items():
        if name.startswith("i_"):
            assert parses(body) in (True, False)
            assert parses_leniently(body) in (True, False)


def test_lines_give_records_of_what_must_parse_and_of_nothing_that_must_not(suite: dict[str, bytes]) -> None:
    for name, body in suite.items():
        found = list(jsonl(strict=True)(io.BytesIO(body), name))
        records = [raw for raw in found if raw.fields is not None]
        if name.startswith("n_"):
            assert not records, name
        elif name.startswith("y_") and len(body.splitlines()) == 1:
            is_object = isinstance(strict(body), dict)
            assert [raw.kind for raw in found if raw.fields is None] == ([] if is_object else ["not_object"]), name
            assert len(records) == is_object


def test_files_give_records_of_what_must_parse_and_of_no_object_that_must_not(suite: dict[str, bytes]) -> None:
    for name, body in suite.items():
        found = list(json(strict=True)(io.BytesIO(body), name))
        if name.startswith("n_object"):
            assert not any(raw.fields for raw in found), name
        elif name.startswith("y_object"):
            assert [raw.fields for raw in found] == [strict(body)], name
        elif name.startswith("y_array"):
            assert len(found) == len(strict(body)), name
        elif name.startswith("y_"):
            assert [raw.kind for raw in found] == ["not_object"] or body.lstrip().startswith((b"[", b"{")), name


def test_an_array_that_must_not_parse_never_passes_without_a_reason(suite: dict[str, bytes]) -> None:
    for name, body in suite.items():
        if name.startswith("n_") and body.lstrip().startswith(b"["):
            assert any(raw.fields is None for raw in json(strict=True)(io.BytesIO(body), name)), name
