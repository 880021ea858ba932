"""tokens: text -> tokens that say what part each plays in a formula. One pass, time linear in the text.

What cannot be part of a formula becomes a `word` (prose) or a `stop`: a formula ends there. A `stop` that is `strange`
makes what stands beside it doubtful as well: an ellipsis, a comparison, a date, a ratio.
"""

import re
from dataclasses import dataclass, replace

from thinkaug.formulas.units import unit


@dataclass(frozen=True, slots=True)
class Token:
    """`text[start:end]` of the text that was read, and its part; `spaced` when white space stands before it.

    `kind`: number, operator (+ - * / ^ of implicit), per and dot (inside a unit), open, close, fraction, root, percent,
    power (superscript), factorial, unit, label (the thing counted), relation (= or about), word, newline, stop.
    """

    kind: str
    text: str
    start: int
    end: int
    strange: bool = False
    spaced: bool = True


# One character for one: offsets stay.
_PLAIN = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys("\u2212\u2010\u2011\ufe63", "-"),
        **dict.fromkeys("\u00d7\u2715\u2a2f\u22c5\u2219\u2217", "*"),
        **dict.fromkeys("\u00f7\u2215\u2044\u2044", "/"),
        **dict.fromkeys("\u00a0\u2009\u202f\u2007\u2002\u2003\u200b", " "),
        **dict.fromkeys("\u2248\u2243\u2245\u2252", "\u2248"),
        "\u2032": "'",
        "\u2019": "'",
    }
)
_UPRIGHT = re.compile(r"\\(?:text|mathrm|mathbf|textbf|textrm|textit|mathit|operatorname|boxed)\{([^{}\n]{0,80})\}")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?![\d])")
_VULGAR = "\u00bd\u2153\u2154\u00bc\u00be\u2155\u2156\u2157\u2158\u2159\u215a\u215b\u215c\u215d\u215e"
_SUPER = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
_LATIN = "A-Za-z_\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u04ff"

