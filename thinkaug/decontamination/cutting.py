"""cutting: a document without some stretches of its text, as the pieces that are left. Knows no items.

A piece is a document of its own: a text from which something was taken out must not read on as if nothing were missing.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from thinkaug.records import Document, content_id
from thinkaug.segmentation.boundaries import sentence_starts

Stretch = tuple[int, int]
"""Half open, in code points."""


def without(document: Document, stretches: Iterable[Stretch], margin_chars: int, min_chars: int) -> list[Document]:
    """The pieces that are left, in order; a shorter one than `min_chars` is not. None may be left.

    Args:
        document: what is cut; its pieces say in their `meta` of which document they are and where they began there.
        stretches: what goes, with `margin_chars` around it and on to where a sentence begins or ends.
        margin_chars: see there.
        min_chars: white space at the ends aside.
    """
    pieces = []
    for start, end in _left(document.text, _widened(document.text, stretches, margin_chars)):
        text = document.text[start:end].strip()
        if len(text) < max(1, min_chars):
            continue
        begin = document.text.index(text, start)
        about = {"document": document.id, "start": begin, "end": begin + len(text)}
        meta = json.dumps({**json.loads(document.meta or "{}"), "cut_from": about}, ensure_ascii=False)
        pieces.append(replace(document, id=content_id(text), text=text, meta=meta))
    return _differing(pieces)


def _widened(text: str, stretches: Iterable[Stretch], margin_chars: int) -> list[Stretch]:
    """The stretches with their margins, on to the edges of sentences, those that touch as one."""
    edges = [0, *sentence_starts(text), len(text)]
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        begin = _edge_before(edges, max(0, start - margin_chars))
        beyond = _edge_after(edges, min(len(text), end + margin_chars))
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(beyond, joined[-1][1])
        else:
            joined.append((begin, beyond))
    return joined


def _edge_before(edges: Sequence[int], place: int) -> int:
    return max(edge for edge in edges if edge <= place)


def _edge_after(edges: Sequence[int], place: int) -> int:
    return min(edge for edge in edges if edge >= place)


def _left(text: str, taken: Sequence[Stretch]) -> list[Stretch]:
    starts = [0, *(end for _, end in taken)]
    ends = [*(start for start, _ in taken), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _differing(pieces: Sequence[Document]) -> list[Document]:
    """Each text once: a row is known by its id, which is that of its text."""
    return list({piece.id: piece for piece in pieces}.values())
