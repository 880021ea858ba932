"""numbers: the thought gives a quantity another value than the expert's text does.

Precise, not eager: a thought may well know figures of which the text does not speak. Two quantities are held against
each other only where both are measured in the same dimension (0.5 g is 500 mg) and stand in the same frame: two content
words beside the one stand beside the other too, one of them before it, and no word beside either says that other things
are meant. Scripts that put no space between words have no frames here. A bare number says nothing. Nor does

- a value that the expert's text, before or after, has anywhere in that dimension;
- a frame in which either gives several values, or the thought the expert's as well: it weighs them;
- a bound (below 45, at least 3 days), a question, what is supposed, denied or compared;
- what stands in a calculation: `checks.arithmetic` looks at those;
- a table: a thought or a text with more than 500 quantities.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice, pairwise
from unicodedata import normalize

from thinkaug.checks import Check
from thinkaug.formulas.units import Dimensions, Unit, convert_temperature, unit
from thinkaug.formulas.values import OutOfBounds, Unclear, read_number
from thinkaug.records import Thinking


@dataclass(frozen=True, slots=True)
class _Quantity:
    """From `low` to `high` in base units, each known to `within`; `left` and `right` are the content words beside it.

    `lead` is the word right before it, where it says what the quantity is for: "for 3 days" is not "after 3 days".
    `loose`: it is a bound, asked, supposed, denied, compared or calculated.
    """

    low: Fraction
    high: Fraction
    within: Fraction
    dimensions: Dimensions
    left: frozenset[str]
    right: frozenset[str]
    lead: str
    loose: bool


_NUMBER = r"[0-9]{1,12}(?:[.,][0-9]{1,12}){0,4}"
_LETTERS = "A-Za-z\u00b0\u00b5\u03bc"
_UNIT = rf"[{_LETTERS}][{_LETTERS}0-9]{{0,15}}[\u00b2\u00b3]?"
_QUANTITY = re.compile(
    rf"(?P<low>{_NUMBER})(?:(?P<to> ?[-\u2013] ?| to )(?P<high>{_NUMBER}))?"
    rf"(?:(?P<percent> ?%| per ?cent\b)|[ \u00a0\u202f-]?(?P<unit>{_UNIT}(?:(?: ?/ ?| per ){_UNIT}){{0,3}}))"
)
_AMBIGUOUS = ("C", "F", "K", "U", "J")  # "type 1 C", "7 U.S.C."
_SUPERSCRIPTS = str.maketrans("\u00b2\u00b3", "23")
_PERCENT: Dimensions = (("percent", 1),)
_KELVIN: Dimensions = (("kelvin", 1),)
_TEMPERATURES: tuple[Dimensions, ...] = ((("celsius", 1),), (("fahrenheit", 1),), _KELVIN)
_TIMES: tuple[Dimensions, ...] = ((("time", 1),), (("calendar", 1),))

_AROUND = 90  # characters on either side that are looked at
_CLAUSE = re.compile(
    r"[;:()\[\]\n\u3002\u2014]|[.,!?](?=\s|\Z)|\b(?:and|or|but|which|who|that|while|whereas|because|so|when|where|if|then|than)\b",
    re.IGNORECASE,
)
_UNSPACED = "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[^\W\d_{_UNSPACED}]{{3,40}}")
_SENTENCE = re.compile(r"[.!?](?=\s|\Z)|\n|\u3002|\uff1f")
_CALCULATED = re.compile(r"[=\u2248\u00d7\u00f7^<>\u2264\u2265*~\u00b1]|\+ ?[0-9(]|[0-9] ?[x+/] ?[0-9]")
_SUPPOSED = re.compile(  # anywhere in its sentence
    r"\b(?:if|suppos\w+|assum\w+|imagin\w+|would|could|might|not|no|never|neither|nor|cannot|without|instead|rather|unlike"
    r"|versus|vs|compar\w+|typical\w*|usual\w*|normal\w*|standard|otherwise|example|e\.g|whether)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_BOUND = re.compile(  # shortly before it
    r"(?:\b(?:than|below|under|above|over|exceed\w*|least|most|up to|maxim\w+|minim\w+|max|min|between|within|until"
    r"|from|by|another|further|additional|extra)|[<>\u2264\u2265])\W*(?:\w+\W+){0,1}\Z",
    re.IGNORECASE,
)
_BOUND_CHARS = 24
_BOUND_AFTER = re.compile(
    r"\W{0,2}(?:or|and) (?:more|less|fewer|above|below|over|under|older|younger|higher|lower|up)\b", re.I
)
_EMPTY = frozenset(  # words that say nothing of what is measured
    """a an the of to in on at by for with from as is are was were be been being has have had it its this that these
    those there he she they we his her their our about around approximately roughly nearly almost some each every per
    daily once twice times day days week weeks month months year years hour hours minute minutes only also still now
    just very given give gives dose doses dosage value values level levels amount amounts total mean average rate
    number old olds percent""".split()  # noqa: SIM905
)
_LEADS = frozenset("for after before every in over during since by until within".split())  # noqa: SIM905
_MOST = 500  # quantities; every one is held against every other
_LEFT_WORDS, _RIGHT_WORDS = 3, 2
_SHARED_WORDS = 2


def numbers(*, tolerance: float = 0.02) -> Check:
    """A check for thinking that contradicts the expert's figures.

    Reason: `contradicts_numbers`. Looks at the text before the thought and at the stretch it leads to.

    Args:
        tolerance: the relative difference up to which two values are the same, beside what their digits leave open; of
            temperatures only the digits count.
    """
    share = Fraction(tolerance).limit_denominator(10**6)

    def check(thinking: Thinking) -> str:
        thought = _quantities(thinking.text)
        if not thought:
            return ""
        expert = _quantities(thinking.before) + _quantities(thinking.target)
        if max(len(thought), len(expert)) > _MOST:
            return ""
        known, own = _by_dimension(expert), _by_dimension(thought)
        wrong = any(
            _contradicts(quantity, known.get(dimensions, ()), alike, share)
            for dimensions, alike in own.items()
            for quantity in alike
            if not quantity.loose
        )
        return "contradicts_numbers" if wrong else ""

    return check


def _by_dimension(quantities: Sequence[_Quantity]) -> dict[Dimensions, list[_Quantity]]:
    found: dict[Dimensions, list[_Quantity]] = {}
    for quantity in dict.fromkeys(quantities):
        found.setdefault(quantity.dimensions, []).append(quantity)
    return found


def _contradicts(one: _Quantity, expert: Sequence[_Quantity], thought: Sequence[_Quantity], share: Fraction) -> bool:
    if any(_agree(one, other, share) for other in expert):
        return False
    against = [other for other in expert if _same_frame(one, other)]
    beside = [mine for mine in thought if _same_frame(mine, one)]
    # Several values in one frame: a list of them, or words that do not say what sets them apart.
    alone = all(_agree(mine, one, share) for mine in beside)
    settled = all(_agree(other, against[0], share) and not other.loose for other in against)
    return bool(against) and alone and settled and not any(_weighed(mine, against[0], share) for mine in thought)


def _weighed(mine: _Quantity, other: _Quantity, share: Fraction) -> bool:
    """Whether the thought has the expert's value too, of what may be the same."""
    return _agree(mine, other, share) and bool(mine.left & other.left or mine.right & other.right)


