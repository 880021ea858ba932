"""tables: a table of an article -> a pipe table. A cell over several rows or columns stands in each of them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from thinkaug.formats.jats.inline import line

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_COLUMNS = 1000
_MOST_ADDED_CELLS = 100_000
"""Cells that are only there to fill up: more, and a small file could ask for a huge table."""
_REPEATED_CHARS = 200
"""What is longer stands once, and is not repeated."""

_ROWS = ("tr", "row")
_CELLS = ("td", "th", "entry")

Row = list[str]
Reaching = dict[int, tuple[int, str]]
"""Column -> for how many rows more a cell from above reaches into it, and its text."""


def pipe_table(table: "_Element") -> str:
    """The table in lines; empty where it has no cells. The rows of its head become one, as a pipe table has one.

    Without a head, the first row stands as one.
    """
    sections = [table] if table.tag in ("tgroup", "array", "tbody") else [*table.iter("tgroup")] or [table]
    heads = [row for section in sections for head in section.findall("thead") for row in _grid(head)]
    rows = [row for section in sections for row in _bodies(section)]
    width = max((len(row) for row in (*heads, *rows)), default=0)
    if not width:
        return ""
    if (len(heads) + len(rows)) * width > sum(map(len, (*heads, *rows))) + _MOST_ADDED_CELLS:
        width = 0  # far from a rectangle: left ragged
    head, *body = [_merged(heads), *rows] if heads else rows
    lines = [_line(head, width), _line(["---"] * max(len(head), width), width), *(_line(row, width) for row in body)]
    return "\n".join(lines)


def _bodies(section: "_Element") -> Iterator[Row]:
    if any(child.tag in _ROWS for child in section):
        yield from _grid(section)
    for name in ("tbody", "tfoot"):
        for part in section.findall(name):
            yield from _grid(part)


def _grid(section: "_Element") -> Iterator[Row]:
    """The rows of a section, with what its cells reach over filled in."""
    rows = [row for row in section if row.tag in _ROWS]
    above: Reaching = {}
    room = _MOST_ADDED_CELLS
    for row in rows:
        below: Reaching = {}
        filled: Row = []
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            _fill(filled, above, below)
            across, down = _spans(cell, len(rows))
            across = min(across, max(1, min(room, _MOST_COLUMNS - len(filled))))
            text = line(cell).replace("|", r"\|")
            again = text if len(text) <= _REPEATED_CHARS else ""
            for place in range(across):
                if 1 < down <= room:
                    below[len(filled)] = (down - 1, again)
                    room -= down - 1
                filled.append(again if place else text)
            room -= across - 1
        while above:
            filled += [""] * (min(above) - len(filled))
            _fill(filled, above, below)
            above = {column: reach for column, reach in above.items() if column >= len(filled)}
        above = below
        yield filled


def _fill(row: Row, above: Reaching, below: Reaching) -> None:
    """Go on over columns that cells above reach into."""
    while len(row) in above:
        left, text = above.pop(len(row))
        if left > 1:
            below[len(row)] = (left - 1, text)
        row.append(text)


def _spans(cell: "_Element", rows: int) -> tuple[int, int]:
    """Over how many columns and rows a cell goes; `morerows` is the word of the older model of tables."""
    down = _number(cell.get("morerows"), 0) + 1 if cell.tag == "entry" else _number(cell.get("rowspan"))
    return _number(cell.get("colspan")), min(down, rows)


def _number(said: str | None, least: int = 1) -> int:
    try:
        return max(int(said or least), least)
    except ValueError:
        return least


def _merged(heads: Sequence[Row]) -> Row:
    """One row of headings: what stands above each other, each once."""
    columns = [[row[place] for row in heads if place < len(row)] for place in range(max(map(len, heads)))]
    return [" / ".join(dict.fromkeys(filter(None, column))) for column in columns]


def _line(cells: Row, width: int) -> str:
    return "| " + " | ".join([*cells, *[""] * (width - len(cells))]) + " |"
