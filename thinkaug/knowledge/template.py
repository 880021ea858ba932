"""template: `{subject} {relation} {object}[ ({category})]` and a row's fields -> text. Knows no column by name.

A column stands in braces; what stands in brackets is left out where a column in it is missing or empty. Doubled braces
and brackets are characters. Values are put in as they are: what they hold is not read as a template.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thinkaug.errors import UserError

_TOKEN = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{(?P<column>[^{}\[\]]+)\}|(?P<sign>[\[\]{}])|[^\[\]{}]+")

Value = Callable[[str], str]
"""A column's name -> its value as text; empty where the row has none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A column, or characters; `group` numbers the brackets it stands in, 0 for none."""

    text: str
    column: bool
    group: int


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read."""

    pieces: tuple[Piece, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The columns it cannot do without."""
        return frozenset(piece.text for piece in self.pieces if piece.column and not piece.group)

    def applies(self, fields: Mapping[str, object]) -> bool:
        """Whether the row has all these columns, filled or not."""
        return self.columns <= fields.keys()

    def fill(self, value: Value) -> str:
        """The text, without outer white space; empty where a column it cannot do without is empty."""
        if not all(map(value, self.columns)):
            return ""
        bare = {piece.group for piece in self.pieces if piece.column and piece.group and not value(piece.text)}
        kept = (piece for piece in self.pieces if piece.group not in bare)
        return "".join(value(piece.text) if piece.column else piece.text for piece in kept).strip()


def read_template(text: str, where: str) -> Template:
    """Read a template.

    Raises:
        UserError: a brace or bracket is not closed, or stands inside another.
    """
    pieces: list[Piece] = []
    group, opened = 0, False
    for token in _TOKEN.finditer(text):
        sign = token["sign"]
        if sign in ("{", "}") or sign == ("[" if opened else "]"):
            place = token.start() + 1
            raise UserError(f"{where}: '{text}': the {sign} at {place} has no partner; double it to write it")
        if sign:
            opened = not opened
            group += opened
        elif token["column"]:
            pieces.append(Piece(token["column"], True, group if opened else 0))
        else:
            characters = token[0][0] if token[0] in ("{{", "}}", "[[", "]]") else token[0]
            pieces.append(Piece(characters, False, group if opened else 0))
    if opened:
        raise UserError(f"{where}: '{text}': a [ is not closed; double it to write it")
    return Template(tuple(pieces))
