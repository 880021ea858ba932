"""A small domain of sums: word problems, their answers, and the thinking between. Knows no model; prints nothing.

Beside the demo's domain, where what decides a text is a fact, stands this one, where it is a calculation. Both kinds of
thinking are there: every thought recalls something true that the sum needs (a unit, a rule), asks and calculates, and
checks. Nothing here decides which of them is worth more; `benchmarks/dominance.py` lets a model measure that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thinkaug.demo.voice import Voice
from thinkaug.records import Kind, Thought
from thinkaug.rendering import Style, thinking_of

Steps = tuple[tuple[Kind, str], ...]

_PROBLEMS_LEAST, _PROBLEMS_MOST = 2, 4  # of a document
_WHOLE, _PART, _ONE_KIND, _STRANGE = 0.35, 0.15, 0.15, 0.1  # of the thoughts in a rendered text; the rest has none
_REASONING = ("self_talk", "verification")

_UNITS = (
    ("week", "weeks", 7, "days"),
    ("dozen eggs", "dozen eggs", 12, "eggs"),
    ("foot", "feet", 12, "inches"),
    ("year", "years", 12, "months"),
    ("score of sheep", "score of sheep", 20, "sheep"),
    ("gallon", "gallons", 8, "pints"),
    ("day", "days", 24, "hours"),
    ("pound", "pounds", 16, "ounces"),
)
_DEFINED = ("A {one} has {size} {small}.", "{size} {small} make a {one}.", "There are {size} {small} in a {one}.")
_CONVERT = (
    "A delivery takes {a} {many} and {b} {small}. How many {small} is that?",
    "Somebody counts {a} {many} and {b} {small}. How many {small} are there?",
    "{a} {many} and {b} {small} are to be written in {small} alone.",
)
_GOODS = ("tickets", "lamps", "books", "chairs", "bottles", "coats", "clocks", "boxes of tea")
_PRICED = (
    "{a} {goods} are sold at {b} dollars each, with {c} dollars off the whole. What is paid?",
    "A customer takes {a} {goods} at {b} dollars each and is let off {c} dollars. What is left to pay?",
)
_PRICE = (
    "The price of several is the price of one times their number.",
    "What is taken off is subtracted last.",
    "A discount on the whole is given once.",
)
_SHAPES = ("field", "garden", "hall", "pool", "yard")
_SIDED = (
    "A {shape} is {a} metres long and {b} metres wide. How long is the way around it?",
    "Somebody walks once around a {shape} of {a} by {b} metres. How far is that?",
)
_ROUND = (
    "The way around a rectangle is twice the sum of its sides.",
    "A rectangle has two sides of each length.",
    "Opposite sides of a rectangle are equal.",
)
_PEOPLE = ("passengers", "guests", "pupils", "sailors", "singers")
_MOVED = (
    "{a} {people} are there, {b} more come, and then {c} leave. How many are left?",
    "Of {a} {people} and {b} late ones {c} go early. How many stay?",
)
_MOVE = (
    "Those who come are added, and those who leave are taken away.",
    "The order of coming and going does not change the sum.",
    "Whoever leaves is no longer counted.",
)
_ANSWER = ("That makes {n} {what}.", "The answer is {n} {what}.", "In all it is {n} {what}.", "It comes to {n} {what}.")
_ASK = ("What is reckoned first?", "Which sum comes first?", "Where does the sum begin?")
_WONDER = ("What will be asked next?", "What comes next?", "Which sum could follow?")
_SURE = ("It can be answered with what is given.", "No number is missing.", "All that is needed will be there.")


@dataclass(frozen=True, slots=True)
class Problem:
    """A question and its answer, with the thinking before each."""

    question: str
    answer: str
    before_question: Steps
    before_answer: Steps


def documents(count: int, seed: int) -> Iterator[tuple[Problem, ...]]:
    """So many documents of a few problems each, reproducible."""
    voice = Voice(seed)
    for _ in range(count):
        yield tuple(problem(voice) for _ in range(voice.number(_PROBLEMS_LEAST, _PROBLEMS_MOST)))


def text_of(problems: Sequence[Problem]) -> str:
    """The expert text: questions and answers, each a paragraph of one line."""
    return "\n\n".join(part for problem in problems for part in (problem.question, problem.answer))


def problem(voice: Voice) -> Problem:
    """One problem of any sort."""
    return voice.one((_conversion, _price, _way_around, _movement))(voice)


def rendered(problems: Sequence[Problem], voice: Voice) -> str:
    """The text as shards hold it, for a model that will score thoughts: some whole, some in part, some that belong
    elsewhere, some places without.
    """
    text = ""
    last = len(problems) - 1
    for place, one in enumerate(problems):
        for part, right, strange in (
            (one.question + "\n\n", one.before_question, problem(voice).before_question),
            (one.answer + ("\n\n" if place < last else ""), one.before_answer, problem(voice).before_answer),
        ):
            steps = _some(right, strange, voice)
            text += thinking_of([Thought(0, 0, kind, words) for kind, words in steps], text, Style()) + part
    return text


def _some(right: Steps, strange: Steps, voice: Voice) -> Steps:
    if voice.chance(_WHOLE):
        return right
    if voice.chance(_PART / (1 - _WHOLE)):
        return tuple(step for step in right if voice.chance(0.5))
    if voice.chance(_ONE_KIND / (1 - _WHOLE - _PART)):
        is_recall = voice.chance(0.5)
        return tuple(step for step in right if (step[0] == "recall") == is_recall)
    if voice.chance(_STRANGE / (1 - _WHOLE - _PART - _ONE_KIND)):
        return strange
    return ()


def _conversion(voice: Voice) -> Problem:
    one, many, size, small = voice.one(_UNITS)
    a, b = voice.number(2, 12), voice.number(1, size - 1)
    product, total = a * size, a * size + b
    return _problem(
        voice.pick(_CONVERT).format(a=a, many=many, b=b, small=small),
        total,
        small,
        voice.pick(_DEFINED).format(one=one, size=size, small=small),
        (f"{a} * {size} = {product}.", f"{product} + {b} = {total}."),
        f"{total} - {b} = {product}, as it should be.",
        voice,
    )


def _price(voice: Voice) -> Problem:
    a, b, c = voice.number(3, 12), voice.number(4, 20), voice.number(2, 10)
    product, total = a * b, a * b - c
    return _problem(
        voice.pick(_PRICED).format(a=a, goods=voice.one(_GOODS), b=b, c=c),
        total,
        "dollars",
        voice.pick(_PRICE),
        (f"{a} * {b} = {product}.", f"{product} - {c} = {total}."),
        f"{total} + {c} = {product}, as it should be.",
        voice,
    )


def _way_around(voice: Voice) -> Problem:
    a, b = voice.number(11, 90), voice.number(5, 60)
    half, total = a + b, 2 * (a + b)
    return _problem(
        voice.pick(_SIDED).format(shape=voice.one(_SHAPES), a=a, b=b),
        total,
        "metres",
        voice.pick(_ROUND),
        (f"{a} + {b} = {half}.", f"2 * {half} = {total}."),
        f"{total} / 2 = {half}, as it should be.",
        voice,
    )


def _movement(voice: Voice) -> Problem:
    a, b = voice.number(20, 150), voice.number(5, 90)
    c = voice.number(3, 19)
    both, total = a + b, a + b - c
    people = voice.one(_PEOPLE)
    return _problem(
        voice.pick(_MOVED).format(a=a, people=people, b=b, c=c),
        total,
        people,
        voice.pick(_MOVE),
        (f"{a} + {b} = {both}.", f"{both} - {c} = {total}."),
        f"{total} + {c} = {both}, as it should be.",
        voice,
    )


def _problem(
    question: str, total: int, what: str, fact: str, sums: tuple[str, str], check: str, voice: Voice
) -> Problem:
    recall: Steps = (("recall", fact),)
    calculation: Steps = (("self_talk", f"{voice.pick(_ASK)} {sums[0]}"), ("self_talk", sums[1]))
    return Problem(
        question,
        voice.pick(_ANSWER).format(n=total, what=what),
        (("self_talk", voice.pick(_WONDER)), *recall, ("verification", voice.pick(_SURE))),
        (*recall, *calculation, ("verification", check)),
    )
