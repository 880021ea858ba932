"""Readers: one small file each, from a file to its rows. A row that cannot be read says so; the rest goes on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True, slots=True)
class Found:
    """One row as it stands in its file, from `line` on. Without `fields` it is none, and `reason` and `detail` say why.

    `reason` is a snake_case word.
    """

    line: int
    fields: Mapping[str, object] | None
    reason: str = ""
    detail: str = ""


Reader = Callable[[IO[bytes]], Iterator[Found]]
