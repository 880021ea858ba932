"""personal: the expert text tells how to reach or to know people. What counts is `thinkaug.personal`'s to say."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge

from thinkaug.personal import KINDS, Kind, find
from thinkaug.quality import TextCheck


def personal(*, kinds: Sequence[Kind] = KINDS, at_most: Annotated[int, Ge(0)] = 0) -> TextCheck:
    """A check for expert text that holds personal data.

    Reason: `personal_data`. To take the data out and keep the text, mask it instead.

    Args:
        kinds: which kinds count.
        at_most: how many of them may stand in a text; the same twice counts twice.
    """
    wanted = tuple(kinds)

    def check(text: str) -> str:
        return "personal_data" if len(find(text, wanted)) > at_most else ""

    return check
