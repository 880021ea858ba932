"""line_ends: CRLF and CR become LF, so that one text has one kind. Knows no other control characters.

U+2028 and U+2029 stay: they are no ends of lines to a segmenter, and somebody typed them.
"""


def line_ends(text: str, odd: frozenset[str]) -> str:
    """The text with `\\n` at the end of every line."""
    if "\r" not in odd:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")
