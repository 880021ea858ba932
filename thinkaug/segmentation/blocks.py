r"""blocks: text -> where its blocks begin, and which of them belong to the one before. Knows no sentences, no windows.

A block begins after a blank line, at and after a heading, a code block, a table. White space belongs to what comes
before it, so a block never begins with any, and none begins inside a protected region. What follows a heading belongs
to it. The blocks of a list belong together, and to the block that introduces them with a colon:

- a bullet, or a number as in `3.` or `3)`, goes on with the list above it; but a long numbered block that follows a
  finished sentence is a numbered paragraph;
- `(3)` and `(a)`, the marks of laws, do so only while a sentence runs on: laws number their paragraphs thus too;
- what is indented further than the list, or goes on in a small letter where no sentence has ended, is part of it;
- so is all from `\begin{itemize}` (or another list of LaTeX) to its end, and a run of definitions (`: meaning`).
"""

# ruff: noqa: RUF001 - the punctuation of many scripts looks alike

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from thinkaug.segmentation.clusters import splits_cluster
from thinkaug.segmentation.protected import Regions, plain_lines, protected

# A numbered block of more characters that follows a finished sentence is a paragraph, not an item.
LONG_ITEM_CHARS = 300

_GAP = re.compile(
    r"\n[^\S\n]*+\n\s*+(?:"
    r"(?P<number>\d{1,3}[.)](?=[ \t])|[A-Za-z][.)](?=[ \t])|[ivxIVX]{2,5}[.)](?=[ \t]))"
    r"|(?P<rule>(?:[-*_=][ \t]*+){3,}+(?=\n|\Z))"
    r"|(?P<bullet>[-*+‣◦·–](?=[ \t])|[•▪●])"
    r"|(?P<clause>(?:\([0-9A-Za-z]{1,5}(?:-\d{1,2})?\)){1,4}(?=\s))"
    r"|)"
)
_MARKED_LINE = re.compile(
    r"""\n(?=[ \#=\-~^"'`*+\\:])(?:\ {0,3}(?:
        (?P<hashes>\#{1,6})[ \t]++\S[^\n]*+
      | (?P<meaning>:)[ \t]
      | (?P<bar>[=\-~^"'`*+#])(?P=bar){2,}+[ \t]*+(?=\n|\Z)
      | \\(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph)\*?\s*+(?:\[[^\]\n]*+\])?
        (?P<command>\{(?:[^{}\n]++|\n(?!\s)|\{[^{}\n]*+\})*+\})
        (?:\s*+\\label\{[^{}\n]*+\})*+[ \t]*+(?:%[^\n]*+)?(?=\n|\Z)
      )
      | (?P<equals>={1,6})[ \t]*+[^\s=][^=\n]*+(?P=equals)[ \t]*+(?=\n|\Z)
    )""",
    re.VERBOSE,
)
_LIST_MARK = re.compile(r"\\(?:(?P<begin>begin)|end)\{(?:itemize|enumerate|description|compactitem|compactenum)\*?\}")
_SPACE = re.compile(r"\s*+")
_ENDS = ".!?…。！？؟।"
_INTRODUCES = ":：—"


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a text; all lists ascend, all offsets are code points.

    Args:
        plain: the text as `plain_lines` gives it: offset `i` of the text is offset `i + 1` here.
        regions: what must not be cut.
        starts: where a block begins; the first block is left out.
        free: those of `starts` that belong to nothing before them.
        headed: those of `starts` that come right after a heading.
    """

    plain: str
    regions: Regions
    starts: list[int]
    free: list[int]
    headed: frozenset[int]


def blocks_of(text: str) -> Blocks:
    """Find the blocks. Linear in the length of the text."""
    plain = plain_lines(text)
    starts, joined, indents = _gaps(plain)
    regions = protected(plain, indents)
    for region in regions.wide:
        low, high = bisect_right(starts, region.start), bisect_left(starts, region.end)
        if low < high:
            del starts[low:high]
    headings: dict[int, int] = {}
    meanings: list[int] = []
    for match in _MARKED_LINE.finditer(plain):
        if match.lastgroup == "meaning":
            meanings.append(match.start())
        elif regions.over(match.end() - 2) is None and (heading := _heading(plain, match)):
            headings[heading[0]] = heading[1]
    more = {*headings, *headings.values()}
    for block in regions.blocks:
        more |= {block.start, _word(plain, block.end)}
        if plain[block.start] == "\n":
            joined.discard(block.start)  # what looked like the mark of an item is the first cell of a table
    if "\u2029" in text:
        more.update(mark.end() for mark in re.finditer("\u2029\\s*+", text))
    if more:
        starts = sorted({*starts, *(start for start in more if regions.over(start) is None)})
    starts = _possible(text, starts)
    if "\\" in plain and "\\begin{" in plain:
        joined |= _inside_lists(plain, starts)
    if meanings:
        joined |= _between_definitions(meanings, starts)
    headed = frozenset(headings.values())
    if joined or headed:
        return Blocks(plain, regions, starts, [at for at in starts if at not in joined and at not in headed], headed)
    return Blocks(plain, regions, starts, starts, headed)


def _word(plain: str, at: int) -> int:
    """The offset of the first word of the text from `at` on."""
    space = _SPACE.match(plain, at + 1)
    return space.end() - 1 if space else at


def _gaps(plain: str) -> tuple[list[int], set[int], list[tuple[int, int]]]:
    """Where blocks begin after blank lines, those of them that go on with a list, and the indents of `protected`."""
    starts: list[int] = []
    indents: list[tuple[int, int]] = []
    joined: set[int] = set()
    listed, margin, block = False, 0, 0
    for gap in _GAP.finditer(plain):
        if gap.lastindex is None:
            word = gap.end()
            if listed:
                runs_on = plain[word : word + 1].islower() and _last_sign(plain, gap.start()) not in _ENDS
                if runs_on or _indent(plain, gap.start(), word) > margin + 1:
                    joined.add(word - 1)
                else:
                    listed = False
        elif gap["rule"]:
            listed = False
            continue
        else:
            word, end = gap.start(gap.lastindex), _last_sign(plain, gap.start())
            indent = _indent(plain, gap.start(), word)
            if _is_next_item(gap, end, gap.start() - block) if listed else end in _INTRODUCES:
                joined.add(word - 1)
                margin = min(margin, indent) if listed else indent
            else:
                margin = indent
            listed = True
        starts.append(word - 1)
        block = word
        if plain[word - 1] != "\n":
            indents.append((gap.start(), word))
    return starts, joined, indents


def _indent(plain: str, begin: int, word: int) -> int:
    return 0 if plain[word - 1] == "\n" else word - 1 - plain.rfind("\n", begin, word)


def _is_next_item(gap: "re.Match[str]", end: str, chars: int) -> bool:
    """Whether the mark after `gap` goes on with the list whose last item has `chars` and ends with the sign `end`."""
    if gap["bullet"] or end not in _ENDS:
        return True
    return gap["number"] is not None and chars <= LONG_ITEM_CHARS


def _last_sign(plain: str, at: int) -> str:
    """The last character before offset `at` that is no white space; a newline where there is none nearby."""
    last = plain[at - 1 : at]
    return last if last.strip() else plain[max(0, at - 80) : at].rstrip()[-1:] or "\n"


def _heading(plain: str, match: "re.Match[str]") -> tuple[int, int] | None:
    """Where a heading begins and where what follows it does. Lines with `#` that adjoin are comments of a program."""
    begin, end = match.start(), match.end()
    above = plain.rfind("\n", 0, begin)
    if match["bar"]:
        title = plain[above + 1 : begin] if above >= 0 and begin - above <= 121 else ""
        if not _is_title(title, match["bar"], len(match[0].strip())):
            return None
        before = plain.rfind("\n", 0, above)
        over = plain[max(before + 1, above - 130) : above].strip() if before >= 0 else ""
        if over and (len(over) < 3 or over != len(over) * match["bar"]):
            return None
        begin = before if over else above
    elif match["hashes"]:
        near = plain[above + 1 : min(begin, above + 11)] if above >= 0 else "", plain[end + 1 : end + 11]
        if any(_is_comment(line, match["hashes"]) for line in near):
            return None
    return _word(plain, begin), _word(plain, end - 1)


def _is_title(line: str, bar: str, bar_chars: int) -> bool:
    """Whether a line over a row of `bar` is a heading: any text over `=` or `-`, over others it may not be longer."""
    bare = line.strip()
    if not any(char.isalnum() for char in bare) or "|" in bare:
        return False
    return bar in "=-" or 4 <= bar_chars >= len(bare)


def _is_comment(line: str, hashes: str) -> bool:
    bare = line.lstrip(" ")
    return bare.startswith(hashes) and bare[len(hashes) : len(hashes) + 1] in ("", " ", "\t", "\n")


def _possible(text: str, starts: list[int]) -> list[int]:
    """The starts without those before the first word or inside a grapheme cluster."""
    if starts and starts[-1] >= len(text):
        starts = starts[: bisect_left(starts, len(text))]
    if starts and not text[: starts[0]].strip():
        starts = starts[bisect_right(starts, len(text) - len(text.lstrip())) :]
    if not text.isascii():
        starts = [at for at in starts if text[at] < "\u0300" or not splits_cluster(text, at)]
    return starts


def _inside_lists(plain: str, starts: list[int]) -> set[int]:
    """Starts between the outermost `\\begin` and `\\end` of a list; one that never ends holds nothing."""
    inside: set[int] = set()
    depth, begin = 0, 0
    for mark in _LIST_MARK.finditer(plain):
        if mark["begin"]:
            begin = begin if depth else mark.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                first = begin - 1 if _last_sign(plain, begin) in _INTRODUCES else begin
                inside.update(starts[bisect_left(starts, first) : bisect_left(starts, mark.start())])
    return inside


def _between_definitions(meanings: list[int], starts: list[int]) -> set[int]:
    """Starts of blocks with a definition after another such block; `meanings` are where their lines begin."""
    blocks = sorted({bisect_right(starts, at) for at in meanings})
    return {starts[here - 1] for before, here in pairwise(blocks) if here == before + 1}
