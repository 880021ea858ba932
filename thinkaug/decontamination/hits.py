"""hits: what decontaminate noted in its folder, read back and counted by set and item. Knows no texts and no items."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from thinkaug.store import Folder

SPAN_CHARS = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """An evaluation item that stood in a row.

    Args:
        row: the row's id.
        set: the evaluation set.
        item: the item's id in it.
        where: `text`, or `thought` where a thought held it or a part of it.
        start: code points, in the expert text; of a thought, in the row as it is rendered without markers.
        end: likewise, exclusive.
        span: the words that match, at most 200 characters of them.
        share: of the item's runs of words, how many stood there.
        rule: how it was found.
        action: what was done: `drop`, `cut` or `mark`.
    """

    row: str
    set: str
    item: str
    where: str
    start: int
    end: int
    span: str
    share: float
    rule: str
    action: str


def noted(hit: Hit) -> dict[str, object]:
    """The hit as a note, without the row's id."""
    return {name: value for name, value in asdict(hit).items() if name != "row"}


def hits_of(folder: Folder) -> Iterator[Hit]:
    """All hits that a folder of decontaminate holds."""
    for note in folder.notes():
        yield Hit(note["id"], **{field.name: note[field.name] for field in fields(Hit) if field.name != "row"})


def by_item(hits: Iterable[Hit]) -> dict[str, Counter[str]]:
    """By set, how many rows hold each of its items."""
    rows = {(hit.set, hit.item, hit.row) for hit in hits}
    found: dict[str, Counter[str]] = {}
    for set_, item, _ in sorted(rows):
        found.setdefault(set_, Counter())[item] += 1
    return found


def lines(found: Mapping[str, Counter[str]], most_items: int = 5) -> list[str]:
    """A line for each set: how many of its items were found, and those in most rows."""

    def line(set_: str, items: Counter[str]) -> str:
        first: list[tuple[str, Any]] = sorted(items.items(), key=lambda pair: (-pair[1], pair[0]))[:most_items]
        shown = ", ".join(f"{item} ({rows})" for item, rows in first)
        return f"{set_}: {len(items)} items in {sum(items.values())} places: {shown}" + (
            ", ..." if len(items) > most_items else ""
        )

    return [line(set_, items) for set_, items in sorted(found.items())]
