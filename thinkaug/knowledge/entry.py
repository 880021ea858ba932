"""What the index holds and what it answers with. Knows nothing of files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of knowledge. `title` and `synonyms` are what it is called by, `text` is what it says."""

    id: str
    title: str
    text: str
    synonyms: tuple[str, ...] = ()
    source: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that did not become an entry. `reason` is a snake_case word; `line` counts from 1 in its file."""

    file: str
    line: int
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. `quote` is a piece of the entry's text, letter for letter; `score` is BM25, 0 where no word matched.

    `exact` hits are called by the query itself, by title or synonym; they come before all others whatever their score.
    """

    entry: Entry
    score: float
    quote: str
    exact: bool
