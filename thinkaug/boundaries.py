"""boundaries: text -> where its paragraphs and sentences begin, and windows that tile it. Knows no tokenizer.

All offsets are code points. White space belongs to what comes before it, so that slices between boundaries concatenate
to the text whatever it holds, and a boundary never stands before white space; none falls inside a protected region.
A paragraph begins after a blank line, and at and after a heading, a code block, a table. A sentence begins where a
paragraph does, at a list item, and after closing punctuation. Where a rule is in doubt it does not cut.
"""

# ruff: noqa: RUF001 - the punctuation of many scripts looks alike

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from unicodedata import category

from thinkaug.abbreviations import ends_sentence
from thinkaug.protected import Region, plain_lines, protected, splits_cluster

# The share of a window that a paragraph or sentence end should fill: a title should not become a window of its own.
MIN_FILL = 0.25

_BLANK = re.compile(r"\n[^\S\n]*+\n\s*+(?P<rule>(?:[-*_=][ \t]*+){3,}+(?=\n|\Z))?")
_AFTER = r"(?=(?P<after>\s*+))"
_HEADINGS = (
    ("#", re.compile(rf"\n {{0,3}}#{{1,6}}[ \t]++\S[^\n]*+{_AFTER}")),
    ("=", re.compile(rf"\n(?P<bars>={{1,6}})[ \t]*+[^\s=][^=\n]*+(?P=bars)[ \t]*+(?=\n|\Z){_AFTER}")),
    ("\n===", re.compile(rf"\n(?=[^\n]*\w)[^\n]{{1,120}}+\n {{0,3}}={{3,}}+[ \t]*+(?=\n|\Z){_AFTER}")),
    ("\n---", re.compile(rf"\n(?=[^\n]*\w)[^\n]{{1,120}}+\n {{0,3}}-{{3,}}+[ \t]*+(?=\n|\Z){_AFTER}")),
)
_ITEM = re.compile(
    r"\n[ \t]*+(?P<item>(?P<bullet>[-*+‣◦·](?=[ \t])|[•▪●])"
    r"|–(?=[ \t])|\(?(?P<mark>\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)](?=[ \t]))[ \t]*+(?=[^\s])"
)
_SPACE = re.compile(r"\s++")
_STOPS = ".!?…؟۔።፧։\u037e"
_CLOSERS = r"(?:[\"'”’»›)\]}*_`$\u200b\u200e\u200f\u202c\u2069]| ?\[\d[\d ,;–-]{0,30}\])*+"
_STOP = re.compile(rf"(?<![{_STOPS}])(?P<stop>[{_STOPS}]++){_CLOSERS}\s++")
_FULL_STOP = re.compile(
    r"(?:(?<![。！？｡।॥។၊။])[。！？｡।॥។၊။]++|．(?!\d)|(?<=[\u3040-\u9fff\uac00-\ud7a3])[!?]++(?=[\u3040-\u9fff\uac00-\ud7a3「『“]))"
    r"(?P<quote>[」』】》〉”’）)\"]*+)\s*+(?=\S)"
)
_OPENING = re.compile(r"(?:[\"'“‘«‹„‚「『(\[{¿¡*_`\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\ufeff]|[-–—•*·]\s++)*+")
_OPENERS = "\"'“‘«‹„‚([{*_`—–/"
_CAPTION = (
    "(?:Table|Figure|Fig|Box|Section|Chapter|Part|Article|Rule|Step|Theorem|Lemma|Definition|Example|Exercise|Note)"
)
_LABEL = re.compile(rf"[\W_]*(?:{_CAPTION}\s+)?(?:\d{{1,3}}(?:\.\d{{1,3}})*|[A-Za-z]|[IVXLC]{{2,6}}|[ivx]{{2,4}})")
_FORMULA_END = re.compile(r"[.!?]\s*(?:\$\$|\\[\])]|\\end\{\w+\*?\})\Z")


def paragraph_starts(text: str) -> list[int]:
    """Offsets where a paragraph begins, ascending; the first paragraph is left out."""
    regions = protected(text)
    return _kept(text, _paragraphs(text, plain_lines(text), regions), regions)