_LEXEMES: list[tuple[str, str]] = [
    ("bsa", r"/ ?1[.,]73 ?m(?:\u00b2|2\b|\^2|\^\{2\})"),  # 90 mL/min/1.73 m2: a norm, no division
    ("skip", r"[ \t\r\f\v]+|\\[,;:! ]|\\(?:quad|left|right|displaystyle|[bB]igg?[lr]?)(?![A-Za-z])|&(?!\w)"),
    ("newline", r"\n|\\\\"),
    (
        "strange",
        r"[<>]=?|!=|[=:+-]>|:=|[\u2260\u2264\u2265\u2261\u00b1\u221d\u2208\u2190-\u21ff\u2026]|\.{2,}|={3,}|-{2,}",
    ),
    ("strange", r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?![0-9])|[0-9]+(?::[0-9]+)+"),
    ("strange", r"0[xX][0-9A-Fa-f]+"),
    ("relation", r"==?|\u2248|\\approx(?![A-Za-z])|\\simeq(?![A-Za-z])|\b(?:is equal to|equals|is)\b"),
    ("fraction", r"\\[dt]?frac(?=\s?\{)"),
    ("root", r"\\sqrt(?![A-Za-z])|\u221a|\bsqrt(?=\s?[({])"),
    ("*", r"\\(?:times|cdot|ast)(?![A-Za-z])|(?<=[0-9)%])[xX](?=[0-9($])"),
    ("/", r"\\div(?![A-Za-z])"),
    ("percent", r"\\?%|\bper ?cent\b"),
    ("currency", r"\\?[$\u20ac\u00a3\u00a5\u20b9](?= *[0-9.(])"),
    ("strange", r"\\[A-Za-z]+|\\."),
    ("unit", r"\u00b0 ?[CF]\b|\bmm ?Hg\b|\bcm ?H(?:2|\u2082)O\b|\u2103|\u2109"),
    ("label", r"\u00b0"),
    ("of", r"\bof\b(?: the\b)?"),
    ("+", r"\bplus\b"),
    ("-", r"\bminus\b"),
    ("*", r"\btimes\b|\bmultiplied by\b"),
    ("/", r"\bdivided by\b"),
    (
        "number",
        rf"(?:[0-9]+(?:(?:[.,]|,\\!|\{{,\}})[0-9]+)*|(?<![\w.])\.[0-9]+)(?:[eE][+-]?[0-9]{{1,6}}(?![\w.]))?[{_VULGAR}]?|[{_VULGAR}]",
    ),
    ("word", rf"[{_LATIN}][{_LATIN}0-9]*(?:'[a-z]+)?"),
    ("other", rf"[^\W\d{_LATIN}{_SUPER}{_VULGAR}]+"),  # scripts where no space parts a word from a number
    ("power", rf"[\u207a\u207b]?[{_SUPER}]+"),
    ("^", r"\*\*(?=[0-9(-])(?<=[0-9)]\*\*)|\^"),
    ("mark", r"\*{2,3}|`|\*(?=[^\W\d])(?<!\S\*)|\*(?=[\s.,;:]|\Z)(?<=[^\W\d]\*)"),  # emphasis
    ("*", r"[*\u00b7]"),
    ("factorial", r"(?<=[0-9])!"),
    ("+", r"\+"),
    ("-", r"[-\u2013]"),
    ("/", r"/"),
    ("^", r"\^"),
    ("open", r"[(\[{]"),
    ("close", r"[)\]}]"),
    ("strange", r"['|#@~\u2018\u00ac\u2080-\u209c]"),
    ("stop", r"(?s:.)"),
]
_LEXER = re.compile("|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(_LEXEMES)))
_OPERATORS = frozenset("+-*/^") | {"of"}
OPERANDS = frozenset({"number", "close", "unit", "label", "percent", "power", "factorial"})
"""The kinds that an operand can end with."""
OPERAND_STARTS = ("number", "open", "root", "fraction")
"""The kinds that an operand can begin with, its sign aside."""
_SAID = frozenset({"of", "+", "-", "*", "/"})  # operators that are words too

# Words after a number that count nothing, or change what the number means.
_NO_LABELS = frozenset(
    """and or but nor of in on at to for from with without by as is are was were be been than then that this these those
    the a an so if when while which who there here it its they them he she we you i per plus minus times into out over
    under about only more less fewer not no am pm mod modulo remainder base choose because since hence thus therefore
    equals equal gives makes yields between until after before will would can could may might should must has have had
    do does did up down also each every""".split()  # noqa: SIM905 - one word a line is no easier to read
)


def simplified(text: str) -> str:
    """The text with one character for one, so that offsets stay: plain signs, LaTeX's upright words without braces."""

    def bare(match: re.Match[str]) -> str:
        return f"{' ' * (match.start(1) - match.start())}{match[1]} "

    text = _GROUPED.sub(lambda match: re.sub(r"\D", ",", match[0]), text)
    return _UPRIGHT.sub(bare, text.translate(_PLAIN))


def tokenise(text: str) -> list[Token]:
    """The tokens of a simplified text, in order; spaces, emphasis and currency signs are passed over."""
    tokens: list[Token] = []
    spaced = True
    for match in _LEXER.finditer(text):
        name = _LEXEMES[int((match.lastgroup or "k0")[1:])][0]
        start, end = match.span()
        if name in ("skip", "mark", "currency", "bsa"):
            spaced |= text[start].isspace()
            continue
        kind, strange, content = name, False, match[0].replace("\\!", "").replace("{,}", ",")
        if name in _OPERATORS:
            kind, content = "operator", name
        elif name == "strange":
            kind, strange = "stop", True
        tokens.append(Token(kind, content, start, end, strange, spaced))
        spaced = False
    return _with_parts(tokens)


def _with_parts(tokens: list[Token]) -> list[Token]:
    """Tells words apart by their neighbours: units, things that are counted, the x of 3 x 4, prose."""
    done: list[Token] = []
    for index, token in enumerate(tokens):
        before = done[-1] if done else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        done.append(_part(token, before, done[-2] if len(done) > 1 else None, after))
    return done


def _part(token: Token, before: Token | None, earlier: Token | None, after: Token | None) -> Token:
    counted = before is not None and before.kind in OPERANDS
    named = after.text if after is not None and after.kind in ("word", "unit") else ""
    if counted and token.text in ("/", "per") and (unit(named) or _thing(named)):
        return replace(token, kind="per")
    if token.kind == "operator":
        if token.end - token.start > 1 and token.text in _SAID and not (counted and _starts(after)):
            return replace(token, kind="word")  # "a total of 3", "plus 3"
        multiplied = token.text == "*" and before is not None and before.kind == "unit" and unit(named)
        return replace(token, kind="dot") if multiplied else token
    if token.kind == "unit":
        return replace(token, text=_special(token.text)) if counted else replace(token, kind="word")
    if token.kind == "other":
        return replace(token, kind="label" if counted else "word")
    if token.kind == "label":
        return token if counted else replace(token, kind="stop", strange=True)
    if token.kind != "word" or before is None:
        return token
    if before.kind in ("per", "dot"):
        return replace(token, kind="unit" if unit(token.text) else "label")
    if not counted:
        return token
    if token.text in ("x", "X"):
        return replace(token, kind="operator", text="*") if _starts(after) else token
    if before.kind in ("number", "close", "percent", "power") and unit(token.text):
        return replace(token, kind="unit")
    many = before.kind == "label" and earlier is not None and earlier.kind == "label"
    return replace(token, kind="label") if not many and _thing(token.text) else token


def _thing(word: str) -> bool:
    return len(word) > 2 and word.isalpha() and word.lower() not in _NO_LABELS


def _starts(token: Token | None) -> bool:
    return token is not None and token.kind in OPERAND_STARTS


def _special(text: str) -> str:
    text = text.replace(" ", "").replace("\u2082", "2")
    return {"\u2103": "\u00b0C", "\u2109": "\u00b0F"}.get(text, text)
