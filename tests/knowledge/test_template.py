"""Templates: columns, brackets that vanish, doubled signs."""
# ruff: noqa: E501 - one case a line

import pytest

from thinkaug.knowledge.template import read_template

ROW = {"a": "1", "b": "", "c": "3"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{a}-{c}", "1-3"), ("{a}{b}", ""), ("{b}", ""), ("fixed", "fixed"), ("", ""), (" {a} ", "1"),
        ("{a}[ ({b})]", "1"), ("{a}[ ({c})]", "1 (3)"), ("[{b}][{c}]", "3"), ("{a}[ {none}]", "1"), ("{a}[ kept]", "1 kept"),
        ("{{{a}}}", "{1}"), ("[[{a}]]", "[1]"), ("[[[{a}]]]", "[1]"), ("[{b}{c}]{a}", "1"),
    ],
)  # fmt: skip
def test_fill(template: str, text: str) -> None:
    assert read_template(template, "here").fill(lambda column: ROW.get(column, "")) == text


def test_it_applies_to_rows_with_its_columns() -> None:
    template = read_template("{a} {b}[ {z}]", "here")
    assert template.applies(ROW)
    assert not template.applies({"a": "1"})
