"""personal: the thought tells how to reach or to know one person, and the expert's text did not. What counts is
`thinkaug.personal`'s to say.
"""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge

from thinkaug.checks import Check
from thinkaug.personal import KINDS, Kind, find
from thinkaug.records import Thinking


def personal(*, kinds: Sequence[Kind] = KINDS, at_most: Annotated[int, Ge(0)] = 0, quoted: bool = True) -> Check:
    """A check for thinking that gives personal data away.

    Reason: `personal_data`.

    Args:
        kinds: which kinds count.
        at_most: how many of them may stand in the thinking, all its steps together; the same twice counts twice.
        quoted: whether what the passage itself says, its context included, may be repeated.
    """
    wanted = tuple(kinds)

    def check(thinking: Thinking) -> str:
        text = thinking.text
        found = [text[one.start : one.end] for one in find(text, wanted)]
        if len(found) <= at_most:
            return ""
        if quoted:
            passage = thinking.passage
            said = _said(passage.context, wanted) | _said(passage.text, wanted)
            found = [one for one in found if _bare(one) not in said]
        return "personal_data" if len(found) > at_most else ""

    return check


def _said(text: str, kinds: Sequence[Kind]) -> set[str]:
    return {_bare(text[one.start : one.end]) for one in find(text, kinds)}


def _bare(written: str) -> str:
    """As two ways to write one number are alike: without what parts its groups."""
    return "".join(filter(str.isalnum, written)).casefold()
