"""protected: text -> what must stay whole: regions (code, formulas, tables) and grapheme clusters. Knows no language.

Code blocks and inline code follow CommonMark 0.31 (sections 4.4, 4.5, 6.1), read a little more freely: a fence may be
indented to any depth. Dollar formulas follow Pandoc's `tex_math_dollars`. Every pattern is linear: what can stay
unclosed stops at the next opener of its own kind, at a blank line, or (a code fence) runs to the end of the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import category, combining

_ENVIRONMENTS = (
    "equation align alignat flalign gather multline eqnarray displaymath math array matrix pmatrix bmatrix vmatrix"
    " cases split aligned gathered tabular tabularx longtable verbatim Verbatim"
    " lstlisting minted tikzpicture tikzcd algorithm"
    " algorithmic prooftree diagram"
).replace(" ", "|")
# The newline before a line that is not blank: inline code and formulas go over it, but not over a blank line.
_SOFT = r"\n(?![ \t]*+(?:\n|\Z))"
_MARKED = re.compile(
    rf"""
    \n[ \t>]*+(?P<fence>`{{3,}}+(?=[^`\n]*+(?:\n|\Z))|~{{3,}}+)[^\n]*+
      (?:\n(?![ \t>]*+(?P=fence)[`~]*+[ \t]*+(?:\n|\Z))[^\n]*+)*+(?:\n[^\n]*+)?
  | (?P<nothing>`{{4,}}+|\${{3,}}+|\\\\)
  | \\begin\{{(?P<environment>(?:{_ENVIRONMENTS})\*?)\}}
      [^\\]*+(?:\\(?!(?:begin|end)\{{(?P=environment)\}})[^\\]*+)*+\\end\{{(?P=environment)\}}
  | \\\[(?:[^\\\n]++|{_SOFT}|\\(?![\[\]])[^\n]?)*+\\\]
  | \\\((?:[^\\\n]++|{_SOFT}|\\(?![()])[^\n]?)*+\\\)
  | \$\$(?!\$)(?:[^$\\\n]++|{_SOFT}|\\[^\n]?|\$(?!\$))*+\$\$
  | (?<!\$)\$(?![\s$]|[\d.,]+[\s-]+[a-zA-Z]{{2}})(?:[^$\\\n]++|{_SOFT}|\\[^\n]?)++(?<!\s)\$(?![\d$])
  | (?P<escape>\\[^\n])
  | (?<!`)`(?!`)(?:[^`\n]++|{_SOFT})++`(?![`\w])
  | (?<!`)``(?!`)(?:[^`'\n]++|{_SOFT}|`(?!`)|'(?!'))++``(?![`\w])
  | (?<!`)```(?!`)(?:[^`\n]++|{_SOFT}|`(?!``))++```(?![`\w])
  | <(?P<tag>math|pre|code|table)\b[^<]*+(?:<(?!/?(?P=tag)\b)[^<]*+)*+</(?P=tag)>
    """,
    re.VERBOSE,
)
_ROWS = re.compile(r"\n[^\n|]*+\|[^\n]*+(?:\n[^\n|]*+\|[^\n]*+)*+")
_TABLE_RULE = re.compile(r"[ \t>|:]*+-[-:| \t]*+")
_INDENTED_LINE = r"\n(?: {4}| {0,3}\t)[ \t]*+[^\s][^\n]*+"
_INDENTED = re.compile(rf"{_INDENTED_LINE}(?:(?:\n[ \t]*+(?=\n))*+{_INDENTED_LINE})*+")
_CODE_LINE = re.compile(
    r"[;{}\\]\s*$|\w\(.*\)\s*:?$|[-=]>|[=!<>:+*]=|\s=\s|^\s*(?:[#@%$>\])}]|//|/\*|--|</?\w|\w+=[^=])"
    r"|^\s*(?:import|return|else:|try:|(?:def|class|from|if|elif|for|while)\b.*:?$)"
)
_INDENT = re.compile(r"\s*+")


class Region(NamedTuple):
    """`text[start:end]`, half open, in code points, stays whole. A `block` stands on lines of its own."""

    start: int
    end: int
    block: bool


def plain_lines(text: str) -> str:
    r"""The text with every line break (`\r\n`, `\r`, U+2028, U+2029) as `\n`, and one more `\n` in front.

    Offset `i` of the text is offset `i + 1` here (of `\r\n` the first half becomes a space); so a `\n` at offset `i`
    here says that a line of the text begins at `i`.
    """
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    if not text.isascii():
        text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return "\n" + text


def protected(text: str) -> list[Region]:
    """The regions of `text` that must not be cut, ascending and disjoint: code, formulas, tables."""
    merged: list[Region] = []
    for region in sorted(_found(plain_lines(text))):
        if merged and region.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Region(last.start, max(last.end, region.end), last.block)
        else:
            merged.append(region)
    return merged


def _found(plain: str) -> Iterator[Region]:
    if any(opener in plain for opener in ("`", "$", "\\", "\n~~~", "~~~", "</")):
        for match in _MARKED.finditer(plain):
            if match.lastgroup == "fence":
                yield _block(plain, match)
            elif match.lastgroup not in ("nothing", "escape"):
                yield Region(match.start() - 1, match.end() - 1, False)
    if "|" in plain:
        yield from (_block(plain, rows) for rows in _ROWS.finditer(plain) if _is_table(rows[0]))
    if "\n    " in plain or "\t" in plain:
        yield from (_block(plain, run) for run in _INDENTED.finditer(plain) if _is_code(plain, run))


def _block(plain: str, match: "re.Match[str]") -> Region:
    indent = _INDENT.match(plain, match.start())
    assert indent is not None
    return Region(indent.end() - 1, match.end() - 1, True)


def _is_table(rows: str) -> bool:
    """Rows that open with a bar, or stand over or under a rule, or all hold a bar between spaces; not lone prose."""
    lines = [line.strip(" \t>") for line in rows.split("\n")[1:]]
    if len(lines) == 1:
        return len(lines[0]) > 2 and lines[0][0] == lines[0][-1] == "|"
    return any(line.startswith("|") or _TABLE_RULE.fullmatch(line) for line in lines[:2]) or all(
        " | " in line for line in lines
    )


def _is_code(plain: str, run: "re.Match[str]") -> bool:
    """An indented run is code after a blank line, when half of its lines look so: indented prose is common in books."""
    before = plain.rfind("\n", 0, run.start())
    if before >= 0 and plain[before : run.start()].strip():
        return False
    lines = [line for line in run[0].split("\n") if line.strip()]
    return 2 * sum(_CODE_LINE.search(line) is not None for line in lines) >= len(lines)


def splits_cluster(text: str, at: int, since: int = 0) -> bool:
    r"""Whether a cut before `text[at]` would split a grapheme cluster (UAX 29) or a `\r\n` pair.

    A little more is held together than UAX 29 asks: whatever follows a joiner or a virama. `since` is an offset known
    not to split one; flags (pairs of regional indicators) are counted from there.
    """
    left, right = text[at - 1], text[at]
    if right < "\u0300":
        return left == "\r" and right == "\n"
    if left.isspace() and left in "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":
        return False
    if left == "\u200d" or category(right) in ("Mn", "Mc", "Me") or _extends(right):
        return True
    if _flag(left) and _flag(right):
        first = at
        while first > since and _flag(text[first - 1]):
            first -= 1
        return (at - first) % 2 == 1
    if "\ud800" <= left <= "\udbff" and "\udc00" <= right <= "\udfff":
        return True
    return (combining(left) == 9 and category(right) == "Lo") or _one_syllable(left, right)


def _extends(char: str) -> bool:
    """Joiners, Thai and Lao AM, half-width voicing marks, skin tones, tags: they extend, yet are not of category M."""
    return char in "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f" or "\U0001f3fb" <= char <= "\U0001f3ff" or _tag(char)


def _tag(char: str) -> bool:
    return "\U000e0020" <= char <= "\U000e007f"


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _one_syllable(left: str, right: str) -> bool:
    """Hangul: leading letters join with what follows, vowels and finals with what precedes."""
    hangul = "\u1100" <= left <= "\u11ff" or "\ua960" <= left <= "\ua97c" or "\uac00" <= left <= "\ud7fb"
    follows = "\u1160" <= right <= "\u11ff" or "\ud7b0" <= right <= "\ud7fb"
    leads = "\u1100" <= left <= "\u115f" or "\ua960" <= left <= "\ua97c"
    return hangul and (follows or (leads and ("\u1100" <= right <= "\u115f" or "\uac00" <= right <= "\ud7a3")))
