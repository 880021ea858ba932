"""Expert text of any row -> what text checks say of it, and the row with that in its meta. Asks no model."""

import json
from collections.abc import Sequence
from dataclasses import replace

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


def marked(row: Document | Passage | Draft, reasons: Sequence[str]) -> Document | Passage | Draft:
    """The row with the reasons in its meta, after those that an earlier filter left there."""
    if isinstance(row, Draft):
        return replace(row, passage=replace(row.passage, meta=_with_reasons(row.passage.meta, reasons)))
    return replace(row, meta=_with_reasons(row.meta, reasons))


def _with_reasons(meta: str, reasons: Sequence[str]) -> str:
    values = json.loads(meta)
    earlier = values.get(KEY)
    known = [reason for reason in earlier if isinstance(reason, str)] if isinstance(earlier, list) else []
    values[KEY] = list(dict.fromkeys([*known, *reasons]))
    return json.dumps(values)