def sentence_starts(text: str) -> list[int]:
    """Offsets where a sentence begins, ascending; the first is left out. Holds all of `paragraph_starts(text)`."""
    regions = protected(text)
    return _kept(text, _sentences(text, plain_lines(text), regions), regions)


def windows(text: str, max_chars: int) -> list[tuple[int, int]]:
    """Half-open windows that tile `text`, none empty, each of at most `max_chars` code points where that can be.

    A window ends before a paragraph, else before a sentence (first where that fills MIN_FILL of it, then wherever);
    else after white space; else anywhere that splits neither a grapheme cluster nor a CR LF pair. Only a protected
    region or a cluster longer than `max_chars` makes a window longer. Raises ValueError for `max_chars` below 1.
    """
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars}; a window holds at least 1 character")
    if len(text) <= max_chars:
        return [(0, len(text))] if text else []
    regions, plain = protected(text), plain_lines(text)
    preferred = tuple(_kept(text, find(text, plain, regions), regions) for find in (_paragraphs, _sentences))
    edges = [0]
    while len(text) - edges[-1] > max_chars:
        edges.append(_edge(text, edges[-1], max_chars, preferred, regions))
    if edges[-1] < len(text):
        edges.append(len(text))
    return list(pairwise(edges))


def _paragraphs(text: str, plain: str, regions: list[Region]) -> Iterable[int]:
    yield from (blank.end() - 1 for blank in _BLANK.finditer(plain) if not blank["rule"])
    for sign, pattern in _HEADINGS:
        if sign in plain:
            for heading in pattern.finditer(plain):
                yield _next_word(text, heading.start())
                yield heading.end("after") - 1
    if "\u2029" in text:
        yield from (mark.end() for mark in re.finditer("\u2029\\s*+", text))
    for region in regions:
        if region.block:
            yield region.start
            yield _next_word(text, region.end)


def _sentences(text: str, plain: str, regions: list[Region]) -> set[int]:
    layout = sorted({*_paragraphs(text, plain, regions), *_items(plain), *_after_formulas(text, regions)})
    return {*layout, *_after_stops(plain, layout), *_after_full_stops(plain)}


