"""A dedup folder's notes -> its clusters; two texts -> how they differ. Knows nothing of how duplicates are found.

A row that went has the note `{"cluster", "keeper", "similarity", "reason"}`, one that stayed beside a row that is like
it `{"beside", "similarity", "words", "reason"}`. A cluster is called by the id of the row that ranks highest in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from thinkaug.store import Folder


@dataclass(frozen=True, slots=True)
class Member:
    """A row that went: for which one, how like it is, and why."""

    id: str
    keeper: str
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Rows that are duplicates of each other: those that stay for others, and those that went."""

    id: str
    keepers: tuple[str, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class KeptApart:
    """A near duplicate that stays, the row that it is like, some of the words that differ, and why it stays."""

    id: str
    beside: str
    similarity: float
    words: tuple[str, ...]
    reason: str


def clusters_of(folder: Folder) -> Iterator[Cluster]:
    """The clusters of a dedup folder, in the order in which their first copies came."""
    found: dict[str, list[Member]] = {}
    for note in folder.notes():
        if "cluster" in note:
            member = Member(note["id"], note["keeper"], note["similarity"], note["reason"])
            found.setdefault(note["cluster"], []).append(member)
    for cluster, members in found.items():
        yield Cluster(cluster, tuple(dict.fromkeys(member.keeper for member in members)), tuple(members))


def kept_apart(folder: Folder) -> Iterator[KeptApart]:
    """The near duplicates that were kept for what they state."""
    for note in folder.notes():
        if "beside" in note:
            yield KeptApart(note["id"], note["beside"], note["similarity"], tuple(note["words"]), note["reason"])


Change = Literal["same", "first", "second"]


def difference(first: str, second: str) -> list[tuple[Change, str]]:
    """The words of two texts in order: those of both (`same`), and those that stand only in the one or the other."""
    a, b = first.split(), second.split()
    found: list[tuple[Change, str]] = []
    for kind, start, stop, begin, end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", " ".join(a[start:stop])))
            continue
        if start < stop:
            found.append(("first", " ".join(a[start:stop])))
        if begin < end:
            found.append(("second", " ".join(b[begin:end])))
    return found
