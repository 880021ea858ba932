"""arithmetic: text -> Execution, one for each statement of arithmetic in it that can be told apart from prose.

A statement holds when what is stated equals the value within the rounding that its own digits imply: 10/3 = 3.33 holds,
3.4 fails, and so does 3.34. "About" allows one unit more in the last digit. What is cut off instead of rounded
(2/3 = 0.66), or rounded up to a whole (25/4 = 7 buses), is neither true nor false, and says nothing here. Units must
fit: 0.5 mg/kg x 70 kg = 35 kg fails. Prose may leave them out: 0.5 x 70 = 35 mg holds.
"""

import re
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from thinkaug.formulas.agreement import compare
from thinkaug.formulas.evaluate import Evaluator
from thinkaug.formulas.statements import Statement, statements
from thinkaug.formulas.tokens import OPERAND_STARTS, OPERANDS, Token
from thinkaug.formulas.units import convert_temperature
from thinkaug.formulas.values import OutOfBounds, Unclear, Value
from thinkaug.records import Execution

_MOST_CHARS = 200  # of what is stored of an expression


def execute(text: str) -> tuple[Execution, ...]:
    """Every statement of arithmetic in a text, reckoned. What is not clearly one yields nothing.

    Never raises, whatever the text; the work is linear in it.
    """
    return tuple(execution for statement in statements(text) if (execution := _execute(statement)) is not None)


def _execute(statement: Statement) -> Execution | None:
    numbers = [token.text for token in (*statement.left, *statement.right) if token.kind == "number"]
    readings = (False, True) if any(mark in number for number in numbers for mark in ",.") else (False,)
    found = None
    for decimal_comma in readings:
        if decimal_comma and any(token.kind == "open" for token in (*statement.left, *statement.right)):
            break  # (1,2) is a pair
        try:
            judged = _judge(statement, decimal_comma)
        except Unclear:
            continue
        if judged is not None and judged.verdict == "holds":
            return judged
        found = found or judged
    return found if not statement.doubtful else None


def _judge(statement: Statement, decimal_comma: bool) -> Execution | None:
    left, right = Evaluator(statement.left, decimal_comma), Evaluator(statement.right, decimal_comma)
    try:
        value = left.read()
        if left.at < len(statement.left) and statement.left[left.at].kind != "newline":
            raise Unclear("no whole formula")
        stated = right.read()
    except OutOfBounds:
        return _shown(statement, len(statement.right), "", "unreadable")
    end = right.at
    behind = statement.right[end] if end < len(statement.right) else statement.behind
    doubtful = _goes_on(statement, statement.right[end - 1], behind)
    if not left.signs.operators and right.signs.operators:  # 24 = 2 x 12
        value, stated, left, right, doubtful = stated, value, right, left, True
    found = compare(value, left.signs, stated, right.signs, about=statement.about, lonely=statement.lonely)
    doubtful |= left.signs.doubtful or right.signs.doubtful
    if value.dimensions != stated.dimensions:
        doubtful |= left.signs.letters or right.signs.letters  # 2s = 14
    if found == "unsure" or (found == "differs" and doubtful):
        return None
    return _shown(statement, end, _number(value, stated), "holds" if found == "agrees" else "fails")


_CHANGED = frozenset(  # the number before these is not the whole of it
    """am pm o times per plus minus divided multiplied mod modulo choose base percent percentage half dozen hundred
    thousand million billion k bn""".split()  # noqa: SIM905
)
_COMPARED = frozenset("more less fewer higher lower greater of".split())  # noqa: SIM905 - only behind "is"
_RANGE = re.compile(r"\s*(?:to|or|and) (?:\W{0,2}[0-9]|an? )")


def _goes_on(statement: Statement, last: Token, behind: Token | None) -> bool:
    """Whether what stands behind the stated number may change it.

    Raises:
        Unclear: it surely does, or nobody knows what it is: 5x, 5 + y, 5 6.
    """
    if behind is None or behind.kind in ("newline", "relation", "close"):
        return False
    touching = not behind.spaced
    if behind.kind == "stop":
        if behind.strange and touching and behind.text[0] != ".":
            raise Unclear("a strange sign")
        return behind.strange or behind.text == "?"
    if behind.kind == "operator":
        if touching or behind.text != "-":
            raise Unclear("the formula goes on")
        return True
    if behind.kind == "open":
        if (touching and behind.text != "[") or last.kind in ("close", "power") or "\\" in statement.text:
            raise Unclear("a factor in brackets")
        return False
    if behind.kind in ("word", "label"):
        word = behind.text
        if not word.isascii():
            return word[0] in "\u767e\u5343\u4e07\u4ebf\u5341\u5206\u500d\u6210\u6298\u534a"
        if touching or (len(word) == 1 and word not in "aAI"):
            raise Unclear("a variable")
        compared = statement.said and word.lower() in _COMPARED
        return compared or word.lower() in _CHANGED or _RANGE.match(statement.text, behind.start) is not None
    if behind.kind in (*OPERANDS, *OPERAND_STARTS):
        raise Unclear("a second number")
    return True


def _shown(statement: Statement, end: int, value: str, verdict: Literal["holds", "fails", "unreadable"]) -> Execution:
    def cut(tokens: Sequence[Token]) -> str:
        last = tokens[-2] if tokens[-1].kind == "newline" else tokens[-1]
        return statement.text[tokens[0].start : last.end][:_MOST_CHARS]

    return Execution(cut(statement.left), cut(statement.right[:end]), value, verdict)


def _number(value: Value, stated: Value) -> str:
    """The value in the unit of what is stated, to ten digits."""
    number = value.plain
    if value.base is not None and value.dimensions == stated.dimensions:
        number = value.base / stated.scale
    elif (degrees := convert_temperature(value.plain or Fraction(0), value.dimensions, stated.dimensions)) is not None:
        number = degrees
    if number is None:
        return ""
    if number.denominator == 1 and abs(number) < 10**15:
        return str(number)
    with localcontext() as context:
        context.prec = 10
        decimal = (Decimal(number.numerator) / Decimal(number.denominator)).normalize()
    return f"{decimal:f}" if -6 <= decimal.adjusted() < 15 else f"{decimal:E}"
