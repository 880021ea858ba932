"""inline: what stands within a line of an article -> plain text. Knows no blocks."""

# ruff: noqa: RUF001  # the dashes and minus signs of printed text

import re
from typing import TYPE_CHECKING

from thinkaug.formats.jats.formulas import formula

if TYPE_CHECKING:
    from lxml.etree import _Element

# Marks that cannot be in XML: a citation by number that may stay, and the place of one that is gone.
_CITED = "\x01{}\x02"
_GONE = "\x03"

_DASHES = r"\-‐‑–—−"
_NUMBERS = re.compile(rf"[\[(]?\s*\d+[a-z]?(?:\s*[,;{_DASHES}]\s*\d+[a-z]?)*\s*[\])]?")
_NOTHING_ELSE = re.compile(rf"[\d\s,;{_DASHES}\x03]*")
_GROUP = re.compile(
    r"(?P<of>\b(?:in|by|from|of|see|cf|refs?|references?)\b\.?[ \u00a0])?"
    rf"[\[(](?P<inner>(?:\x01[^\x02]*\x02|[\d\s,;{_DASHES}\x03])++)[\])]",
    re.IGNORECASE,
)
_GONE_TOGETHER = re.compile(rf"\x03(?:\s*(?:[,;{_DASHES}]|\band\b|&)?\s*\x03)+")
_CHARGE = re.compile(rf"\d*[+{_DASHES}]")
_SIMPLE = re.compile(rf"[+{_DASHES}]?[\w.]+[+{_DASHES}]?")
_CLOSES = frozenset(")]}")

_WITHOUT_TEXT = (
    "alt-text long-desc object-id graphic inline-graphic media supplementary-material index-term milestone-start "
    "milestone-end private-char glyph-data related-article related-object permissions contrib-group aff"
)
_LEFT_OUT = frozenset(_WITHOUT_TEXT.split())
_FORMULAS = frozenset(["inline-formula", "disp-formula", "tex-math", "math", "alternatives"])
_APART = frozenset(
    ["p", "title", "list", "list-item", "def-item", "sec", "disp-quote", "label", "verse-line", "td", "th"]
)


def line(element: "_Element") -> str:
    """The text of an element in one line, citations by number gone."""
    return settled(marked(element))


def marked(element: "_Element", left: str = "") -> str:
    """The text of an element with its citations marked, to be joined with others and then `settled`.

    Args:
        element: the element; what follows it is not part of it.
        left: the last two characters before it: what a raised digit means depends on them.
    """
    parts = [element.text or ""]
    left = (left + parts[0])[-2:]
    for child in element:
        for part in (marked_child(child, left), child.tail or ""):
            parts.append(part)
            left = (left + part)[-2:]
    return "".join(parts)


def marked_child(child: "_Element", left: str) -> str:
    """The same for an element as part of a line."""
    kind = str(child.tag)
    if kind in _LEFT_OUT:
        return ""
    if kind in _FORMULAS:
        return _formula(child, left)
    if kind == "break":
        return "\n"
    if kind == "xref":
        return _reference(child, left)
    inner = marked(child, left)
    if kind == "sup":
        return _raised(inner, left)
    if kind == "sub":
        return _lowered(inner, left)
    if kind == "fn":
        return f" ({inner.strip()})" if inner.strip() else ""
    if kind in ("ext-link", "uri", "email") and not inner.strip():
        return str(child.get("href", ""))
    return f" {inner} " if kind in _APART else inner


def settled(text: str) -> str:
    """White space collapsed, and citations by number gone with their brackets and what stood between them.

    A number that the sentence leans on stays: "as shown in [3]", "see ref. 3".
    """
    text = re.sub(r"[ \t\r\n]+", " ", text)
    if "\x01" in text or _GONE in text:
        text = _GROUP.sub(_without_group, text)
        text = _GONE_TOGETHER.sub(_GONE, text)
        *before, last = text.split(_GONE)
        text = "".join(part.rstrip(" \u00a0") for part in before) + last
        text = re.sub("[\x01\x02]", "", text)
    return text.strip()


def _without_group(found: re.Match[str]) -> str:
    if "\x01" not in found["inner"] and _GONE not in found["inner"]:
        return found[0]
    return found[0].replace(_GONE, "") if found["of"] and "\x01" in found["inner"] else (found["of"] or "") + _GONE


def _formula(element: "_Element", left: str) -> str:
    tex = formula(element)
    if tex:
        return f"${tex}$"
    if element.tag == "alternatives":  # of two versions of the same, one
        shown = (marked_child(child, left) for child in element)
        return next((words for words in shown if words.strip()), "")
    words = marked(element, left)
    images = element.find(".//graphic") is not None or element.find(".//inline-graphic") is not None
    return words if words.strip() or not images else "[formula]"


def _reference(element: "_Element", left: str) -> str:
    kind = element.get("ref-type", "")
    words = marked(element, left)
    bare = "".join(map(str, element.itertext())).strip()
    if kind == "bibr" and _NUMBERS.fullmatch(bare):
        raised = element.find("sup") is not None
        return _GONE if raised or bare.startswith(("[", "(")) else _CITED.format(bare)
    if kind in ("fn", "table-fn"):
        return bare if not bare or bare.startswith(("[", "(")) else f"[{bare}]"
    return "" if kind in ("aff", "corresp", "author-notes", "contrib") else words


def _raised(inner: str, left: str) -> str:
    bare = inner.strip()
    if "\x01" in bare or _GONE in bare:
        rest = re.sub("\x01[^\x02]*\x02", "", bare)
        return _GONE if _NOTHING_ELSE.fullmatch(rest) else inner
    if not any(character.isalnum() for character in bare) or "[" in bare:
        return inner
    before, behind_space = left.rstrip()[-1:], left[-1:].isspace()
    if before.isdigit() and bare in ("st", "nd", "rd", "th"):
        return bare
    if bare in ("TM", "SM", "©", "®"):
        return bare
    if (before.isalpha() or before in _CLOSES) and not behind_space and _CHARGE.fullmatch(bare):
        return bare
    if bare.isdigit() and (not before or (not before.isalnum() and before not in _CLOSES)):
        return bare  # a mass number
    if bare.isdigit() and behind_space and not before.isdigit():
        return bare
    return f"^{bare}" if _SIMPLE.fullmatch(bare) else f"^({bare})"


def _lowered(inner: str, left: str) -> str:
    bare = inner.strip()
    before = left[-1:]
    if not bare or not before or before.isspace() or not any(character.isalnum() for character in bare):
        return inner
    if bare.isdigit() and (before.isalpha() or before in _CLOSES):
        return bare
    return f"_{bare}" if _SIMPLE.fullmatch(bare) else f"_({bare})"
