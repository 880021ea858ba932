"""windows: outline -> half-open windows that tile its text, of so many characters or so many tokens. Knows no model.

A window ends before a paragraph, where that fills MIN_FILL of it; else between the items of a list, else before a
sentence; else, as in a block of code or a table that is longer than the window, at the end of a line. Where none of
these fills enough, a paragraph or sentence is taken wherever it begins; then white space; then any offset that splits
neither a grapheme cluster nor a CR LF pair. A heading is not the last thing of a window where that can be, and no
region that must stay whole is cut unless it is longer than the window.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from math import ceil

from thinkaug.segmentation.clusters import splits_cluster
from thinkaug.segmentation.outline import Outline

# The share of a window that a paragraph or sentence end should fill: a title should not become a window of its own.
MIN_FILL = 0.25

# Tokens are counted for pieces of about so many characters; what a longer stretch holds is estimated by their sum.
_PIECE_CHARS = 100
_ESTIMATED_FILL = 0.97
_SHORT_CHARS = 4000

Window = tuple[int, int]
Fill = Callable[[Sequence[str]], list[float]]
"""How much of a window each text would fill; above 1 it does not fit."""


def tile(outline: Outline, max_chars: int) -> list[Window]:
    """Windows of at most `max_chars` code points, none empty; only one grapheme cluster may be longer.

    Raises:
        ValueError: `max_chars` is below 1.
    """
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars}; a window holds at least 1 character")
    return _tile(outline, 0, len(outline.text), max_chars)


def tile_by_fill(outline: Outline, fill: Fill) -> list[Window]:
    """Windows that fill at most 1, each by its own count, none empty; only one grapheme cluster may fill more."""
    text = outline.text
    if len(text) <= _SHORT_CHARS and (not text or fill([text])[0] <= 1):
        return [(0, len(text))] if text else []
    places = [*range(0, len(text), _PIECE_CHARS), len(text)]
    filled = [0.0, *accumulate(fill([text[begin:end] for begin, end in pairwise(places)]))]
    edges = [0]
    while filled[-1] - _at(filled, places, edges[-1]) > 1:
        max_chars = max(1, _reach(filled, places, edges[-1]))
        if edges[-1] + max_chars >= len(text):
            break
        edges.append(_edge(outline, edges[-1], max_chars, len(text)))
    if edges[-1] < len(text):
        edges.append(len(text))
    return list(_fitting(outline, list(pairwise(edges)), fill))


def _at(filled: list[float], places: list[int], at: int) -> float:
    """How much is filled from the beginning of the text to offset `at`."""
    index = at // _PIECE_CHARS
    if places[index] == at:
        return filled[index]
    share = (at - places[index]) / (places[index + 1] - places[index])
    return filled[index] + share * (filled[index + 1] - filled[index])


def _reach(filled: list[float], places: list[int], begin: int) -> int:
    """How many characters from `begin` on fill one window, by estimate."""
    goal = _at(filled, places, begin) + _ESTIMATED_FILL
    index = bisect_right(filled, goal) - 1
    if index + 1 == len(places):
        return places[-1] - begin
    share = (goal - filled[index]) / (filled[index + 1] - filled[index])
    return places[index] + int(share * (places[index + 1] - places[index])) - begin


def _fitting(outline: Outline, windows: list[Window], fill: Fill) -> Iterator[Window]:
    """The windows; those that fill more than was estimated in parts."""
    for (begin, end), filled in zip(windows, fill([outline.text[a:b] for a, b in windows]), strict=True):
        if filled <= 1 or end - begin == 1:
            yield begin, end
            continue
        share = 1.1 / ceil(filled)  # parts of about one size, and room to end at a sentence
        parts = _tile(outline, begin, end, max(1, int((end - begin) * share)))
        if len(parts) == 1:
            yield begin, end
        else:
            yield from _fitting(outline, parts, fill)


def _tile(outline: Outline, begin: int, end: int, max_chars: int) -> list[Window]:
    if end - begin <= max_chars:
        return [(begin, end)] if end > begin else []
    edges = [begin]
    while end - edges[-1] > max_chars:
        edges.append(_edge(outline, edges[-1], max_chars, end))
    if edges[-1] < end:
        edges.append(end)
    return list(pairwise(edges))


def _edge(outline: Outline, begin: int, max_chars: int, end: int) -> int:
    """Where the window that begins at `begin` ends, at `end` at the latest; that is more than `max_chars` away."""
    limit = begin + max_chars
    enough = begin + max(1, int(MIN_FILL * max_chars))
    index = bisect_right(outline.paragraphs, limit)
    paragraph = outline.paragraphs[index - 1] if index else 0
    if paragraph >= enough:
        return paragraph
    edge = outline.last_sentence(enough, limit) or _before_line(outline, enough, limit, max_chars)
    if edge:
        return edge
    if paragraph > begin:
        return paragraph
    return outline.last_sentence(begin + 1, limit) or _anywhere(outline, begin, limit, max_chars, end)


def _before_line(outline: Outline, low: int, high: int, max_chars: int) -> int:
    """The last start of a line among the offsets from `low` to `high`; 0: none. In a long block after a blank line."""
    region = outline.regions.over(high)
    at = -1
    if region and region.end - region.start > max_chars:
        at = outline.plain.rfind("\n\n", max(low, region.start + 1) - 1, high + 1) + 1
    at = at if at > 0 else outline.plain.rfind("\n", low, high + 1)
    while at >= low:
        region = outline.regions.over(at)
        whole = region is not None and region.end - region.start <= max_chars
        if not whole and at not in outline.headed and not splits_cluster(outline.text, at):
            return at
        at = outline.plain.rfind("\n", low, region.start + 1 if region and whole else at)
    return 0


def _anywhere(outline: Outline, begin: int, limit: int, max_chars: int, end: int) -> int:
    """After the last white space that may be cut, else at the last offset that may be."""
    text = outline.text
    gaps = list(_gaps(outline, begin, limit, max_chars))
    for low, high in gaps:
        stretch = text[low : high + 1]
        words = stretch.rsplit(None, 1)
        edge = low + len(stretch.rstrip()) - len(words[-1]) if words else low
        if low < edge <= high and not splits_cluster(text, edge, begin):
            return edge
    for low, high in gaps:
        for edge in range(high, max(low, begin + 1) - 1, -1):
            if not splits_cluster(text, edge, begin):
                return edge
    edge = limit + 1
    while edge < end and splits_cluster(text, edge, begin):
        edge += 1
    return min(edge, end)


def _gaps(outline: Outline, begin: int, limit: int, max_chars: int) -> Iterator[Window]:
    """The stretches from `begin` to `limit` without a region that fits, last to first; both ends may be cut."""
    high, regions = limit, outline.regions
    index = bisect_left(regions.starts, limit)
    while high > begin and index > 0 and regions.ends[index - 1] > begin:
        index -= 1
        region_begin, region_end = regions.starts[index], regions.ends[index]
        if region_end - region_begin <= max_chars:
            if region_end <= high:
                yield region_end, high
            high = region_begin
    if high > begin:
        yield begin, high