def _next_word(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _items(plain: str) -> Iterator[int]:
    """List items. A number, letter or dash opens one only at the start of a count, as its next, after a pause."""
    last = ""
    for match in _ITEM.finditer(plain):
        mark = match["mark"] or ""
        if match["bullet"] or mark in ("1", "a", "i") or _follows(last, mark) or _pauses(plain, match.start()):
            last = mark
            yield match.start("item") - 1


def _follows(last: str, mark: str) -> bool:
    if last.isdecimal() and mark.isdecimal():
        return int(mark) == int(last) + 1
    return len(last) == len(mark) == 1 and ord(mark) == ord(last) + 1


def _pauses(plain: str, at: int) -> bool:
    """Whether the line before offset `at` is blank or ends in punctuation that closes or introduces."""
    tail = plain[max(0, at - 80) : at]
    words = tail.rstrip()
    return not words or words[-1] in ".:;!?" or "\n" in tail[len(words) :]


def _after_formulas(text: str, regions: list[Region]) -> Iterator[int]:
    for region in regions:
        if not region.block and _FORMULA_END.search(text, max(region.start, region.end - 40), region.end):
            start = _next_word(text, region.end)
            if region.end < start < len(text) and _may_open(text, start):
                yield start


def _after_full_stops(plain: str) -> Iterator[int]:
    """Sentences of scripts whose full stop needs no space after it. A quote may go on: `「行く。」と言った。`"""
    if plain.isascii():
        return
    for match in _FULL_STOP.finditer(plain):
        following = plain[match.end()]
        if following not in "、，,；：" and not (match["quote"] and following in "とっはをがのにでも"):
            yield match.end() - 1


def _after_stops(plain: str, layout: list[int]) -> Iterator[int]:
    """Sentences after a stop and white space. `layout` holds, ascending, the starts that are known already."""
    begin, known, count = 0, 0, len(layout)
    for match in _STOP.finditer(plain):
        stop = match.start()
        while known < count and layout[known] < stop:
            begin = max(begin, layout[known] + 1)
            known += 1
        opening = _OPENING.match(plain, match.end())
        assert opening is not None
        if not _may_open(plain, opening.end()):
            continue
        if match["stop"] == ".":
            if stop - begin < 24 and _LABEL.fullmatch(plain, begin, stop):
                continue
            before = plain[max(begin, stop - 40) : stop]
            words = before.split() if not before[-1:].isspace() else ["", ""]
            word = words[-1].lstrip(_OPENERS) if words else ""
            previous = words[-2].lstrip(_OPENERS) if len(words) > 1 else ""
            if not ends_sentence(word, previous, plain[opening.end() : opening.end() + 16]):
                continue
        begin = match.end()
        yield begin - 1


def _may_open(text: str, at: int) -> bool:
    """Whether a sentence may open with the character at `at`: a letter that is not small, a digit, a symbol.

    Scripts without case open with any letter. A small letter opens one where it is part of a name
    ("mRNA", a Greek letter and a hyphen).
    """
    char = text[at : at + 1]
    # Georgian letters count as small, but texts are written without their capitals.
    if char.islower() and not "\u10d0" <= char <= "\u10ff":
        follower = text[at + 1 : at + 2]
        return follower.isupper() or ("α" <= char <= "ω" and follower == "-")
    return char.isalnum() or char in ("\\", "#", "§", "@") or (char != "" and category(char) in ("So", "Sc"))


def _kept(text: str, starts: Iterable[int], regions: list[Region]) -> list[int]:
    """The starts in order, without those before the first word, inside a region or inside a grapheme cluster."""
    first, kept, index = _next_word(text, 0), [], 0
    for start in sorted(set(starts)):
        while index < len(regions) and regions[index].end <= start:
            index += 1
        inside = index < len(regions) and regions[index].start < start
        if first < start < len(text) and not inside and not splits_cluster(text, start):
            kept.append(start)
    return kept


def _edge(text: str, begin: int, max_chars: int, preferred: tuple[list[int], ...], regions: list[Region]) -> int:
    """Where the window that begins at `begin` ends; the text goes on for more than `max_chars` after it."""
    limit = begin + max_chars
    for floor in (max(1, int(MIN_FILL * max_chars)), 1):
        for starts in preferred:
            index = bisect_right(starts, limit)
            if index and starts[index - 1] >= begin + floor:
                return starts[index - 1]
    gaps = list(_gaps(begin, limit, regions))
    for low, high in gaps:
        words = text[low : high + 1].rsplit(None, 1)
        edge = low + len(text[low : high + 1].rstrip()) - len(words[-1]) if words else low
        if low < edge <= high and not splits_cluster(text, edge, begin):
            return edge
    for low, high in gaps:
        for edge in range(high, max(low, begin + 1) - 1, -1):
            if not splits_cluster(text, edge, begin):
                return edge
    return _first_edge(text, begin, limit, regions)


def _gaps(begin: int, limit: int, regions: list[Region]) -> Iterator[tuple[int, int]]:
    """The stretches from `begin` to `limit` that no region covers, from the last to the first; both ends may be cut."""
    high = limit
    index = bisect_left(regions, limit, key=lambda region: region.start)
    while high > begin and index > 0 and regions[index - 1].end > begin:
        index -= 1
        if regions[index].end <= high:
            yield regions[index].end, high
        high = regions[index].start
    if high > begin:
        yield begin, high


def _first_edge(text: str, begin: int, limit: int, regions: list[Region]) -> int:
    """The first offset after `limit` that may be cut, where none before it may."""
    edge = limit
    index = max(0, bisect_right(regions, limit, key=lambda region: region.start) - 1)
    while edge < len(text):
        while index < len(regions) and regions[index].end <= edge:
            index += 1
        if index < len(regions) and regions[index].start < edge:
            edge = regions[index].end
        elif splits_cluster(text, edge, begin):
            edge += 1
        else:
            break
    return edge
