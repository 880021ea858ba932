"""page: pieces of text, formulas, items, cells -> plain text with Markdown's signs. Knows no LaTeX."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

MOST_COLUMNS = 50
"""A table may have so many; one of more is written as lines."""


class Kind(Enum):
    """Of a piece of a paragraph."""

    TEXT = 1  # blanks count as one
    EXACT = 2  # stays as it is: a formula, code
    DISPLAY = 3  # stays as it is, on lines of its own
    BREAK = 4  # a line ends here
    GAP = 5  # here stood what is no text: no blank before a full stop for its sake


Piece = tuple[Kind, str]

_BLANKS = re.compile(r"[ \t\n]+")
_CLOSES = re.compile(r"\s*[,.;:!?)\]]")
_DEEPEST = 8  # what is nested deeper is indented no further
_TAIL = re.compile(r"\s*([,.;:!?]+)(?=\s|$)\s*")


@dataclass
class _List:
    marker: str
    number: int = 0


@dataclass
class Page:
    """What was written so far. While something is captured (a title, a footnote, a cell) all is written as one line."""

    _blocks: list[str] = field(default_factory=list)
    _pieces: list[Piece] = field(default_factory=list)
    _captures: list[list[Piece]] = field(default_factory=list)
    _indents: list[str] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _marker: str = ""
    _tight: bool = False

    def write(self, text: str) -> None:
        """Text, whose blanks and line ends count as blanks."""
        self._pieces.append((Kind.TEXT, text))

    def exact(self, text: str) -> None:
        """Text that stays as it is, within the line."""
        self._pieces.append((Kind.EXACT, text))

    def display(self, text: str) -> None:
        """A formula on lines of its own, within the paragraph."""
        self._pieces.append((Kind.DISPLAY, text))

    def end_line(self) -> None:
        """A line of the paragraph ends."""
        self._pieces.append((Kind.BREAK, "\n"))

    def gap(self) -> None:
        """Something was left out here."""
        if not self._pieces or self._pieces[-1][0] is not Kind.GAP:
            self._pieces.append((Kind.GAP, ""))

    def before(self) -> str:
        """How the paragraph ends so far."""
        return _joined(self._pieces[-4:], one_line=True)

    def capture(self) -> None:
        """Keep what is written from here on, until `captured`."""
        self._captures.append(self._pieces)
        self._pieces = []

    def captured(self) -> str:
        """What was written since `capture`, as one line."""
        text = _joined(self._pieces, one_line=True)
        self._pieces = self._captures.pop()
        return text.strip()

    def paragraph(self) -> None:
        """The paragraph ends, if there is one; what is captured goes on in the same line."""
        if self._captures:
            self._pieces.append((Kind.TEXT, " "))
            return
        text = _joined(self._pieces, one_line=False).strip(" \n")
        self._pieces = []
        if text:
            self._block(text)

    def block(self, text: str) -> None:
        """Lines that stay as they are, between paragraphs; where something is captured, a part of its line."""
        if self._captures:
            self._pieces.append((Kind.EXACT, text))
            return
        self.paragraph()
        if text:
            self._block(text)

    def heading(self, level: int, text: str) -> None:
        """A heading of Markdown."""
        if text:
            self.block(f"{'#' * level} {text}")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table of bars; one of a single column as lines."""
        rows = [row for row in rows if any(row)]
        width = max(map(len, rows), default=0)
        if not 2 <= width <= MOST_COLUMNS or self._captures:
            self.block("\n".join(" ".join(filter(None, row)) for row in rows))
            return
        lines = ["| " + " | ".join([*map(_cell, row), *[""] * (width - len(row))]) + " |" for row in rows]
        self.block("\n".join([lines[0], "|" + " --- |" * width, *lines[1:]]))

    def open_quote(self) -> None:
        """What follows is quoted."""
        self.paragraph()
        self._indents.append("> ")

    def close_quote(self) -> None:
        """The quotation ends."""
        self.paragraph()
        if self._indents:
            self._indents.pop()

    def open_list(self, marker: str) -> None:
        """A list begins; `marker`: `-`, `1` to count, or empty for labels of the items' own."""
        self.paragraph()
        self._flush_marker()
        self._lists.append(_List(marker))
        self._indents.append("")

    def item(self, label: str | None) -> None:
        """An item begins, with a label of its own or None for the list's."""
        if self._captures:
            self.write(f" {label} " if label else " ")
            return
        self.paragraph()
        self._flush_marker()
        if not self._lists:
            self.open_list("-")
        inner = self._lists[-1]
        inner.number += 1
        if label is None:
            self._marker = f"{inner.number}. " if inner.marker == "1" else "- "
        elif inner.marker:
            self._marker = f"- {label} " if label else "- "
        else:
            self._marker = f"- {label}: " if label and label[-1] not in ".:?!" else f"- {label} "
        self._tight = inner.number > 1
        self._indents[-1] = "   " if self._marker[0].isdigit() else "  "

    def close_list(self) -> None:
        """The list ends."""
        self.paragraph()
        self._flush_marker()
        if self._lists:
            self._lists.pop()
            self._indents.pop()

    def text(self) -> str:
        """The whole page."""
        self.paragraph()
        return "".join(self._blocks)

    def _flush_marker(self) -> None:
        label = self._marker.strip(" -")
        if label and not label[:-1].isdigit():  # a label without any text is still something that was said
            marker, self._marker = self._marker, ""
            self._block(marker.strip())
        self._marker = ""

    def _block(self, text: str) -> None:
        indent = "".join(self._indents[:_DEEPEST])
        first = indent
        if self._marker:
            first = "".join(self._indents[: min(_DEEPEST, len(self._indents) - 1)]) + self._marker
        lines = text.split("\n")
        between = "" if not self._blocks else "\n" if self._tight else "\n\n"
        self._tight, self._marker = False, ""
        body = [first + lines[0], *((indent + line).rstrip() for line in lines[1:])]
        self._blocks.append(between + "\n".join(body))


