"""reading: an element -> its text as a person reads it. Knows nothing of what its elements mean.

- White space at both ends goes. Lines of nothing but white space are one blank line: the end of a paragraph.
- What stands before the first word of an indented line, because the file was printed so, goes; indentation within
  the text, of code or of a list, stays. Line breaks and spaces between words stay as they are.
- `xml:space="preserve"` keeps everything in its element, blank lines and all, but for the ends of the whole.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WHITE = " \t\r\n"
_BLANK_LINES = re.compile(r"\n(?:[ \t\r]*\n)+")
_LAST_LINE = re.compile(r"\n([ \t]*)\Z")


def read_text(element: "_Element") -> str:
    """The text of the element by the rules above."""
    pieces = _pieces(element, _margin(element), _preserved(element))
    return "".join(_joined(pieces)).strip(_WHITE)


def tidied(text: str) -> str:
    """The text without white space at its ends, with one blank line between its paragraphs."""
    return _BLANK_LINES.sub("\n\n", text).strip(_WHITE)


def _joined(pieces: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """Neighbours that are not preserved are tidied as one, for blank lines begin in one and end in another."""
    run: list[str] = []
    for text, preserved in pieces:
        if not preserved:
            run.append(text)
            continue
        yield _BLANK_LINES.sub("\n\n", "".join(run))
        run.clear()
        yield text
    yield _BLANK_LINES.sub("\n\n", "".join(run))


def _pieces(element: "_Element", margin: int, preserved: bool) -> Iterator[tuple[str, bool]]:
    if element.text:
        yield _unindented(element.text, margin, preserved), preserved
    before = element.text or ""
    for child in element:
        yield from _pieces(child, _printed_at(before, margin), _preserves(child, preserved))
        before = child.tail or ""
        if before:
            yield _unindented(before, margin, preserved), preserved


def _unindented(text: str, margin: int, preserved: bool) -> str:
    if preserved or "\n" not in text:
        return text
    first, *rest = text.split("\n")
    full = [line for line in rest if line.strip(_WHITE)]
    common = min((len(line) - len(line.lstrip(" \t")) for line in full), default=0)
    # A text that begins behind its tag does not show where its margin is: there, only one that the tag has too counts.
    drop = common if not first.strip(_WHITE) or 0 < margin <= common else 0
    return "\n".join([first, *(line[drop:] if line.strip(_WHITE) else "" for line in rest)])


def _printed_at(before: str, margin: int) -> int:
    """The indentation of a tag that `before` stands before, within an element of that margin."""
    last = _LAST_LINE.search(before)
    return len(last[1]) if last else margin


def _margin(element: "_Element") -> int:
    """The indentation of the line on which the element begins; 0 where it cannot be seen."""
    parent = element.getparent()
    while parent is not None:
        previous = element.getprevious()
        last = _LAST_LINE.search((parent.text if previous is None else previous.tail) or "")
        if last:
            return len(last[1])
        element, parent = parent, parent.getparent()
    return 0


def _preserved(element: "_Element") -> bool:
    above: _Element | None = element
    while above is not None:
        if _SPACE in above.attrib:
            return above.get(_SPACE) == "preserve"
        above = above.getparent()
    return False


def _preserves(element: "_Element", inherited: bool) -> bool:
    said = element.get(_SPACE)
    return inherited if said is None else said == "preserve"
