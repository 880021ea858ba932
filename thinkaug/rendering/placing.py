"""Where a thought stands in its passage, and whether it is a prior or a posterior. Knows nothing of markers."""

from thinkaug.records import Draft, content_id
from thinkaug.rendering.style import Style

STRIDE = 0x9E3779B97F4A7C15  # between the states of a stream; 2^64 by the golden ratio, as in SplitMix64

_MASK = (1 << 64) - 1


def place_of(cut: int, draft: Draft, style: Style) -> tuple[int, bool]:
    """The offset into the passage's text at which the thought of a cut stands, and whether it is a prior."""
    passage = draft.passage
    if style.placement in ("before", "after"):
        prior = style.placement == "before"
        return 0 if prior else len(passage.text), prior
    prior = _is_prior(cut, draft, style)
    return cut if prior else cut + len(passage.target(cut)), prior


def _is_prior(cut: int, draft: Draft, style: Style) -> bool:
    if style.placement == "random":
        return _uniform(key_of(draft.passage.id, style.seed), cut) < style.prior
    return style.placement == "interleaved" or draft.placement == "before"


def key_of(passage: str, seed: int) -> int:
    """64 bits from which it is drawn where the thoughts of a passage stand, given its id; whatever else there is."""
    return int(content_id("placement", passage, str(seed))[:16], 16)


def _uniform(key: int, cut: int) -> float:
    """A number from 0 to below 1: the first 53 bits of the mixed state, as SplitMix64 (Steele et al., 2014) has it."""
    value = (key + cut * STRIDE) & _MASK
    value = ((value ^ (value >> 33)) * 0xFF51AFD7ED558CCD) & _MASK
    value = ((value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53) & _MASK
    return ((value ^ (value >> 33)) >> 11) * 2.0**-53