def _agree(one: _Quantity, other: _Quantity, share: Fraction) -> bool:
    """Whether their ranges meet, as far as their digits and `share` leave them open."""
    if one.dimensions == _KELVIN:
        share = Fraction(0)  # 3 K are a fever, and one percent of what a body has
    room = max(one.within, other.within, share * max(abs(one.high), abs(other.high)))
    return one.low - room <= other.high and other.low - room <= one.high


def _same_frame(one: _Quantity, other: _Quantity) -> bool:
    """Whether two words beside them are the same, one before, and none on either side says otherwise."""
    left = one.left & other.left
    shared = len(left) + len(one.right & other.right) if left else 0
    fits = all(mine <= theirs or theirs <= mine for mine, theirs in ((one.left, other.left), (one.right, other.right)))
    timed = one.dimensions in _TIMES
    return shared >= _SHARED_WORDS and fits and (one.lead == other.lead or not timed)


@lru_cache(maxsize=16)  # all candidates at all cuts of a passage stand in the same text
def _quantities(text: str) -> tuple[_Quantity, ...]:
    read = (found for match in _QUANTITY.finditer(text) if (found := _quantity(text, match)) is not None)
    return tuple(islice(read, _MOST + 1))


def _quantity(text: str, match: re.Match[str]) -> _Quantity | None:
    start, end = match.span()
    if text[start - 1 : start].isalnum() or text[start - 1 : start] in ("_", ".", ",", "\\", "$"):
        return None
    measure = _PERCENT_UNIT if match["percent"] else _compound(match["unit"])
    if measure is None:
        return None
    try:
        ends = [_read(written) for written in (match["low"], match["high"]) if written]
    except (Unclear, OutOfBounds):
        return None
    low, high = sorted(_in_base(value, measure) for value in (ends[0][0], ends[-1][0]))
    within = max(step for _, step in ends) / 2 * measure.factor
    dimensions = _KELVIN if measure.dimensions in _TEMPERATURES else measure.dimensions
    left, lead = _left(text, start)
    after = text[end : end + _AROUND]
    right = _content(_CLAUSE.split(after, maxsplit=1)[0])[:_RIGHT_WORDS]
    return _Quantity(low, high, within, dimensions, left, frozenset(right), lead, _is_loose(text, start, end))