def _cell(text: str) -> str:
    return text if "$" in text or "\\(" in text else text.replace("|", "\\|")


def _joined(pieces: Sequence[Piece], one_line: bool) -> str:
    """The pieces as text: blanks made one, displays on lines of their own (unless all is `one_line`)."""
    out: list[str] = []
    gap = after_display = False
    for kind, text in pieces:
        last = out[-1] if out else "\n"
        if kind is Kind.GAP:
            gap = True
            continue
        if kind is Kind.TEXT:
            text = _BLANKS.sub(" ", text)
            if not text:
                continue
            if gap:
                text = _closed_up(out, text)
                last = out[-1] if out else "\n"
            elif after_display and (tail := _TAIL.match(text)):
                out[-1:] = [tail[1], "\n"]  # the full stop after a formula stays on its line
                text, last = text[tail.end() :], "\n"
            if last[-1:] in (" ", "\n"):
                text = text.lstrip(" ")
        elif kind is Kind.DISPLAY and one_line:
            text = f"{_BLANKS.sub(' ', text)} "
            text = text if last[-1:] in (" ", "\n") else f" {text}"
        elif kind in (Kind.DISPLAY, Kind.BREAK):
            _strip_end(out)
            text = f"{text}\n" if kind is Kind.DISPLAY else " " if one_line else "\n"
            text = text if not out or out[-1].endswith("\n") or kind is Kind.BREAK else f"\n{text}"
        if text:
            if kind is Kind.DISPLAY and not one_line:
                out += [text[:-1], "\n"]
            else:
                out.append(text)
            gap, after_display = False, kind is Kind.DISPLAY and not one_line
    return "".join(out)


def _closed_up(out: list[str], text: str) -> str:
    """The text after something left out: what closes stands next to the word before it, and `()` holds nothing."""
    if not _CLOSES.match(text):
        return text
    _strip_end(out)
    text = text.lstrip(" ")
    if out and out[-1].endswith("(") and text.startswith(")"):
        out[-1] = out[-1][:-1]
        _strip_end(out)
        return text[1:]
    return text


def _strip_end(out: list[str]) -> None:
    while out and out[-1] != "\n":
        out[-1] = out[-1].rstrip(" ")
        if out[-1]:
            return
        out.pop()
