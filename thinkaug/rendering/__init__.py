"""A draft becomes a text with spans, and back. Knows placement and markers; nothing of files or trainers.

The expert text is sacred: `strip(text, spans)` gives it back byte for byte. `columns` and `stripping` do the same to
Arrow batches; they are imported where they are used, since they bring a compiler along.
"""

from thinkaug.rendering.draft import render, thinking_of
from thinkaug.rendering.markers import special_tokens
from thinkaug.rendering.spans import SPAN_KINDS, no_loss_ranges, strip, tiles
from thinkaug.rendering.style import Style

__all__ = [
    "SPAN_KINDS",
    "Style",
    "no_loss_ranges",
    "render",
    "special_tokens",
    "strip",
    "thinking_of",
    "tiles",
]
