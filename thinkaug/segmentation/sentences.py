"""sentences: one block of a text -> where its sentences and list items begin. Knows nothing beyond the block.

Offsets are those of the text in `plain`, as `plain_lines` gives it: offset `i` of the text is offset `i + 1` there. A
sentence begins at a list item and after closing punctuation. Where a rule is in doubt it does not cut.
"""

# ruff: noqa: RUF001 - the punctuation of many scripts looks alike

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import category

from thinkaug.segmentation.abbreviations import ends_sentence

_ITEM = re.compile(
    r"\n[ \t]*+(?P<item>(?P<bullet>[-*+‣◦·](?=[ \t])|[•▪●])"
    r"|–(?=[ \t])|\(?(?P<mark>\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)](?=[ \t])|(?P<tex>\\item\b))[ \t]*+(?=[^\s])"
)
_SPACE = re.compile(r"\s++")
_STOPS = ".!?…؟۔።፧։\u037e"
_CLOSERS = r"(?:[\"'”’»›)\]}*_`$\u200b\u200e\u200f\u202c\u2069]| ?\[\d[\d ,;–-]{0,30}\])*+"
# The look behind comes second, so that the search skips to the next stop at once.
_STOP = re.compile(rf"(?P<stop>[{_STOPS}](?<![{_STOPS}].)[{_STOPS}]*+){_CLOSERS}\s++", re.DOTALL)
_FULL_STOP = re.compile(
    r"(?:[。！？｡।॥។၊။](?<![。！？｡।॥។၊။].)[。！？｡।॥។၊။]*+|．(?!\d)"
    r"|[!?](?<=[\u3040-\u9fff\uac00-\ud7a3].)[!?]*+(?=[\u3040-\u9fff\uac00-\ud7a3「『“]))"
    r"(?P<quote>[」』】》〉”’）)\"]*+)\s*+(?=\S)",
    re.DOTALL,
)
_OPENING = re.compile(r"(?:[\"'“‘«‹„‚「『(\[{¿¡*_`\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\ufeff]|[-–—•*·]\s++)*+")
_OPENERS = "\"'“‘«‹„‚([{*_`—–/"
_CAPTION = (
    "(?:Table|Figure|Fig|Box|Section|Chapter|Part|Article|Rule|Step|Theorem|Lemma|Definition|Example|Exercise|Note)"
)
_LABEL = re.compile(rf"[\W_]*(?:{_CAPTION}\s+)?(?:\d{{1,3}}(?:\.\d{{1,3}})*|[A-Za-z]|[IVXLC]{{2,6}}|[ivx]{{2,4}})")
_CLOSING_COMMANDS = ("\\end{", "\\label{", "\\qed")
_LIST_BEGIN = re.compile(r"[ \t]*+\\begin\{")
_REACH = 40
_FORMULA_END = re.compile(r"[.!?]\s*(?:\$\$|\\[\])]|\\end\{\w+\*?\})\Z")


def may_hold_items(plain: str, begin: int, end: int) -> bool:
    """Whether a line that looks like a list item begins between two offsets."""
    return _ITEM.search(plain, begin + 1, end + 1) is not None


def item_starts(plain: str, begin: int, end: int) -> list[int]:
    """Where list items begin within the block `[begin, end)`, ascending; its own beginning is left out.

    A number, letter or dash opens one only at the start of a count, as its next, or after a pause.
    """
    if plain.find("\n", begin + 1, end) < 0:
        return []
    line = plain.rfind("\n", 0, begin + 1)
    opening = _ITEM.match(plain, line) if plain[line : begin + 1].isspace() else None
    last = (opening["mark"] or "") if opening and opening.start("item") == begin + 1 else ""
    found = []
    for match in _ITEM.finditer(plain, begin + 1, end + 1):
        mark = match["mark"] or ""
        if match["tex"]:
            opens = not _LIST_BEGIN.match(plain, plain.rfind("\n", begin, match.start()) + 1, match.start())
        else:
            counts = mark in ("1", "a", "i") or _follows(last, mark)
            opens = bool(match["bullet"]) or counts or _pauses(plain, begin + 1, match.start())
        if opens:
            last = mark
            found.append(match.start("item") - 1)
    return found


