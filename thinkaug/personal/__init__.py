"""personal: text -> where it says how to reach or to know one person. Knows nothing of records or of what follows.

Where a number carries check digits they must hold, and what is nothing but a row of digits counts only behind a word
that says what it is: in papers, laws and code a false alarm is far commoner than a number of somebody's. Only ASCII
digits are read. How to reach an office (a hotline, an author's address) is found too: nothing in a text tells it apart.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from thinkaug.errors import unknown
from thinkaug.personal import bank, mail, national, network, telephone

Kind = Literal["email", "iban", "credit_card", "national_id", "phone", "ip_address"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""All kinds; where two are read at one place, the one named first is."""


@dataclass(frozen=True, slots=True)
class Found:
    """`text[start:end]` is of that kind; offsets are code points."""

    start: int
    end: int
    kind: Kind


# The parts of a text that any number can stand in: a row of seven digits or more, what parts them included (the letters
# are those of Corsica in French numbers), and a capital before two digits.
_ROW = re.compile(r"[0-9](?:[ ./()AB\u00a0\u2010-\u2013-]{0,4}[0-9]){6,}")
_LETTER = re.compile(r"[A-Z](?=[ -]?[0-9][0-9])")
_BEHIND = 4  # characters after a row that say whether it ends there


def _in_rows(kinds: Sequence[Kind], text: str) -> Iterator[Found]:
    readers: list[tuple[Kind, Callable[[str, int, int], Iterator[tuple[int, int]]]]] = [
        ("credit_card", bank.cards),
        ("national_id", national.of_digits),
        ("phone", telephone.spans),
    ]
    asked = [(kind, reader) for kind, reader in readers if kind in kinds]
    for row in _ROW.finditer(text) if asked else ():
        for kind, reader in asked:
            for start, end in reader(text, row.start(), row.end() + _BEHIND):
                yield Found(start, end, kind)


def _behind_letters(kinds: Sequence[Kind], text: str) -> Iterator[Found]:
    asked = "iban" in kinds, "national_id" in kinds
    for letter in _LETTER.finditer(text) if any(asked) else ():
        start = letter.start()
        if asked[0] and start and (end := bank.iban_at(text, start - 1)):
            yield Found(start - 1, end, "iban")
        if asked[1] and (span := national.with_letters(text, start)) is not None:
            yield Found(*span, "national_id")


def find(text: str, kinds: Sequence[Kind] = KINDS) -> list[Found]:
    """The personal data of those kinds in a text, in order, none overlapping another.

    The work is linear in the text, and little where few digits stand in it.

    Raises:
        UserError: there is no such kind.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind of personal data", kind, KINDS, "personal")
    found = [*_in_rows(kinds, text), *_behind_letters(kinds, text)]
    found += [Found(*span, "email") for span in mail.spans(text)] if "email" in kinds else []
    found += [Found(*span, "ip_address") for span in network.spans(text)] if "ip_address" in kinds else []
    found.sort(key=lambda one: (one.start, KINDS.index(one.kind), -one.end))
    apart: list[Found] = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def masked(text: str, kinds: Sequence[Kind] = KINDS) -> tuple[str, Counter[str]]:
    """The text with `[email]`, `[phone]` and so on in place of what was found, and how often each kind was.

    Nothing is left to be found in it, so that masking it once more changes nothing. What was masked may have hidden its
    neighbour (of two numbers that touch, neither stands alone), therefore it is looked through until nothing is found.
    """
    counts: Counter[str] = Counter()
    while found := find(text, kinds):
        counts.update(one.kind for one in found)
        pieces, end = [], 0
        for one in found:
            pieces += [text[end : one.start], f"[{one.kind}]"]
            end = one.end
        text = "".join([*pieces, text[end:]])
    return text, counts
