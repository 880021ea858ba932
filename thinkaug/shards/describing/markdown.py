"""Words that anyone may have chosen become Markdown that shows them and does nothing else. Knows no cards."""

import re
from collections.abc import Iterable, Sequence

from thinkaug.visible import visible

_MOST_CHARS = 200
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS = re.compile(r"[\\`*_\[\]|~$]")
# They turn round what comes after them, to the end of the paragraph.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)


def one_line(text: str) -> str:
    """The text on one line, cut where it is long, without what steers a terminal or turns round other words."""
    kept = text.encode("utf-8", "replace").decode()
    shown = visible(" ".join(kept.split())).translate(_TURNING)
    return shown if len(shown) <= _MOST_CHARS else shown[: _MOST_CHARS - 1] + "…"


def plain(text: str) -> str:
    """The text for a line or a cell of a table: no HTML, no markup, no further cell."""
    marked = _MARKS.sub(lambda mark: "\\" + mark[0], one_line(text))
    return re.sub("[&<>]", lambda mark: _ENTITIES[mark[0]], marked)


def code(text: str) -> str:
    """The text as it is, in a code span that also stands in a cell."""
    shown = one_line(text)
    if "|" in shown:
        return plain(text)  # a bar ends a cell even within code
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence, space = "`" * (longest + 1), " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}" if shown.strip() else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers_from: int) -> str:
    """A table whose cells are Markdown already; the columns from that one on are numbers."""
    rule = "|".join("---" if place < numbers_from else "---:" for place in range(len(head)))
    first, *rest = (f"| {' | '.join(cells)} |\n" for cells in (head, *rows))
    return "".join((first, f"|{rule}|\n", *rest))


def number(value: float | None) -> str:
    """A count with commas; a dash where it was not counted."""
    return "-" if value is None else f"{value:,.0f}"
