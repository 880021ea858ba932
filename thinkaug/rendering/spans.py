"""Text and spans -> the expert text. Knows nothing of drafts, placements or markers.

The expert text is sacred: `strip(text, spans)` gives it back byte for byte.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from thinkaug.records import KINDS, Span

SPAN_KINDS = ("text", *KINDS, "marker")


def strip(text: str, spans: Iterable[Span | Mapping[str, Any]]) -> str:
    """The expert text alone: `text` without the inserted spans.

    Args:
        text: the `text` of a sample.
        spans: its `spans`, as records or as the dicts that `datasets` gives; offsets in code points, in order.
    """
    plain = (_ends(span) for span in spans)
    return "".join(text[start:end] for start, end, kind in plain if kind == "text")


def tiles(text: str, spans: Iterable[Span | Mapping[str, Any]]) -> bool:
    """Whether the spans cover the text from its beginning to its end without a gap, an overlap or an empty one."""
    position = 0
    for start, end, kind in map(_ends, spans):
        if start != position or end <= start or kind not in SPAN_KINDS:
            return False
        position = end
    return position == len(text)


def no_loss_ranges(spans: Iterable[Span]) -> tuple[tuple[int, ...], ...]:
    """The `[start, end]` ranges that carry no loss, adjoining ones joined."""
    ranges: list[list[int]] = []
    for span in spans:
        if span.weight:
            continue
        if ranges and ranges[-1][1] == span.start:
            ranges[-1][1] = span.end
        else:
            ranges.append([span.start, span.end])
    return tuple((start, end) for start, end in ranges)


def _ends(span: Span | Mapping[str, Any]) -> tuple[int, int, str]:
    if isinstance(span, Span):
        return span.start, span.end, span.kind
    return span["start"], span["end"], span["kind"]