_PERCENT_UNIT = Unit(Fraction(1), _PERCENT)


def _compound(written: str) -> Unit | None:
    """The unit of "mg/kg per day"; None when a part of it is none. What follows the first that is none is prose."""
    parts = re.split(r" ?/ ?| per ", written)
    whole = None
    for part in parts:
        known = unit(part.translate(_SUPERSCRIPTS))
        if known is None or part in _AMBIGUOUS:
            return None
        whole = known if whole is None else whole * known**-1
    return whole


def _read(written: str) -> tuple[Fraction, Fraction]:
    """The number, and what one unit in its last digit is worth. Raises as `read_number` does."""
    try:
        value = read_number(written)
    except Unclear:
        value = read_number(written, decimal_comma=True)
    assert value.plain is not None
    return value.plain, value.step or Fraction(0)


def _in_base(value: Fraction, measure: Unit) -> Fraction:
    degrees = convert_temperature(value, measure.dimensions, _KELVIN)
    return degrees if degrees is not None else value * measure.factor


def _left(text: str, start: int) -> tuple[frozenset[str], str]:
    before = text[max(0, start - _AROUND) : start]
    if start > _AROUND:
        before = before.partition(" ")[2]  # the word that was cut
    clause = _CLAUSE.split(before)[-1]
    spoken = _words(clause)
    lead = spoken[-1] if spoken and spoken[-1] in _LEADS else ""
    return frozenset(_content(clause)[-_LEFT_WORDS:]), lead


def _content(clause: str) -> list[str]:
    """Its words that say what is measured, a plural s aside."""
    kept = (word for word in _words(clause) if word not in _EMPTY and (word == "second" or unit(word) is None))
    return [word.removesuffix("s") if len(word) > 4 else word for word in kept]


def _words(clause: str) -> list[str]:
    """Its words of three letters or more. Not those of `thinkaug.words`, whose memory is for whole texts."""
    return _WORD.findall(normalize("NFC", clause).casefold())


def _is_loose(text: str, start: int, end: int) -> bool:
    """Whether its sentence does not simply state it."""
    first, last = max(0, start - 2 * _AROUND), end + 2 * _AROUND
    stops = [first, *(stop.end() for stop in _SENTENCE.finditer(text, first, last)), last]
    begin, until = next((pair for pair in pairwise(stops) if pair[1] > start), (first, last))
    sentence = text[begin : max(until, end)]
    asked = "?" in sentence[-2:] or "\uff1f" in sentence[-2:]
    bound = _BOUND.search(text[max(0, start - _BOUND_CHARS) : start]) or _BOUND_AFTER.match(text, end)
    supposed = _SUPPOSED.search(sentence) or _CALCULATED.search(sentence)
    return asked or bound is not None or supposed is not None
