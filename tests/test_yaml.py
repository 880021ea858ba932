"""YAML, read safely and written."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thinkaug.yaml import read_yaml, write_yaml

PIECES = ["a: ", "- ", "\n", "  ", "[", "]", "{", "}", "&x ", "*x", "!!bool ", "!!int ", "!!float ", "!!set ", "<<: "]
PIECES += [
    "!!timestamp ",
    "!!binary ",
    "%YAML 1.1\n---\n",
    "'",
    '"',
    "|",
    ">",
    "#",
    "? ",
    ": ",
    "_",
    "0x",
    "on",
    "\x00",
]
SOURCE = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=8).map("".join)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8) | st.sampled_from(
    ["on", "no", "~", "null", "1", "1e3", "2020-01-01"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "On", "OFF", "Yes", "NO", "y", "n"])
def test_words_stay_words(word: str) -> None:
    assert read_yaml(f"{word}: {word}") == {word: word}


def test_true_and_false_are_truth_values() -> None:
    assert read_yaml("[true, false, null, 1, 1.5, 0o17, 1e-3]") == [True, False, None, 1, 1.5, 15, 1e-3]


@pytest.mark.parametrize("source", ["a: 1\na: 2", "{a: 1, 'a': 2}", "x:\n  - {b: 1, c: 2, b: 1}"])
def test_a_key_that_stands_twice_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"found duplicate key.*line \d"):
        read_yaml(source)


@pytest.mark.parametrize(
    "source",
    [
        "!!python/object/apply:os.system ['touch {mark}']",
        "!!python/object/new:subprocess.Popen [['touch', '{mark}']]",
        "!!python/object/apply:builtins.open ['{mark}', 'w']",
        "a: !!python/name:os.system ''",
        "!!python/module:os ''",
        "!!python/tuple [1]",
        "!mine x",
    ],
)
def test_a_tag_makes_no_object(source: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises(ValueError, match="could not determine a constructor"):
        read_yaml(source.replace("{mark}", str(mark)))
    assert not mark.exists()


@pytest.mark.parametrize("source", ["a: [1", "a: b: c", "\t- a", "a: *nowhere", "a: 1\n---\nb: 2", "'"])
def test_what_is_not_valid_says_where_in_one_line(source: str) -> None:
    with pytest.raises(ValueError, match=r"line \d+, column \d+") as error:
        read_yaml(source)
    assert "\n" not in str(error.value)


@settings(max_examples=50, deadline=None)
@example("!!bool x")
@example("!!float '_'")
@example("2001-99-99")
@given(SOURCE)
def test_any_source_is_read_or_a_value_error(source: str) -> None:
    try:
        read_yaml(source)
    except ValueError as error:
        told = str(error)
        assert told


def test_a_source_nested_too_deep_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="recursion"):
        read_yaml("[" * 900)


@settings(max_examples=50, deadline=None)
@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read_yaml(write_yaml(value)) == value


def test_keys_are_written_in_their_order() -> None:
    assert write_yaml({"b": 1, "a": [1, 2]}) == "b: 1\na:\n- 1\n- 2\n"
