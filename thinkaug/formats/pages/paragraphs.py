"""paragraphs: lines in reading order -> paragraphs and headings as text. Knows nothing of pages but their order."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from thinkaug.formats.pages.lines import Line

_GAP = 1.35  # times the usual step from line to line: a paragraph ends
_INDENT = 0.8  # of the type size: a paragraph begins
_SHORT = 0.85  # of the column's width: a line that ends a sentence there ends a paragraph
_LARGER = 1.15  # times the size of the prose: a heading
_LONGEST_HEADING_CHARS = 200
_LONGEST_WORD_CHARS = 60
_HYPHENS = "-\u2010\u00ad\u0002\ufffe"  # the last two are how readers mark one at the end of a line
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")  # noqa: RUF001
_ITEM = re.compile(r"(?:[•▪‣◦●–—*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")  # noqa: RUF001
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN = re.compile(rf"([^\W\d_]+(?:-[^\W\d_]+)*)[{_HYPHENS}]$")
_STARTS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def text_of(pages: Sequence[Sequence[Line]]) -> str:
    """The text: a blank line between paragraphs, `#` before headings, words whole that were broken at a line's end."""
    lines = [line for page in pages for line in page]
    if not lines:
        return ""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    body = sizes.most_common(1)[0][0]
    heading_sizes = sorted((size for size in sizes if size >= _LARGER * body), reverse=True)
    words = Counter(word.casefold() for line in lines for word in _WORD.findall(line.text))
    blocks: list[str] = []
    for paragraph in _paragraphs(pages):
        text = _joined(paragraph, words)
        size = round(paragraph[0].size * 2) / 2
        if size in heading_sizes and len(text) <= _LONGEST_HEADING_CHARS and any(map(str.isalpha, text)):
            text = f"{'#' * min(3, heading_sizes.index(size) + 1)} {text}"
        blocks.append(text)
    return "\n\n".join(blocks)


def _paragraphs(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    found: list[list[Line]] = []
    for page in pages:
        step = _usual_step(page)
        edges = _edges(page)
        last: Line | None = None
        for line in page:
            left, right = edges[line.column]
            if last is not None and last.column == line.column:
                new = _begins(last, line, step, left, right)
            else:  # the first line of a column: does the paragraph go on in it?
                before = found[-1][-1] if found else None
                new = before is None or not _goes_on(before, line, left)
            if new:
                found.append([line])
            else:
                found[-1].append(line)
            last = line
    return found


def _usual_step(page: Sequence[Line]) -> float:
    steps = [
        one.middle - other.middle
        for one, other in pairwise(page)
        if one.column == other.column and one.middle > other.middle
    ]
    return median(steps) if steps else 0.0


def _edges(page: Sequence[Line]) -> dict[int, tuple[float, float]]:
    edges: dict[int, tuple[float, float]] = {}
    for line in page:
        left, right = edges.get(line.column, (line.left, line.right))
        edges[line.column] = min(left, line.left), max(right, line.right)
    return edges


def _begins(last: Line, line: Line, step: float, left: float, right: float) -> bool:
    size = max(line.size, 1.0)
    if abs(last.size - line.size) > 0.1 * size or _ITEM.match(line.text):
        return True
    if step and last.middle - line.middle > _GAP * min(step, 2.0 * size):
        return True
    if line.left - last.left > _INDENT * size and last.left - left < _INDENT * size and not _ITEM.match(last.text):
        return True
    return last.right - left < _SHORT * (right - left) and _SENTENCE_END.search(last.text) is not None


def _goes_on(before: Line, line: Line, left: float) -> bool:
    if abs(before.size - line.size) > 0.1 * max(line.size, 1.0) or _ITEM.match(line.text):
        return False
    starts_low = line.text[0].islower()
    return starts_low or (_SENTENCE_END.search(before.text) is None and line.left - left < _INDENT * line.size)


def _joined(lines: Sequence[Line], words: Counter[str]) -> str:
    pieces = [lines[0].text]
    for line in lines[1:]:
        broken, start = _BROKEN.search(pieces[-1][-_LONGEST_WORD_CHARS:]), _STARTS.match(line.text)
        if broken and start and start[0][0].islower():
            hyphenated = words[f"{broken[1]}-{start[0]}".casefold()]
            whole = words[f"{broken[1]}{start[0]}".casefold()]
            keeps = "-" in broken[1] + start[0] or hyphenated > whole
            pieces[-1] = f"{pieces[-1][:-1]}-" if keeps else pieces[-1][:-1]
        elif broken:
            pieces[-1] = f"{pieces[-1][:-1]}-"
        else:
            pieces.append(" ")
        pieces.append(line.text)
    return re.sub(f"[{_HYPHENS[2:]}]", "-", "".join(pieces))