def after_formulas(plain: str, end: int, formulas: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Sentences of the block that ends at `end` after a formula that holds the full stop of the one before."""
    for formula_begin, formula_end in formulas:
        if _FORMULA_END.search(plain, max(formula_begin, formula_end - 40) + 1, formula_end + 1):
            space = _SPACE.match(plain, formula_end + 1)
            if space and space.end() <= end and _may_open(plain, space.end()):
                yield space.end() - 1


def _follows(last: str, mark: str) -> bool:
    if last.isdecimal() and mark.isdecimal():
        return int(mark) == int(last) + 1
    return len(last) == len(mark) == 1 and ord(mark) == ord(last) + 1


def _pauses(plain: str, begin: int, at: int) -> bool:
    """Whether the line before offset `at` is blank or ends in punctuation that closes or introduces."""
    tail = plain[max(begin, at - 80) : at]
    words = tail.rstrip()
    return not words or words[-1] in ".:;!?" or "\n" in tail[len(words) :]


def after_full_stops(plain: str, begin: int, end: int) -> Iterator[int]:
    """Sentences of scripts whose full stop needs no space after it. A quote may go on: `「行く。」と言った。`"""
    for match in _FULL_STOP.finditer(plain, begin + 1, end + 1):
        following = plain[match.end()]
        if following not in "、，,；：" and not (match["quote"] and following in "とっはをがのにでも"):
            yield match.end() - 1


def after_stops(
    plain: str, begin: int, end: int, known_starts: Sequence[int], since: int | None = None
) -> Iterator[tuple[int, bool]]:
    """Sentences of the block `[begin, end)` after a stop and white space: where each begins, and whether that is sure.

    Args:
        plain: the text.
        begin: where the block begins.
        end: where it ends.
        known_starts: the starts in the block that are known already, ascending.
        since: where to begin; no stop with what closes it may stand across this offset. Not all that a decision rests
            on lies behind it: until the first stop that no such decision is near to, what is found is not sure, and
            so is what is left out: that is given too.
    """
    opened, unsure = begin + 1, -_REACH
    known, count = 0, len(known_starts)
    if since is not None and since > begin:
        unsure = since + 1
        known = bisect_left(known_starts, since)
        opened = known_starts[known - 1] + 1 if known else begin + 1
    for match in _STOP.finditer(plain, max(begin, since or 0) + 1, end + 1):
        following = match.end()
        if following > end:
            return
        stop = match.start()
        while known < count and known_starts[known] < stop:
            opened = max(opened, known_starts[known] + 1)
            known += 1
        first = plain[following]
        if not "A" <= first <= "Z":
            opening = _OPENING.match(plain, following)
            assert opening is not None
            following = opening.end()
            if following > end or not _may_open(plain, following):
                continue
        if match["stop"] != ".":
            opened, unsure = match.end(), -_REACH
            yield opened - 1, True
            continue
        sure, ends = stop - unsure >= _REACH, _ends(plain, opened, stop, following)
        if not sure:
            unsure = match.end()
        if ends:
            opened = match.end()
        if ends or not sure:
            yield match.end() - 1, sure


def _ends(plain: str, opened: int, stop: int, following: int) -> bool:
    """Whether the full stop at `stop` ends the sentence that opened at `opened`; looks back `_REACH` at most."""
    if stop - opened < 24 and _LABEL.fullmatch(plain, opened, stop):
        return False
    before = plain[max(opened, stop - _REACH) : stop]
    words = before.split() if not before[-1:].isspace() else ["", ""]
    word = words[-1].lstrip(_OPENERS) if words else ""
    previous = words[-2].lstrip(_OPENERS) if len(words) > 1 else ""
    return ends_sentence(word, previous, plain[following : following + 16])


def _may_open(text: str, at: int) -> bool:
    """Whether a sentence may open with the character at `at`: a letter that is not small, a digit, a symbol.

    Scripts without case open with any letter. A small letter opens one where it is part of a name
    ("mRNA", a Greek letter and a hyphen).
    """
    char = text[at : at + 1]
    # Georgian letters count as small, but texts are written without their capitals.
    if char.islower() and not "\u10d0" <= char <= "\u10ff":
        follower = text[at + 1 : at + 2]
        return follower.isupper() or ("α" <= char <= "ω" and follower == "-")
    if char == "\\":
        return not text.startswith(_CLOSING_COMMANDS, at)
    return char.isalnum() or char in ("#", "§", "@") or (char != "" and category(char) in ("So", "Sc"))
