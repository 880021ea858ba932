"""mathml: a formula in MathML -> one line of LaTeX. Symbols stay the characters they are. Knows nothing of articles.

Elements come without their namespace: `mfrac`, not `{http://www.w3.org/1998/Math/MathML}mfrac`.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

# ruff: noqa: RUF001  # symbols of mathematics are meant that look like letters

_INVISIBLE = re.compile("[\u2061-\u2064\u200b\ufeff]")
_SPECIAL = re.compile(r"[#$%&_{}]")
_NAMES = (
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd inf ker lg lim ln log max min sec sin sinh sup "
    "tan tanh Pr"
)
_FUNCTIONS = frozenset(_NAMES.split())
_LIMITS = frozenset("∑∏∐⋂⋃⋀⋁∫∬∮") | {r"\lim", r"\max", r"\min", r"\sup", r"\inf"}
"""What limits are written at as indices are."""

_ABOVE = {
    "¯": "bar",
    "‾": "bar",
    "_": "bar",
    "^": "hat",
    "ˆ": "hat",
    "~": "tilde",
    "˜": "tilde",
    "→": "vec",
    "⃗": "vec",
    "˙": "dot",
    ".": "dot",
    "¨": "ddot",
    "⏞": "overbrace",
    "︷": "overbrace",
}
_BELOW = {"_": "underline", "¯": "underline", "̲": "underline", "⏟": "underbrace", "︸": "underbrace"}
_LETTERS = {"bold": "mathbf", "bold-italic": "boldsymbol", "double-struck": "mathbb", "script": "mathcal"}
_SPACED = re.compile(r"[=<>+±∓≤≥≠≈≡∼≅∝→←↔⇒⇔∈∉⊂⊆∪∩×⋅·∗−-]|:=|\\(?:pm|times|cdot|le|ge|ne|in|to)")
_TEX = re.compile(r"tex\b", re.IGNORECASE)
_CLOSING = frozenset(")]}|‖!′%°⟩⌋⌉")
_ONE = re.compile(r".|\\[A-Za-z]+", re.DOTALL)
_RUNS_ON = re.compile(r"(?:\\[A-Za-z]+|[_^]\w)\Z")


def latex(element: "_Element") -> str:
    """The formula as LaTeX, without dollar signs; empty where it holds nothing."""
    return re.sub(r"\s+", " ", _row(element)).strip()


def _row(element: "_Element") -> str:
    """The children side by side."""
    shown = _shown(element)
    parts = []
    for place, child in enumerate(shown):
        between = 0 < place < len(shown) - 1 and not _ends_open(shown[place - 1])
        parts.append(_one(child, between))
    return _beside(parts)


def _ends_open(before: "_Element") -> bool:
    """Whether a term must follow: it is an operator, and no closing bracket."""
    return before.tag == "mo" and (before.text or "").strip() not in _CLOSING


def _shown(element: "_Element") -> list["_Element"]:
    return [child for child in element if child.tag not in ("mphantom", "annotation", "annotation-xml", "maligngroup")]


def _beside(parts: Iterable[str]) -> str:
    """Joined, with a space where a letter would run into the command or the index before it."""
    joined = ""
    for part in parts:
        joined += f" {part}" if part[:1].isalnum() and _RUNS_ON.search(joined[-40:]) else part
    return joined


def _one(element: "_Element", between: bool = False) -> str:
    """One element; `between` says that it stands between two terms, so that a minus is no sign."""
    kind = element.tag
    if kind in ("mi", "mn", "mo", "mtext", "ms"):
        return _token(element, kind, between)
    if kind in ("mspace", "none", "mprescripts"):
        return " " if kind == "mspace" else ""
    if kind == "semantics":
        return _semantics(element)
    if kind == "mfenced":
        return _fenced(element)
    if kind == "mtable":
        return _table(element)
    if kind == "msqrt":
        return rf"\sqrt{{{_row(element)}}}"
    if kind == "mmultiscripts":
        return _scripts(element)
    if kind == "menclose" and "radical" in element.get("notation", ""):
        return rf"\sqrt{{{_row(element)}}}"
    if kind not in _ATTACHED and kind not in _BUILT:
        return _row(element)
    parts = [_one(child).strip() for child in _shown(element)]
    if kind in _ATTACHED:
        return _attached(str(kind), parts) if parts else ""
    count, build = _BUILT[str(kind)]
    return build.format(*parts) if len(parts) == count else " ".join(parts)


_ATTACHED = frozenset(["msup", "msub", "msubsup", "munder", "mover", "munderover"])
_BUILT = {"mfrac": (2, r"\frac{{{0}}}{{{1}}}"), "mroot": (2, r"\sqrt[{1}]{{{0}}}")}


def _token(element: "_Element", kind: str, between: bool) -> str:
    words = re.sub(r"\s+", " ", _INVISIBLE.sub("", "".join(map(str, element.itertext())))).strip()
    if kind == "mi" and words in _FUNCTIONS:
        return rf"\{words}"
    words = _SPECIAL.sub(lambda found: "\\" + found[0], words.replace("\\", r"\backslash "))
    if kind in ("mtext", "ms"):
        return rf"\text{{{words}}}" if words else " "
    if kind == "mi":
        style = _LETTERS.get(element.get("mathvariant", ""))
        if style and words:
            return rf"\{style}{{{words}}}"
        return rf"\mathrm{{{words}}}" if len(words) > 1 and words.isalpha() else words
    if kind == "mo" and between and _SPACED.fullmatch(words):
        return f" {words} "
    return f"{words} " if kind == "mo" and words in (",", ";") else words


def _attached(kind: str, parts: list[str]) -> str:
    base, *marks = parts
    accent = marks[0].lstrip("\\") if len(marks) == 1 else ""
    named = (_ABOVE if kind == "mover" else _BELOW if kind == "munder" else {}).get(accent)
    if named:
        return rf"\{named}{{{base}}}"
    over_and_under = kind.startswith(("munder", "mover"))
    if over_and_under and base not in _LIMITS and not base.startswith((r"\overbrace", r"\underbrace")):
        for mark, command in zip(marks, ("overset",) if kind == "mover" else ("underset", "overset"), strict=False):
            base = rf"\{command}{{{mark}}}{{{base}}}"
        return base
    places = "^" if kind in ("msup", "mover") else "_^"
    whole = _ONE.fullmatch(base) or (base[:1] in "([|" and base[-1:] in ")]|") or not re.search(r"[_^]|\s", base)
    written = base if whole else f"{{{base}}}"
    for place, mark in zip(places, marks, strict=False):
        written += _index(place, mark)
    return written


def _index(place: str, mark: str) -> str:
    if place == "^" and mark and set(mark) <= set("′'″"):
        return mark.replace("″", "''").replace("′", "'")
    return "" if not mark else f"{place}{mark}" if len(mark) == 1 else f"{place}{{{mark}}}"


def _scripts(element: "_Element") -> str:
    """A base with pairs of indices below and above, behind it and, after `mprescripts`, before it."""
    base, *rest = list(element) or [element]
    sides = [""]
    pending: list[str] = []
    for child in rest:
        if child.tag == "mprescripts":
            sides.append("")
            continue
        pending.append(_one(child).strip())
        if len(pending) == 2:
            sides[-1] += _index("_", pending[0]) + _index("^", pending[1])
            pending.clear()
    before = f"{{}}{sides[1]}" if len(sides) > 1 and sides[1] else ""
    return f"{before}{_one(base) if base is not element else ''}{sides[0]}"


def _fenced(element: "_Element") -> str:
    inner = [_one(child) for child in _shown(element)]
    marks = [mark for mark in element.get("separators", ",") if not mark.isspace()]
    joined = ""
    for place, part in enumerate(inner):
        mark = marks[min(place - 1, len(marks) - 1)] + " " if place and marks else ""
        joined += mark + part
    opened, closed = (_SPECIAL.sub(lambda found: "\\" + found[0], element.get(*side)) for side in _SIDES)
    return f"{opened}{joined}{closed}"


_SIDES = (("open", "("), ("close", ")"))


def _table(element: "_Element") -> str:
    rows = []
    for row in element:
        cells = list(row)[1:] if row.tag == "mlabeledtr" else list(row)  # the first is the number of the formula
        rows.append(" & ".join(_row(cell).strip() for cell in cells))
    inner = r" \\ ".join(rows)
    return rf"\begin{{matrix}} {inner} \end{{matrix}}"


def _semantics(element: "_Element") -> str:
    for note in element:
        if note.tag == "annotation" and _TEX.search(note.get("encoding", "")) and (note.text or "").strip():
            return str(note.text).strip().strip("$")
    first = _shown(element)[:1]
    return _one(first[0]) if first else ""
