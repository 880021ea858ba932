"""statements: text -> what it claims to be equal. Knows nothing of values.

What cannot be told from prose with certainty is left out, and what could be meant in another way is `doubtful`: there a
value that agrees says something, and one that does not says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thinkaug.formulas.tokens import OPERAND_STARTS, OPERANDS, Token, simplified, tokenise

MOST_PARTS = 200  # tokens of one side; what is longer is handed on as it is, to be refused


@dataclass(frozen=True, slots=True)
class Statement:
    """`left` = `right`, where the statement itself may end before `right` does; `behind` comes after all of it.

    `about`: the two are said to be nearly equal. `lonely`: nothing but the two stands there, so that even two bare
    quantities are surely meant to be equal. `said`: with "is", which means much else.
    """

    text: str
    left: tuple[Token, ...]
    right: tuple[Token, ...]
    behind: Token | None
    about: bool
    doubtful: bool
    lonely: bool
    said: bool


_NOTE = re.compile(r"<<([^<>\n]{1,200})>>")  # how GSM8K writes down what its calculator was asked
_DIGIT = re.compile(r"[0-9]")
_RELATION = re.compile(
    r"[=\u2248]|\\approx|\\simeq|\bequals\b|"
    r"\bis\b[^A-Za-z0-9]*(?:(?:equal to|about|approximately|roughly|around|nearly|almost)[^A-Za-z0-9]*)?[0-9\\\u221a]"
)
_ABOUT = frozenset("about approximately approx roughly around nearly almost circa ca".split())  # noqa: SIM905
# Where numbers add up otherwise, or a length stands for another.
_OTHER_RULES = re.compile(
    r"\b(?:mod|modulo|modular|base[ -]?\d+|base (?:two|three|five|eight|sixteen)|binary|octal|hexadecimal|"
    r"o'clock|scale|map|blueprint|remainder)\b|_\{?\d",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"\b(?:wrong\w*|incorrect\w*|suppos\w+|assum\w+|false|mistake\w*|error|unless|if|instead of)\b"
    r"|(?:\b(?:not|cannot|never)\b|n't\b)(?: \w+){0,3} ?$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^[^.]{0,9}\b(?:not|no)\b|\b(?:wait|wrong|incorrect|false|actually|impossible|contradict\w*|oops|hmm|mistake"
    r"|error)\b|\b[nN]o[,.]|\?",
    re.IGNORECASE,
)
_CONTEXT = 60  # characters on either side in which a denial counts
_CHANGING = frozenset(  # words that do something to the number behind them
    """log ln lg sin cos tan exp max min mod choose half twice double triple thrice sqrt root cube square quarter third
    plus minus times by than negative over under per divided multiplied x factorial gcd lcm floor ceil abs C
    P""".split()  # noqa: SIM905
)
_PARTED = re.compile(  # "of" behind these does something to the number
    r"half|halves|thirds?|quarters?|\w+ths?|percent|percentage|percentile|roots?|squares?|cubes?|product|average|mean"
    r"|multiples?|factorial|inverse|negative|double|rest|difference|ratio|fraction|parts?|portion|logarithm|out|share",
    re.IGNORECASE,
)
_JOINING = frozenset("and or to from between with adding of".split())  # noqa: SIM905


def statements(text: str) -> Iterator[Statement]:
    """All statements of equality in a text, in order; those in notes (<<1+1=2>>) last."""
    plain = simplified(text)
    if not (_DIGIT.search(plain) and _RELATION.search(plain)):
        return
    other_rules = _OTHER_RULES.search(plain) is not None
    notes = [note.span(1) for note in _NOTE.finditer(plain)]
    parts = [(text, _NOTE.sub(lambda note: " " * len(note[0]), plain))]
    for own, spelled in parts + [(text[start:end], plain[start:end]) for start, end in notes]:
        tokens = tokenise(spelled)
        for index, token in enumerate(tokens):
            if token.kind == "relation":
                yield from _statement(own, spelled, tokens, index, other_rules)


def _statement(text: str, plain: str, tokens: list[Token], index: int, doubtful: bool) -> Iterator[Statement]:
    start = _left_start(tokens, index)
    if start is None:
        return
    begin = _beginning(plain, tokens, start, index)
    if begin is None:
        return
    start, unsure = begin
    left = tokens[start:index]
    first, about = _right_start(tokens, index)
    end = _right_end(tokens, first)
    right, behind = tokens[first:end], tokens[end] if end < len(tokens) else None
    if not (_has_number(left) and _has_number(right)):
        return
    said = tokens[index].text == "is"
    unsure |= said and start > 0 and tokens[start - 1].text.startswith("of")  # "the last digit of 3^3 is 7"
    doubtful |= unsure or _odd(plain, left, said) or _denied(plain, left, right)
    before = tokens[start - 1] if start else None
    lonely = before is None or before.kind not in ("word", "label") or before.text.lower() not in _JOINING
    about |= tokens[index].text not in ("=", "==", "is", "equals", "is equal to")
    yield Statement(text, tuple(left), tuple(right), behind, about, doubtful, lonely, said)


def _left_start(tokens: list[Token], index: int) -> int | None:
    """Where the formula before the relation begins; None where it stands after another operand."""
    closers: list[int] = []
    at = index - 1
    while at >= 0 and index - at <= MOST_PARTS:
        token = tokens[at]
        if token.kind in ("stop", "word", "relation"):
            break
        if token.kind == "newline" and at != index - 1:
            break
        if token.kind == "open":
            if not closers:
                break
            closers.pop()
        elif token.kind in OPERANDS and at + 1 < index and tokens[at + 1].kind in OPERAND_STARTS:
            if token.kind == "label" or _numbers_a_list(tokens, at):
                break
            if not _joined(tokens, at):
                return None  # "5 feet 6 + 3", "(1/2) 278 + 11"
        if token.kind == "close":
            closers.append(at)
        at -= 1
    if closers and not tokens[closers[0] + 1].spaced:
        return None  # "(x)(3 + 4)"; but "1) 3 + 4"
    return closers[0] + 1 if closers else at + 1


def _numbers_a_list(tokens: list[Token], at: int) -> bool:
    """Whether a number or letter in brackets stands for itself: (2) 5 + 3 = 8, [12] 5 + 3 = 8, b) 5 + 3 = 8."""
    if tokens[at].kind != "close" or at < 1 or not tokens[at + 1].spaced:
        return False
    opens = at < 2 or tokens[at - 2].kind in ("open", "stop", "newline")
    return opens and (tokens[at - 1].kind == "number" or len(tokens[at - 1].text) == 1)


def _joined(tokens: list[Token], at: int) -> bool:
    """2(3 + 4), 2 times a root: a product without a sign. Or the two groups of a LaTeX fraction."""
    here, behind = tokens[at], tokens[at + 1]
    product = behind.text in ("(", "{") or behind.kind == "root"
    return product and not behind.spaced and here.kind in ("number", "close", "power")


def _beginning(plain: str, tokens: list[Token], start: int, index: int) -> tuple[int, bool] | None:
    """Where the formula begins once a bullet is taken off, and whether it is in doubt; None for no formula at all."""
    before = tokens[start - 1] if start else None
    unsure = False
    if start < index and tokens[start].kind == "operator":
        sign = tokens[start]
        at_line_start = before is None or before.kind == "newline"
        spaced = plain[sign.end : sign.end + 1] == " "
        if sign.text == "*" or (spaced and sign.text in "+-"):
            if not at_line_start and (sign.text != "-" or before is None or before.kind != "word"):
                return None  # something unknown times, plus, minus the rest
            start, unsure = start + 1, True
        elif sign.text not in "+-" or (before is not None and before.end == sign.start and before.kind == "word"):
            return None
        else:
            unsure = before is not None and before.kind == "word"
    if before is None or before.kind in ("newline", "relation"):
        return start, unsure
    touching = not tokens[start].spaced
    if before.kind == "stop":
        if before.strange and touching:
            return None
        return start, unsure or before.strange or (touching and before.text in ".,")
    if before.kind == "word":
        if touching and before.text.isascii():
            return None
        earlier = tokens[start - 2] if start > 1 else None
        return start, unsure or _changes(before, earlier) or _after_operator(tokens, start - 1)
    return start, unsure


def _changes(word: Token, earlier: Token | None) -> bool:
    if word.text.startswith("of"):
        return earlier is None or earlier.kind != "word" or _PARTED.fullmatch(earlier.text) is not None
    if not word.text.isascii():
        return word.text[-1] in "\u767e\u5343\u4e07\u4ebf\u5341\u5206\u4e4b\u500d\u534a\u51cf\u52a0\u4e58\u9664"
    return word.text in "+-*/" or word.text.lower() in _CHANGING or (len(word.text) == 1 and word.text not in "aAI")


def _after_operator(tokens: list[Token], at: int) -> bool:
    """Whether it goes on from before: 25 classmates + his 1 teacher + 1."""
    words = 0
    while at >= 0 and tokens[at].kind in ("word", "label") and words < 4:
        at, words = at - 1, words + 1
    return at >= 0 and tokens[at].kind == "operator" and tokens[at].text in "+-*"


def _right_start(tokens: list[Token], index: int) -> tuple[int, bool]:
    """Where the formula after the relation begins, and whether a word on the way says that it is rounded."""
    at, about = index + 1, False
    while at < len(tokens) and (
        tokens[at].kind == "newline" or tokens[at].text.lower() in _ABOUT or (tokens[at].text == "~")
    ):
        about |= tokens[at].kind != "newline"
        at += 1
        if at < len(tokens) and about and tokens[at].text == ".":  # "approx."
            at += 1
    return at, about


def _right_end(tokens: list[Token], first: int) -> int:
    depth, at = 0, first
    while at < len(tokens) and at - first <= MOST_PARTS:
        token = tokens[at]
        if token.kind in ("stop", "word", "relation", "newline", "factorial"):
            break
        if (
            at > first
            and token.kind in OPERAND_STARTS
            and tokens[at - 1].kind in OPERANDS
            and not _joined(tokens, at - 1)
        ):
            break
        if token.kind == "close":
            depth -= 1
            if depth < 0:
                break
        depth += token.kind == "open"
        at += 1
    while at > first and tokens[at - 1].kind == "label":  # what is counted is no matter of arithmetic
        at -= 1
    return at


def _has_number(tokens: list[Token]) -> bool:
    return any(token.kind == "number" for token in tokens)


def _odd(plain: str, left: list[Token], said: bool) -> bool:
    """Whether a sign may be none: a range, a blood pressure, a decimal point in the middle, a sentence with "is"."""
    for before, sign, after in zip(left, left[1:], left[2:], strict=False):
        if sign.kind != "operator" or before.end != sign.start or sign.end != after.start:
            continue
        mark = plain[sign.start]
        if mark in "\u2013\u00b7" or (said and mark in "-/"):
            return True
        if before.kind == after.kind == "number" and mark in "-/" and before.text.isdigit() and after.text.isdigit():
            low, high = sorted((before.text, after.text), key=lambda digits: (len(digits), digits))
            if mark == "-" and before is left[0] and before.text == low != high:
                return True
            if mark == "/" and before.text == high and len(high) == 3 and 30 <= int(low[:4]) <= 150 and len(left) <= 4:
                return True
    return any(token.text.lower() in ("cent", "cents") for token in left)


def _denied(plain: str, left: list[Token], right: list[Token]) -> bool:
    before = re.split(r"[.;\n]", plain[max(0, left[0].start - _CONTEXT) : left[0].start])[-1]
    after = plain[right[-1].end : right[-1].end + _CONTEXT]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.search(after))
