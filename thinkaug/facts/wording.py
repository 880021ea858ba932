"""wording: some of what a text states -> how it is written there, for people. Knows nothing of why it is asked."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thinkaug.facts.reading import Reading, read
from thinkaug.lexing.words import NUMBER, SINGLE

SHOWN = 8
_SHOWN_CHARS = 60


def written(raw: bytes, stated: NDArray[np.uint64], frames: NDArray[np.uint64]) -> tuple[str, ...]:
    """What of these is in the text, as it is written and in its order: some of it."""
    reading = read(raw, every=True)
    spans: dict[int, tuple[int, int]] = {}
    for place in reading.frame_places[np.isin(reading.frames, frames)].tolist():
        spans[place] = (place - 1, place + 1 if reading.kinds[place] & NUMBER else place)
    is_wanted = np.isin(reading.stated, stated)
    for place in reading.places[is_wanted & reading.numeric].tolist():
        spans[place] = (place, place + 1) if reading.kinds[place] & NUMBER else (place - 1, place)
    for place in reading.places[is_wanted & ~reading.numeric].tolist():
        spans[place] = (place, place + 1 if reading.kinds[place] & SINGLE else place)
    return tuple(dict.fromkeys(_between(raw, reading, *spans[place]) for place in sorted(spans)))[:SHOWN]


def _between(raw: bytes, reading: Reading, first: int, last: int) -> str:
    start: Any = reading.starts[max(first, 0)]
    end: Any = reading.ends[min(last, len(reading.hashes) - 1)]
    return " ".join(raw[start:end].decode("utf-8", "replace").split())[:_SHOWN_CHARS]
