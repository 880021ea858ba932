"""phrases: patterns that are tried only where one of their words stands. Knows nothing of what they mean."""

import re
from collections.abc import Iterator

Rules = list[tuple[list[str], re.Pattern[str]]]


def rules(*rows: tuple[str, str]) -> Rules:
    """Rows of (words, pattern), all in lower case; the words are cut at "|"."""
    return [(words.split("|"), re.compile(pattern, re.MULTILINE)) for words, pattern in rows]


def plain(text: str) -> str:
    """The text as the patterns want it: in lower case, with straight apostrophes."""
    return text.lower().replace("\u2019", "'")


def matches(known: Rules, text: str) -> Iterator[re.Match[str]]:
    """All matches of all rules in a plain text."""
    for words, pattern in known:
        if any(word in text for word in words):
            yield from pattern.finditer(text)
