"""Rules on the expert's documents: one file each, `thinkaug/quality/<name>.py`, with one public function `<name>`.

The function takes keyword-only options, each with the number of the paper it comes from as default, and returns a
`TextCheck`. A check is pure, never raises whatever the text, never changes it, and needs time linear in it. What a
word, a line and a sentence is, is said in `thinkaug.surface`; what one rule found in a text is there for the next.

A bound is switched off where nothing can be beyond it: a lower one at 0, an upper one at `.inf`.
"""

from collections.abc import Callable
from typing import Annotated

from annotated_types import Ge

TextCheck = Callable[[str], str]
"""A document's text -> "" when nothing is wrong with it, else the reason: a short snake_case word."""

Bound = Annotated[float, Ge(0)]
"""At least 0, and `.inf` at most."""
