"""Expert text of any row -> what text checks say of it, and the row with that in its meta. Asks no model."""

from collections.abc import Sequence

from thinkaug.quality import TextCheck
from thinkaug.records import Document, Draft, Passage

KEY = "text_checks"
"""Of a row's meta: the reasons of the text checks that object, as a list."""


def expert_text(row: Document | Passage | Draft) -> str:
    """The text that an expert wrote: of a draft, that of its passage."""
    return row.passage.text if isinstance(row, Draft) else row.text


def first_objection(text: str, checks: Sequence[tuple[str, TextCheck]]) -> tuple[str, str]:
    """The reason of the first check that objects, and which check that is; both empty where none does."""
    for index, (name, check) in enumerate(checks):
        if reason := check(text):
            return reason, f"texts[{index}]: {name}"
    return "", ""


def objections(text: str, checks: Sequence[tuple[str, TextCheck]]) -> list[str]:
    """The reasons of all checks that object, in their order, each once."""
    return list(dict.fromkeys(filter(None, (check(text) for _, check in checks))))
