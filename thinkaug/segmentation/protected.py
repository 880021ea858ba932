"""protected: text -> the regions that must stay whole: code, formulas, tables. Knows no paragraphs, no language.

Code blocks and inline code follow CommonMark 0.31 (sections 4.4, 4.5, 6.1), read a little more freely: a fence may be
indented to any depth. Dollar formulas follow Pandoc's `tex_math_dollars`, tables also those of reStructuredText. Every
pattern is linear: what can stay unclosed stops at the next opener of its own kind, at a blank line, or (a code fence)
runs to the end of the text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_ENVIRONMENTS = (
    "equation align alignat flalign gather multline eqnarray displaymath math array matrix pmatrix bmatrix vmatrix"
    " cases split aligned gathered tabular tabularx longtable verbatim Verbatim"
    " lstlisting minted tikzpicture tikzcd algorithm"
    " algorithmic prooftree diagram"
).replace(" ", "|")
# The newline before a line that is not blank: inline code and formulas go over it, but not over a blank line.
_SOFT = r"\n(?![ \t]*+(?:\n|\Z))"
_FENCE = r"""
    \n[ \t>]*+(?P<fence>`{3,}+(?=[^`\n]*+(?:\n|\Z))|~{3,}+)[^\n]*+
      (?:\n(?![ \t>]*+(?P=fence)[`~]*+[ \t]*+(?:\n|\Z))[^\n]*+)*+(?:\n[^\n]*+)?
  | """
# Each alternative opens with one of four signs: the search skips whatever is none of them.
_SIGNS = rf"""
    [$\\`<](?:
      (?<=\$)(?:
          (?<!\$\$)(?![\s$]|[\d.,]+[\s-]+[a-zA-Z]{{2}})[^$\\\n]*+(?:(?:\\[^\n]?|{_SOFT})[^$\\\n]*+)*+(?<!\s)\$(?![\d$])
        | \$(?!\$)[^$\\\n]*+(?:(?:\\[^\n]?|{_SOFT}|\$(?!\$))[^$\\\n]*+)*+\$\$
        | (?P<dollars>\${{2,}}+)
      )
    | (?<=\\)(?:
          (?P<backslashes>\\)
        | begin\{{(?P<environment>(?:{_ENVIRONMENTS})\*?)\}}
            [^\\]*+(?:\\(?!(?:begin|end)\{{(?P=environment)\}})[^\\]*+)*+\\end\{{(?P=environment)\}}
        | \[[^\\\n]*+(?:(?:\\(?![\[\]])[^\n]?|{_SOFT})[^\\\n]*+)*+\\\]
        | \([^\\\n]*+(?:(?:\\(?![()])[^\n]?|{_SOFT})[^\\\n]*+)*+\\\)
        | (?P<escape>[^\n])
      )
    | (?<=`)(?:
          (?P<backticks>`{{3,}}+)
        | (?<!``)(?!`)[^`\n]*+(?:{_SOFT}[^`\n]*+)*+`(?![`\w])
        | (?<!``)`(?!`)[^`'\n]*+(?:(?:{_SOFT}|`(?!`)|'(?!'))[^`'\n]*+)*+``(?![`\w])
        | (?<!``)``(?!`)[^`\n]*+(?:(?:{_SOFT}|`(?!``))[^`\n]*+)*+```(?![`\w])
      )
    | (?<=<)(?P<tag>math|pre|code|table)\b[^<]*+(?:<(?!/?(?P=tag)\b)[^<]*+)*+</(?P=tag)>
    )
    """
_MARKED = re.compile(_SIGNS, re.VERBOSE)
_MARKED_OR_FENCED = re.compile(_FENCE + _SIGNS, re.VERBOSE)
_UNDERLINED = re.compile(r"(?:\A|\n[ \t]*+)\n(?P<title>[^\s`~][^\n]*+)\n(?P<row>~{5,}+|`{5,}+)(?=[ \t]*+(?:\n|\Z))")
_WIDE_GROUPS = frozenset({"environment", "tag"})
_GRID_RULE = r"[ \t>]*+\+(?:[-=]++\+)++[ \t]*+(?=\n|\Z)"
_ROWS = re.compile(rf"(?:\n{_GRID_RULE})?+\n[^\n|]*+\|[^\n]*+(?:\n(?:{_GRID_RULE}|[^\n|]*+\|[^\n]*+))*+")
_TABLE_RULE = re.compile(r"[ \t>|:]*+-[-:| \t]*+|\+(?:[-=]++\+)++")
_BARS = r"\n[ \t]*+=={1,}+(?:[ ]++=={1,}+)++[ \t]*+(?=\n|\Z)"
_ROW = rf"(?!{_BARS})\n[^\S\n]*+[^\s][^\n]*+"
_SIMPLE_TABLE = re.compile(rf"{_BARS}(?:{_ROW})++{_BARS}(?:(?:{_ROW})++{_BARS})?")
_INDENT = r"(?: {4}| {0,3}\t)"
_INDENTED = re.compile(rf"\n{_INDENT}[ \t]*+[^\s][^\n]*+(?:(?:\n[ \t]*+(?=\n))*+\n{_INDENT}[ \t]*+[^\s][^\n]*+)*+")
_DEEP = re.compile(_INDENT)
_CALL = re.compile(r"\w\(.*\)\s*:?\Z")
_OPERATOR = re.compile(r"[-=]>|[=!<>:+*]=|\s=\s")
_CODE_OPENING = re.compile(
    r"[#@%$>\])}]|//|/\*|--|</?\w|\w+=[^=]|(?:import|return|else:|try:)|(?:def|class|from|if|elif|for|while)\b.*:?\Z"
)
_SPACE = re.compile(r"\s*+")


class Region(NamedTuple):
    """`text[start:end]`, half open, in code points, stays whole."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions of one text, ascending and disjoint.

    Args:
        starts: where each begins.
        ends: where each ends.
        wide: those that may go over a blank line.
        blocks: those of them that stand on lines of their own; found together with others, one may be part of a region.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    wide: list[Region] = field(default_factory=list)
    blocks: list[Region] = field(default_factory=list)

    def __iter__(self) -> Iterator[Region]:
        """All regions."""
        return map(Region, self.starts, self.ends)

    def over(self, at: int) -> Region | None:
        """The region that a cut before offset `at` would split."""
        index = bisect_left(self.starts, at) - 1
        if index < 0 or self.ends[index] <= at:
            return None
        return Region(self.starts[index], self.ends[index])


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


def protected(plain: str, indents: Iterable[tuple[int, int]] = ()) -> Regions:
    """The regions that must not be cut: code, formulas, tables.

    Args:
        plain: the text as `plain_lines` gives it; the offsets of the regions are those of the text itself.
        indents: of each indented line that follows blank lines, where in `plain` the end of the line before these
            stands, and where the first word of the indented line does. There may be indented code.
    """
    found = _marked(plain)
    found.blocks.extend(_tables(plain))
    found.blocks.extend(_indented_code(plain, indents))
    return _merged(found) if found.blocks else found


def _merged(found: Regions) -> Regions:
    merged = Regions(wide=sorted(found.wide + found.blocks), blocks=sorted(found.blocks))
    for start, end in sorted([*found, *found.blocks]):
        if merged.ends and start < merged.ends[-1]:
            merged.ends[-1] = max(merged.ends[-1], end)
        else:
            merged.starts.append(start)
            merged.ends.append(end)
    return merged


def _marked(plain: str) -> Regions:
    """Code and formulas between marks. The tests are for single signs: those of two are ten times as slow."""
    found = Regions()
    fenced = ("`" in plain and "```" in plain) or ("~" in plain and "~~~" in plain)
    if not (fenced or "`" in plain or "$" in plain or ("<" in plain and "</" in plain)) and not (
        "\\" in plain and any(opener in plain for opener in ("\\(", "\\[", "\\begin"))
    ):
        return found
    starts, ends = found.starts, found.ends
    if fenced and ("~~~~~" in plain or "`````" in plain):
        plain = _UNDERLINED.sub(_without_fence, plain)
    for match in (_MARKED_OR_FENCED if fenced else _MARKED).finditer(plain):
        group = match.lastgroup
        if group is None:
            starts.append(match.start() - 1)
            ends.append(match.end() - 1)
        elif group in _WIDE_GROUPS:
            starts.append(match.start() - 1)
            ends.append(match.end() - 1)
            found.wide.append(Region(starts[-1], ends[-1]))
        elif group == "fence":
            found.blocks.append(_block(plain, match.start(), match.end()))
    return found


def _without_fence(heading: "re.Match[str]") -> str:
    """A row of tildes as long as the line over it, or a little longer, underlines a heading: it becomes dashes."""
    row = heading["row"]
    if not 0 <= len(row) - len(heading["title"].rstrip()) <= 2:
        return heading[0]
    return heading[0][: -len(row)] + "-" * len(row)


def _block(plain: str, start: int, end: int) -> Region:
    indent = _SPACE.match(plain, start)
    assert indent is not None
    return Region(indent.end() - 1, end - 1)


def _tables(plain: str) -> Iterator[Region]:
    at = plain.find("|")
    while at >= 0:
        line = plain.rfind("\n", 0, at)
        above = plain.rfind("\n", 0, line)
        rows = _ROWS.match(plain, above if above >= 0 and plain[above + 1 : line].lstrip(" \t>")[:1] == "+" else line)
        rows = rows or _ROWS.match(plain, line)
        assert rows is not None
        if _is_table(rows[0]):
            yield _block(plain, rows.start(), rows.end())
        at = plain.find("|", rows.end())
    if "=" in plain and "== ==" in plain:
        for table in _SIMPLE_TABLE.finditer(plain):
            yield _block(plain, table.start(), table.end())


def _is_table(rows: str) -> bool:
    """Rows that open with a bar, or stand over or under a rule, or all hold a bar between spaces; not lone prose."""
    lines = [line.strip(" \t>") for line in rows.split("\n")[1:]]
    if len(lines) == 1:
        return len(lines[0]) > 2 and lines[0][0] == lines[0][-1] == "|"
    return any(line.startswith("|") or _TABLE_RULE.fullmatch(line) for line in lines[:2]) or all(
        " | " in line for line in lines
    )


def _indented_code(plain: str, indents: Iterable[tuple[int, int]]) -> Iterator[Region]:
    """Indented runs after a blank line, where half of the lines look like code: indented prose is common in books."""
    done = 0
    first = _INDENTED.match(plain)
    if first and _is_code(first[0]):
        yield _block(plain, 0, first.end())
        done = first.end()
    for begin, word in indents:
        above = plain.rfind("\n", 0, begin) + 1
        if begin < done or (begin > 0 and plain[above] in " \t" and _DEEP.match(plain, above)):
            continue  # the run goes on over the blank line: it began above
        run = _INDENTED.match(plain, plain.rfind("\n", begin, word))
        if run and _is_code(run[0]):
            yield _block(plain, run.start(), run.end())
            done = run.end()


def _is_code(run: str) -> bool:
    lines = [line for line in run.split("\n") if line and not line.isspace()]
    misses = 0
    for line in lines:
        if not _looks_like_code(line):
            misses += 1
            if 2 * misses > len(lines):
                return False
    return True


def _looks_like_code(line: str) -> bool:
    bare = line.strip()
    return (
        bare[-1] in ";{}\\"
        or (bare[-1] in "):" and _CALL.search(bare) is not None)
        or (("=" in bare or ">" in bare) and _OPERATOR.search(line) is not None)
        or _CODE_OPENING.match(bare) is not None
    )
