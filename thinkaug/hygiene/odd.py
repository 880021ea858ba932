"""The characters of a text that any rule might look at, found at a gigabyte a second. Knows no rule."""

from collections.abc import Callable

Rule = Callable[[str, frozenset[str]], str]
"""`(text, its odd characters) -> text`; the same object where there is nothing to do."""

_PLAIN = bytes((0x09, 0x0A, *range(0x20, 0x7F)))


def odd_characters(text: str) -> frozenset[str]:
    """The characters of a text (without surrogates) besides printable ASCII, tab and line feed.

    Single bytes of UTF-8 can be struck out, since those of ASCII are part of no other character.
    """
    return frozenset(text.encode("utf-8").translate(None, _PLAIN).decode("utf-8"))
