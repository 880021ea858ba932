"""boundaries: text -> where its paragraphs and sentences begin, and windows that tile it. Knows no tokenizer.

All offsets are code points. White space belongs to what comes before it, so that slices between boundaries concatenate
to the text whatever it holds, and a boundary never stands before white space; none falls inside a protected region.
"""

from thinkaug.segmentation.outline import Outline
from thinkaug.segmentation.windows import tile


def paragraph_starts(text: str) -> list[int]:
    """Offsets where a paragraph begins, ascending; the first is left out. A heading or a list is part of one."""
    return Outline(text).paragraphs


def sentence_starts(text: str) -> list[int]:
    """Offsets where a sentence begins, ascending; the first is left out. Holds all of `paragraph_starts(text)`."""
    return Outline(text).sentences()


def windows(text: str, max_chars: int) -> list[tuple[int, int]]:
    """Half-open windows that tile `text`, none empty, each of at most `max_chars` code points.

    How they are chosen: see `thinkaug.segmentation.windows`. Raises ValueError for `max_chars` below 1.
    """
    if max_chars >= 1 and len(text) <= max_chars:
        return [(0, len(text))] if text else []
    return tile(Outline(text), max_chars)
