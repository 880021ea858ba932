"""certainty: a sentence -> how sure it sounds; and how often what sounds sure is wrong. English; knows no claims.

What is measured is the tone alone. It is never taken for the probability that the sentence is true: the measure is
there to show how little the two have to do with each other.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Certainty = Literal["hedged", "plain", "certain"]
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)

HEDGES = (
    "might",
    "could",
    "perhaps",
    "maybe",
    "possibly",
    "probably",
    "presumably",
    "supposedly",
    "apparently",
    "seemingly",
    "conceivably",
    "likely",
    "unlikely",
    "seems",
    "seem",
    "appears to",
    "appear to",
    "suggests",
    "tends to",
    "tend to",
    "uncertain",
    "unsure",
    "unclear",
    "doubtful",
    "not sure",
    "not certain",
    "not clear",
    "not necessarily",
    "not always",
    "in doubt",
    "i think",
    "i believe",
    "i suspect",
    "i guess",
    "i assume",
    "i would expect",
    "as far as i know",
    "if i remember",
    "it is possible",
    "it may be",
)
"""Words and turns that take a statement back a little."""
BOOSTERS = (
    "certainly",
    "definitely",
    "clearly",
    "obviously",
    "evidently",
    "undoubtedly",
    "undeniably",
    "unquestionably",
    "indisputably",
    "surely",
    "always",
    "never",
    "invariably",
    "without exception",
    "without doubt",
    "without a doubt",
    "no doubt",
    "beyond doubt",
    "of course",
    "indeed",
    "in fact",
    "it is certain",
    "it is known",
    "well known",
    "well established",
    "i am sure",
    "i am certain",
    "i know",
    "must be",
    "proven",
)
"""Words and turns that vouch for a statement."""


def _pattern(turns: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(turns).replace(" ", r"\s+")
    return re.compile(rf"\b(?:{words})\b")


_HEDGED, _BOOSTED = _pattern(HEDGES), _pattern(BOOSTERS)
_MAY = re.compile(r"(?<![\w-])may(?![\w-])")  # in lower case only: May is a month


def certainty(text: str) -> Certainty:
    """How sure a sentence sounds.

    `hedged` where a word of `HEDGES`, or "may", stands in it; else `certain` where one of `BOOSTERS` does; else
    `plain`. A sentence with both is hedged: it has been taken back.
    """
    folded = text.casefold().replace("\u2019", "'").replace("-", " ")
    if _HEDGED.search(folded) or _MAY.search(text):
        return "hedged"
    return "certain" if _BOOSTED.search(folded) else "plain"


@dataclass(frozen=True, slots=True)
class Rate:
    """`wrong` of `count` statements; `share` is None where there are none."""

    wrong: int = 0
    count: int = 0

    @property
    def share(self) -> float | None:
        """P(wrong)."""
        return self.wrong / self.count if self.count else None

    def __add__(self, other: "Rate") -> "Rate":
        """Both together."""
        return Rate(self.wrong + other.wrong, self.count + other.count)


@dataclass(frozen=True, slots=True)
class Overconfidence:
    """How often statements of each tone are wrong: P(wrong | hedged), P(wrong | plain), P(wrong | certain)."""

    hedged: Rate = Rate()
    plain: Rate = Rate()
    certain: Rate = Rate()

    @property
    def rate(self) -> Rate:
        """The overconfidence rate: P(wrong | not hedged), of all that is stated as if it were so."""
        return self.plain + self.certain


def overconfidence(statements: Iterable[tuple[str, bool]]) -> Overconfidence:
    """The rates over statements of which it is known whether they are right.

    Args:
        statements: the words of each, and whether it is right.
    """
    rates = dict.fromkeys(CERTAINTIES, Rate())
    for text, is_right in statements:
        rates[certainty(text)] += Rate(int(not is_right), 1)
    return Overconfidence(**rates)
