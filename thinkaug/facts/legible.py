"""legible: text -> text, without what a web page or a wrong encoding put into it. Knows nothing of words and facts."""

import html
import re
import string
from functools import cache

from thinkaug.hygiene.mojibake import mojibake
from thinkaug.hygiene.odd import Rule

# Only what HTML knows, and only with attributes that have values: "x <b and c> d" is mathematics.
_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|blockquote|body|br|button|caption|center|code|col|colgroup|dd|details|div|dl|dt|em|"
    r"figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|label|li|link|main|meta|nav|ol|"
    r"option|p|pre|script|section|select|small|span|strong|style|sub|summary|sup|table|tbody|td|tfoot|th|thead|title|tr|"
    r"tt|u|ul|video)(?:\s++[\w:-]++\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s<>\"']++))*+\s*+/?>",
    re.IGNORECASE,
)
_INLINE = re.compile(r"</?(?:a|abbr|b|em|font|i|small|span|strong|sub|sup|tt|u)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_NOT_BARE = re.compile(r"[^\w\s]|_")
_AT_THE_END = re.compile(r"[,.;:?!](?:\s|\Z)")  # of a word, where no decimal point stands


def legible(text: str) -> str:
    """The text without HTML tags, its entities and mojibake as the characters they stand for."""
    if "<" in text:
        text = _TAG.sub(_space, text)
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    return text if text.isascii() else _mended()(text, frozenset())


def is_bare(text: str) -> bool:
    """Whether a text has no punctuation and no signs at all, as if they had been taken out."""
    return not _NOT_BARE.search(text)


def bare(text: str) -> str:
    """The text without punctuation of ASCII, or as it is where it has none but decimal points and the like."""
    return text.translate(_PUNCTUATION) if _AT_THE_END.search(text) else text


def _space(tag: re.Match[str]) -> str:
    return "" if _INLINE.match(tag[0]) else " "


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


@cache
def _mended() -> Rule:
    return mojibake()
