"""A JSONL file of labels -> which claims a person, or another judge, holds to be right. Knows nothing of pipelines.

    {"passage": "4f2a...", "claim": "Allopurinol is used in gout.", "label": true}

`label` is true or false, or a verdict (`supported`, `contradicted`, `unknown`). `cut` and `candidate` may stand beside,
to mean the claim there alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinkaug.errors import UserError, unknown
from thinkaug.words import words

_KEYS = ("passage", "claim", "label", "cut", "candidate")
_LABELS: Mapping[Any, bool | None] = {"supported": True, "contradicted": False, "unknown": None}

Key = tuple[str, tuple[str, ...], int | None, int | None]
"""Passage, the words of the claim, cut and candidate; None for any."""


@dataclass(frozen=True)
class Labels:
    """Labels by claim. One that names its cut, or its candidate, comes before one that does not."""

    name: str
    known: Mapping[Key, bool | None]

    def of(self, passage: str, cut: int, candidate: int, claim: str) -> bool | None:
        """Whether that claim is right; None where nobody says so."""
        said = words(claim)
        for place in ((cut, candidate), (cut, None), (None, candidate), (None, None)):
            if (key := (passage, said, *place)) in self.known:
                return self.known[key]
        return None


def read_labels(file: str) -> Labels:
    """The labels of a file.

    Raises:
        UserError: it cannot be read, a line of it is no label, or two lines say the opposite of the same claim.
    """
    path, known = Path(file), dict[Key, bool | None]()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise UserError(f"labels: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"labels: {path} is not UTF-8 text: {error.reason}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        key, label = _read(line, f"{path}: line {number}")
        if known.setdefault(key, label) != label:
            raise UserError(f"{path}: line {number}: an earlier line says the opposite of this claim")
    if not known:
        raise UserError(f"labels: {path} holds no labels")
    return Labels(path.name, known)


def _read(line: str, where: str) -> tuple[Key, bool | None]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where}: not valid JSON: {error}") from error
    if not isinstance(row, dict):
        raise UserError(f'{where}: an object was expected, such as {{"passage": ..., "claim": ..., "label": true}}')
    for key in row:
        if key not in _KEYS:
            raise unknown("field", str(key), _KEYS, where)
    for key in ("passage", "claim"):
        if not isinstance(row.get(key), str) or not row[key]:
            raise UserError(f"{where}: {key}: a text was expected, not {row.get(key)!r}")
    for key in ("cut", "candidate"):
        if row.get(key) is not None and type(row[key]) is not int:
            raise UserError(f"{where}: {key}: a whole number was expected, not {row[key]!r}")
    return (row["passage"], words(row["claim"]), row.get("cut"), row.get("candidate")), _label(row.get("label"), where)


def _label(value: Any, where: str) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _LABELS:
        return _LABELS[value]
    raise UserError(f"{where}: label: true, false, {', '.join(_LABELS)} was expected, not {value!r}")
