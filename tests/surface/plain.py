"""The surface of a text in plain Python, written from what `thinkaug.surface` says of words, lines and n-grams."""

import re
from collections import Counter
from unicodedata import category

import regex  # type: ignore[import-untyped,unused-ignore]

from thinkaug.surface import ABBREVIATIONS, UNITS

_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_STOP = regex.compile(r"\p{Sentence_Terminal}")
_DIGITS = set("0123456789")


def _single(char: str) -> bool:
    return category(char)[0] in "LN" and bool(_UNSPACED.match(char))


def _edge(char: str) -> bool:
    kind = category(char)
    if kind[0] == "P" and kind != "Pd" and char not in "./@\\%§":
        return True
    return kind == "So" or char in "<>`´–—"


def _front(word: str) -> int:
    if _edge(word[0]) or category(word[0]) == "Sc" or word[0] in "§%=":
        return 1
    if dots := re.match(r"\.{2,}", word):
        return len(dots[0])
    return int(bool(re.match(r"\+[^0-9]", word, re.DOTALL)))


def _back(word: str) -> int:
    if word[-1].isalpha():
        if found := re.search(r"['’][sS]$", word):
            return 2 if len(word) > 2 else 0
        if len(word) > 3 and re.search(r"[nN]['’][tT]$", word):
            return 3
        if (found := re.search(r"(.)(['’](?:[dDmM]|[lL][lL]|[vVrR][eE]))$", word, re.DOTALL)) and found[1].isalpha():
            return len(found[2])
        found = re.search(r"[0-9]([^0-9]{1,4})$", word, re.DOTALL)
        return len(found[1]) if found and found[1] in UNITS else 0
    if _edge(word[-1]):
        return 1
    if len(word) < 2:
        return 0
    if word[-1] == ".":
        if dots := re.search(r"\.{2,}$", word):
            return len(dots[0])
        before = word[-2]
        if before.islower() and before.isalpha():
            return 1
        if before in _DIGITS or before in "%²-+" or _edge(before) or _quote(before):
            return 1
        return int(len(word) > 2 and _upper(before) and _upper(word[-3]))
    return int(word[-2] in _DIGITS and (word[-1] in "+%" or category(word[-1]) == "Sc"))


def _upper(char: str) -> bool:
    return char.isalpha() and char.isupper()


def _quote(char: str) -> bool:
    return char in "'\"`´„‚" or category(char) in ("Pi", "Pf")


def _address(word: str) -> bool:
    def plain(part: str, more: str) -> bool:
        return all(char.isalpha() or char in _DIGITS or char in more for char in part)

    scheme = word.find("://")
    if scheme >= 0 and plain(word[:scheme], "-:.@"):
        return scheme > 0
    host, slash, _ = word.partition("/")
    if not plain(host, "-:.@") or not (slash or "@" in host):
        return False
    at, dot = host.rfind("@"), host.rfind(".")
    top = host[dot + 1 :]
    return dot > max(at, 0) and at != 0 and len(top) >= 2 and top.isalpha()


def _inside(word: str, at: int) -> int:
    char = word[at]
    if category(char) == "So" or char == "…":
        return 1
    if dots := re.compile(r"\.{2,}").match(word, at):
        return len(dots[0])
    if not 0 < at < len(word) - 1:
        return 0
    before, after = word[at - 1], word[at + 1]
    known = before.isalpha() or before in _DIGITS
    if char == ".":
        small = (before.isalpha() and before.islower()) or _quote(before)
        return int(small and (_upper(after) or _quote(after)))
    if char == ",":
        return int(before.isalpha() and after.isalpha())
    if char in "-~–—":
        if char == "-" and before in _DIGITS and (after in _DIGITS or after == "-"):
            return 1
        run = 1
        while char != "~" and run < 3 and word[at + run : at + run + 1] == char:
            run += 1
        return run if known and word[at + run : at + run + 1].isalpha() else 0
    if char in ":/<=>":
        return int(known and after.isalpha())
    return int(char in "+*^" and before in _DIGITS and (after in _DIGITS or after == "-"))


def _cut(chunk: str) -> list[str]:
    found, tail = [], []
    while chunk and (length := _front(chunk)):
        found.append(chunk[:length])
        chunk = chunk[length:]
    while chunk and chunk not in ABBREVIATIONS and (length := _back(chunk)):
        tail.append(chunk[-length:])
        chunk = chunk[:-length]
    if chunk and not _address(chunk):
        start = at = 0
        while at < len(chunk):
            length = _inside(chunk, at)
            if length and at > start:
                found += [chunk[start:at], chunk[at : at + length]]
                start = at + length
            at += max(length, 1)
        chunk = chunk[start:]
    return found + ([chunk] if chunk else []) + tail[::-1]


def words(text: str) -> list[str]:
    """The words."""
    found = []
    for chunk in text.split():
        part = ""
        at = 0
        while at < len(chunk):
            if not _single(chunk[at]):
                part += chunk[at]
                at += 1
                continue
            found += _cut(part) if part else []
            end = at + 1
            while end < len(chunk) and category(chunk[end])[0] == "M":
                end += 1
            found.append(chunk[at:end])
            part, at = "", end
        found += _cut(part) if part else []
    return found


def sentences(line: list[str]) -> int:
    """How many sentences the words of a line make."""
    count, ended = 0, True
    for word in line:
        if len(word) == 1 and _STOP.match(word) and category(word)[0] == "P":
            count, ended = max(count, 1), True
        elif ended and (not count or any(category(char)[0] != "P" for char in word)):
            count, ended = count + 1, False
    return count


def lines(text: str) -> list[str]:
    """The lines that are not blank, without the spaces at their ends."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def repeated(elements: list[str]) -> tuple[int, int]:
    """How many were there before, and their characters."""
    again = [element for at, element in enumerate(elements) if element in elements[:at]]
    return len(again), sum(map(len, again))


def top_gram(found: list[str], n: int) -> tuple[int, int]:
    """How often the commonest n-gram comes, and its characters."""
    grams = Counter(tuple(found[at : at + n]) for at in range(len(found) - n + 1))
    if not grams:
        return 0, 0
    gram, times = grams.most_common(1)[0]
    return times, times * len(" ".join(gram))


def repeated_grams(found: list[str], n: int) -> int:
    """The characters in n-grams that were there before, none counted twice."""
    seen, at, chars = set(), 0, 0
    while at + n <= len(found):
        gram = tuple(found[at : at + n])
        if gram in seen:
            chars, at = chars + sum(map(len, gram)), at + n
        else:
            seen.add(gram)
            at += 1
    return chars
