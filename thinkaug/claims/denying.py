"""denying: the cues in a stretch of a row -> whether they affirm or deny, and with which qualifier. Knows no names.

A denial holds for the cue behind it, up to a "but"; behind a comma that is hard to tell, unless it denied a cue before.
"""

from collections.abc import Sequence

from thinkaug.claims.finding import Hit
from thinkaug.claims.language import MORE, NOT

UNCLEAR = "unclear"


def deciding(text: str, start: int, hits: Sequence[Hit]) -> tuple[list[Hit], str]:
    """The hits that say the relation, and how: those that affirm it before those that deny it."""
    by_sign: dict[str, list[Hit]] = {}
    spent = start  # a denial is spent on the first cue behind it, unless the next stands beside that
    for hit in hits:
        sign = negated(text, start, hit)
        if sign == UNCLEAR and "," in text[spent : hit.found.start] and NOT not in text[spent : hit.found.start]:
            sign = ""
        if sign == NOT:
            spent = max(spent, hit.found.start)
        by_sign.setdefault(sign, []).append(hit)
    sign = next(sign for sign in ("", UNCLEAR, NOT) if sign in by_sign)
    return by_sign[sign], sign


def qualifier(text: str, start: int, hits: Sequence[Hit]) -> str:
    """That of the longest cue with one, those behind "not merely" left out."""
    found = [hit for hit in hits if hit.cue.qualifier and not _in_focus(text[start : hit.found.start])]
    return max(found, key=lambda hit: hit.found.size).cue.qualifier if found else ""


def _in_focus(before: str) -> bool:
    _, more, tail = before.rpartition(MORE)
    return bool(more) and "," not in tail and " but " not in tail


def negated(text: str, start: int, hit: Hit) -> str:
    """NOT where a hit is denied, "" where it is not, `UNCLEAR` where that is hard to tell."""
    before = text[start : hit.found.start].rpartition(" but ")[2]
    inside, count = NOT in text[hit.found.start : hit.found.end], before.count(NOT)
    if hit.cue.denies:
        return UNCLEAR if count else NOT
    if not count:
        return NOT if inside else ""
    return UNCLEAR if count > 1 or inside or "," in before.rpartition(NOT)[2] else NOT
