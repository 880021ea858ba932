"""quantities: text -> the numbers with units in it, as they are written. Knows no relations."""

import re

from thinkaug.formulas.evaluate import Evaluator
from thinkaug.formulas.tokens import simplified, tokenise
from thinkaug.formulas.values import OutOfBounds, Unclear

_MOST_PARTS = 12  # of a number with its unit
_JOINED = re.compile(r"\s*(?:or|to|and|,)\s*")


def quantities(text: str) -> list[str]:
    """Every number with a unit or a percent sign, in order, each once: "500 mg", "2.5 mg/kg"; no formulas.

    Of "20 or 40 mg" both, for the unit is that of both.
    """
    tokens = tokenise(simplified(text))
    found: dict[str, None] = {}
    at, bare = 0, (0, 0)
    while at < len(tokens):
        if tokens[at].kind != "number":
            at += 1
            continue
        reader = Evaluator(tokens[at : at + _MOST_PARTS])
        try:
            reader.read()
        except (Unclear, OutOfBounds):
            at += 1
            continue
        start, end = tokens[at].start, tokens[at + reader.at - 1].end
        at += reader.at
        if reader.signs.operators:
            continue
        if not (reader.signs.units or reader.signs.percent):
            bare = start, end
            continue
        if bare[1] and _JOINED.fullmatch(text, bare[1], start):
            found[text[slice(*bare)]] = None
        found[text[start:end]] = None
    return list(found)
