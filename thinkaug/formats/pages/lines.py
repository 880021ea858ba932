"""lines: characters in boxes -> the lines of a page in the order they are read, column after column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

_COLUMN_GAP = 0.8  # of the type size: so wide is the white between two columns, at least
_RUN_GAP = 1.2  # of the type size: what stands further apart on a line is not of one run
_SPACE = 0.3  # of the type size: so wide a gap is a blank
_LEAST_LINES = 4  # in each of two columns
_LEAST_CHARS = 15  # in a line of a column, in the median: cells of a table are shorter
_MOST_DEPTH = 4  # columns within columns


class Box(NamedTuple):
    """A character, in points from the lower left. `size` is that of the type."""

    sign: str
    left: float
    bottom: float
    right: float
    top: float
    size: float


@dataclass(slots=True)
class Line:
    """Characters of one line that stand together. `column`: of the columns of its page, which one in reading order."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    column: int = 0

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.bottom + self.top) / 2


def lines_of(boxes: Iterable[Box]) -> list[Line]:
    """The lines of a page in reading order."""
    runs = _runs(boxes)
    ordered: list[list[Line]] = []
    _order(runs, ordered, 0)
    for number, column in enumerate(ordered):
        for line in column:
            line.column = number
    return [line for column in ordered for line in _joined(column)]


def _runs(boxes: Iterable[Box]) -> list[Line]:
    """Neighbours in the order of the file that stand beside each other."""
    runs: list[Line] = []
    last: Line | None = None
    for box in boxes:
        if box.sign.isspace():
            if last is not None and not last.text.endswith(" "):
                last.text += " "
            continue
        if last is not None and _continues(last, box):
            gap = box.left - last.right
            if gap > _SPACE * max(last.size, box.size) and not last.text.endswith(" "):
                last.text += " "
            last.text += box.sign
            last.right = max(last.right, box.right)
            last.bottom, last.top = min(last.bottom, box.bottom), max(last.top, box.top)
            last.size = max(last.size, box.size)
        else:
            last = Line(box.sign, box.left, box.bottom, box.right, box.top, box.size)
            runs.append(last)
    for run in runs:
        run.text = run.text.strip()
    return [run for run in runs if run.text]


def _continues(run: Line, box: Box) -> bool:
    size = max(run.size, box.size)
    overlap = min(run.top, box.top) - max(run.bottom, box.bottom)
    height = max(0.1, min(run.top - run.bottom, box.top - box.bottom))
    return overlap > 0.4 * height and -0.5 * size < box.left - run.right < _RUN_GAP * size


def _order(runs: list[Line], ordered: list[list[Line]], depth: int) -> None:
    """Append the runs to `ordered`, one list for each column or full-width stretch, from the top down."""
    gutter = _gutter(runs) if depth < _MOST_DEPTH else None
    if gutter is None:
        if runs:
            ordered.append(runs)
        return
    band: list[Line] = []
    wide: list[Line] = []
    for run in sorted(runs, key=lambda run: -run.middle):
        if run.left < gutter < run.right:
            _columns(band, gutter, ordered, depth)
            band = []
            wide.append(run)
        else:
            if wide:
                ordered.append(wide)
                wide = []
            band.append(run)
    _columns(band, gutter, ordered, depth)
    if wide:
        ordered.append(wide)


def _columns(band: list[Line], gutter: float, ordered: list[list[Line]], depth: int) -> None:
    for side in ([run for run in band if run.right <= gutter], [run for run in band if run.left >= gutter]):
        if side:
            _order(side, ordered, depth + 1)


def _gutter(runs: Sequence[Line]) -> float | None:
    """Where white goes down between two columns of prose; None where there is one column."""
    if len(runs) < 2 * _LEAST_LINES:
        return None
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    size = median(run.size for run in runs)
    best: tuple[int, float] | None = None
    edges = sorted({round(run.left, 0) for run in runs})
    for edge in edges[:200]:
        place = edge - _COLUMN_GAP * size / 2
        if not left + 0.15 * (right - left) < place < right - 0.15 * (right - left):
            continue
        half = _COLUMN_GAP * size / 2 - 1
        crossing = sum(run.left < place + half and run.right > place - half for run in runs)
        if best is None or crossing < best[0]:
            best = (crossing, place)
    if best is None:
        return None
    crossing, place = best
    before = [run for run in runs if run.right <= place]
    after = [run for run in runs if run.left >= place]
    is_prose = all(
        len(side) >= _LEAST_LINES and median(len(run.text) for run in side) >= _LEAST_CHARS for side in (before, after)
    )
    return place if is_prose and crossing < min(len(before), len(after)) else None


def _joined(runs: Sequence[Line]) -> list[Line]:
    """The runs of one column as lines, from the top down: those at one height are one line, from left to right."""
    rows: list[list[Line]] = []
    for run in sorted(runs, key=lambda run: (-run.middle, run.left)):
        if rows and _level(rows[-1][0], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    found = []
    for row in rows:
        row.sort(key=lambda run: run.left)
        first = max(row, key=lambda run: len(run.text))
        found.append(
            Line(
                " ".join(run.text for run in row),
                row[0].left,
                min(run.bottom for run in row),
                max(run.right for run in row),
                max(run.top for run in row),
                first.size,
                first.column,
            )
        )
    return found


def _level(one: Line, other: Line) -> bool:
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    return overlap > 0.5 * max(0.1, min(one.top - one.bottom, other.top - other.bottom))
