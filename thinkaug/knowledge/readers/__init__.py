"""Readers: one small file each, from a file to its rows. A row that cannot be read says so; the rest goes on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO


@dataclass(frozen=True, slots=True)
class Link:
    """A fact that the format itself states of the row's `id`; `name` is the target's, where it stands there."""

    relation: str
    target: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """One row as it stands in its file, from `line` on. Without `fields` it is none, and `reason` and `detail` say why.

    `reason` is a snake_case word. `links` are of formats that know relations, whatever the columns.
    """

    line: int
    fields: Mapping[str, object] | None
    reason: str = ""
    detail: str = ""
    links: tuple[Link, ...] = field(default=(), kw_only=True)


Reader = Callable[[IO[bytes]], Iterator[Found]]
