"""running_heads: the short line at the head or foot of each page, left standing in the text. Knows no file format.

Such a line comes again but for its numbers, at about the same distance, from the first page to the last, and parted
from the text by a blank line. What else is repeated (a table's cells, a turn of phrase in a proof, a subheading) fails
one of these; a text whose pages are marked by less keeps its heads.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from thinkaug.hygiene.odd import Rule

_MOST_CHARS = 80
_LEAST_LINES = 15  # of a page
_MOST_UNEVEN = 1.5  # the longest page as a multiple of the shortest
_NUMBER = re.compile(r"\d+")
# Two words at least, and nothing that opens a list, a table, a heading or code, or ends a sentence or an item.
_HEAD = re.compile(r"(?=.*?[^\W\d_]{3}.*?\W.*?[^\W\d_]{3})[\w\"'“‘(\[].*[^.!?:;,{}(\\=>|`]")  # noqa: RUF001


def running_heads(times: int) -> Rule:
    """The rule, for lines that stand in a text at least so many times."""

    def rule(text: str, odd: frozenset[str]) -> str:
        if text.count("\n") < (times - 1) * _LEAST_LINES:
            return text
        lines = text.split("\n")
        places = defaultdict[str, list[int]](list)
        for number, line in enumerate(lines):
            if line and len(line) <= _MOST_CHARS and (head := line.strip()):
                places[_NUMBER.sub("0", head)].append(number)
        gone = {
            number
            for head, found in places.items()
            if len(found) >= times and _on_every_page(found, lines) and _HEAD.fullmatch(head)
            for number in found
        }
        return "\n".join(line for number, line in enumerate(lines) if number not in gone) if gone else text

    return rule


def _on_every_page(places: Sequence[int], lines: Sequence[str]) -> bool:
    pages = [later - earlier for earlier, later in pairwise(places)]
    longest = _MOST_UNEVEN * min(pages)
    return (
        min(pages) > _LEAST_LINES
        and max(pages) <= longest
        and places[0] <= longest
        and len(lines) - places[-1] <= longest
        and all(_blank(lines, place - 1) or _blank(lines, place + 1) for place in places)
    )


def _blank(lines: Sequence[str], place: int) -> bool:
    return not 0 <= place < len(lines) or not lines[place].strip()
