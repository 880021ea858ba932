"""evaluate: tokens -> Value, and what was met on the way. Knows nothing of statements.

Recursive descent over

    sum      = product (("+" | "-") product)*
    product  = signed (("*" | "/" | "of") signed | group that stands close)*
    signed   = ("-" | "+") signed | power
    power    = atom ("^" exponent | superscript)? units
    atom     = number | root group | fraction group group | group
    units    = "!"? "%"? million? (unit superscript? (("/" | "*") unit)*)? label*
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from thinkaug.formulas import values
from thinkaug.formulas.tokens import OPERAND_STARTS, Token
from thinkaug.formulas.units import NONE, Unit, unit
from thinkaug.formulas.values import OutOfBounds, Unclear, Value

MOST_DEPTH = 24  # of brackets inside brackets
MOST_TOKENS = 160  # of a formula


@dataclass(slots=True)
class Signs:
    """What was met on the way, for whoever judges.

    `operators` are those that were carried out, a sign aside; `bare` the literals without unit, percent or label;
    `leading` the first literal. `decimals` may have been rounded; `compound` is a unit like mg/kg; `letters` are units
    of one letter, which variables have too; `doubtful` is what can be read in another way.
    """

    operators: list[str] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    bare: set[Fraction] = field(default_factory=set)
    leading: Fraction | None = None
    percent: bool = False
    compound: bool = False
    letters: bool = False
    decimals: bool = False
    doubtful: bool = False


_MULTIPLES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SUPERSCRIPTS = str.maketrans(
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b", "0123456789+-"
)


class Evaluator:
    """Reads one formula from tokens. Afterwards `at` is the first token that is no part of it, `signs` what was met."""

    def __init__(self, tokens: Sequence[Token], decimal_comma: bool = False) -> None:
        self._tokens, self._comma, self._depth = tokens, decimal_comma, 0
        self.at, self.signs = 0, Signs()

    def read(self) -> Value:
        """The value of the longest formula that the tokens begin with.

        Raises:
            Unclear: there is none.
            OutOfBounds: it cannot be reckoned.
        """
        if len(self._tokens) > MOST_TOKENS:
            raise OutOfBounds(f"a formula of {len(self._tokens)} parts")
        return self._sum()

    def _sum(self) -> Value:
        total = self._product()
        while self._reads("operator", "+-") and self._operand_follows():
            sign = -1 if self._next().text == "-" else 1
            self.signs.operators.append("-" if sign < 0 else "+")
            total = self._added(total, self._product(), sign)
        return total

    def _added(self, left: Value, right: Value, sign: int) -> Value:
        unlike = left.dimensions != right.dimensions  # 2s + 3
        self.signs.doubtful |= unlike or left.percent != right.percent  # 80 - 20 % is 64 for many
        return values.add(left, right, sign)

    def _product(self) -> Value:
        left = self._signed()
        while True:
            if self._reads("operator", ("*", "/", "of")) and self._operand_follows():
                operator = self._next().text
                if operator == "of" and not (left.percent or "/" in self.signs.operators):
                    raise Unclear("of what?")  # "3 of 4 patients"
            elif (self._reads("open", "(") or self._is("root")) and self._touches():
                operator = "implicit"
            else:
                return left
            self.signs.operators.append(operator)
            left = values.multiply(left, self._signed(), -1 if operator == "/" else 1)

    def _signed(self) -> Value:
        if not self._reads("operator", "+-"):
            return self._power()
        negative, met = self._next().text == "-", len(self.signs.operators)
        value = self._deeper(self._signed)
        self.signs.doubtful |= "^" in self.signs.operators[met:]  # is -3^2 nine?
        return values.negated(value) if negative else value

    def _power(self) -> Value:
        literal = self._is("number")
        value = self._atom()
        if self._is("power"):
            self.signs.operators.append("^")
            value = values.raised(value, Fraction(self._next().text.translate(_SUPERSCRIPTS)))
        elif self._reads("operator", "^"):
            self.signs.operators.append("^")
            value = values.raised(value, self._exponent())
        return self._with_units(value, literal)

    def _exponent(self) -> Fraction:
        self._next()
        negative = self._reads("operator", "+-") and self._next().text == "-"
        if not self._is("number", "open"):
            raise Unclear("no exponent")
        value = self._group() if self._is("open") else values.read_number(self._next().text, self._comma)
        if self._reads("operator", "^") or value.plain is None:
            raise OutOfBounds("a tower of powers")
        return -value.plain if negative else value.plain

    def _atom(self) -> Value:
        if self._is("number"):
            value = values.read_number(self._next().text, self._comma)
            self.signs.decimals |= value.step is not None and 0 < value.step < 1
            if self.signs.leading is None:
                self.signs.leading = value.plain
            return value
        if self._is("open"):
            return self._group()
        if self._is("root"):
            self._next()
            self.signs.operators.append("root")
            radicand = self._group() if self._is("open") else self._atom()
            if radicand.dimensions or radicand.plain is None:
                raise Unclear("a root of a quantity")
            return values.mere(values.square_root(radicand.plain))
        if self._is("fraction"):
            self._next()
            self.signs.operators.append("/")
            return values.multiply(self._group(), self._group(), -1)
        raise Unclear("no operand")

    def _group(self) -> Value:
        if not self._is("open"):
            raise Unclear("no group")
        self._next()
        value = self._deeper(self._sum)
        if not self._is("close"):
            raise Unclear("not closed")
        self._next()
        return value

    def _with_units(self, value: Value, literal: bool) -> Value:
        bare = literal
        if self._is("factorial"):
            self._next()
            self.signs.operators.append("!")
            if value.plain is None or value.dimensions:
                raise Unclear("a factorial of a quantity")
            value = values.mere(values.product_up_to(value.plain))
        if self._is("percent"):
            self._next()
            value, bare = replace(values.measured(value, Unit(Fraction(1, 100), ())), percent=True), False
            self.signs.percent = True
        while self._is("label") and (multiple := _MULTIPLES.get(self._tokens[self.at].text.lower())):
            self.signs.doubtful |= self._next().text.lower() == "dozen"  # often counted and reckoned at once
            value = values.times(value, Fraction(multiple))
        if self._is("unit", "per"):
            value, bare = self._measured(value), False
        while self._is("label"):
            label = self._next().text
            self.signs.labels.append(label)
            self.signs.doubtful |= not bare or not label.isascii()  # "5 mg twice"; "5" and a Chinese "thousand"
            if self._is("per"):
                self._next()
            bare = bare and self._is("label")
        if bare and value.plain is not None:
            self.signs.bare.add(abs(value.plain))
        return value

    def _measured(self, value: Value) -> Value:
        measure, power, names = NONE, 1, []
        while self._is("unit", "per", "dot"):
            if not self._is("unit"):
                power = -1 if self._next().kind == "per" else power
                self.signs.compound |= power < 0
                if self._is("label"):  # 5 mg/tablet: a tablet is a number
                    self._next()
                continue
            names.append(self._next().text)
            one = unit(names[-1])
            if one is None:
                raise Unclear("no unit")
            measure *= one ** (power * self._unit_power())
        self.signs.letters |= len("".join(names)) == 1
        self.signs.units.append(measure)
        return values.measured(value, measure)

    def _unit_power(self) -> int:
        power = Fraction(1)
        if self._is("power"):
            power = Fraction(self._next().text.translate(_SUPERSCRIPTS))
        elif self._reads("operator", "^"):
            power = self._exponent()
        if power.denominator != 1 or not 0 < abs(power) <= 4:
            raise Unclear("a strange power of a unit")
        return int(power)

    def _deeper(self, rule: Callable[[], Value]) -> Value:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise OutOfBounds("brackets in brackets")
        value = rule()
        self._depth -= 1
        return value

    def _is(self, *kinds: str) -> bool:
        return self.at < len(self._tokens) and self._tokens[self.at].kind in kinds

    def _reads(self, kind: str, texts: Collection[str]) -> bool:
        return self._is(kind) and self._tokens[self.at].text in texts

    def _operand_follows(self) -> bool:
        """Whether the operator here joins two operands; else the formula ends before it."""
        ahead = self.at + 1
        while ahead < len(self._tokens) and self._tokens[ahead].kind == "operator" and self._tokens[ahead].text in "+-":
            ahead += 1
        return ahead < len(self._tokens) and self._tokens[ahead].kind in OPERAND_STARTS

    def _touches(self) -> bool:
        before, here = self._tokens[self.at - 1], self._tokens[self.at]
        return before.kind in ("number", "close", "power") and not here.spaced

    def _next(self) -> Token:
        token = self._tokens[self.at]
        self.at += 1
        return token
