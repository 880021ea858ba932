"""tokens: prepared LaTeX -> tokens and arguments, through a stack of inputs. Knows no command by name.

What a macro stands for is pushed as one more input, and read before the rest. Braces are paired once for each input:
to jump over an argument takes the same time whatever its length.
"""

import re
from dataclasses import dataclass

from thinkaug.errors import Unreadable

_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z]+(?:@[A-Za-z@]*)?|@[A-Za-z@]+|.|$)"
    r"|(?P<break>\n[ \t]*\n\s*)|(?P<special>\$\$?|---?|``|''|[{}~&`']|[?!]`)|(?P<text>[^\\{}$~&`'\n?!-]+|.)",
    re.DOTALL,
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_SPACE = re.compile(r"[ \t]*(?:\n(?![ \t]*\n)[ \t]*)?")
_BRACKET = re.compile(r"\\.|[\[\]{}]|\n[ \t]*\n", re.DOTALL)
_MOST_OPTION_CHARS = 4000
_MOST_WASTED_CHARS = 2_000_000  # brackets looked through in vain: what is so broken has no options
_CONTROL = re.compile(r"\\(?:[A-Za-z@]+|.)|[^{}]", re.DOTALL)

MOST_EXPANSIONS = 100_000
MOST_EXPANDED_CHARS = 8 << 20
"""What macros may stand for in all: enough for any book, and an end to those that double each other."""


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: `command` (its name), `special` (braces, `$`, `~`, quotes, dashes), `break` (a blank line) or `text`."""

    kind: str
    text: str


class _Input:
    def __init__(self, text: str, macro: str = "", number: int = 0) -> None:
        self.text, self.at, self.macro, self.number = text, 0, macro, number
        self._pairs: dict[int, int] | None = None

    def closing(self, opening: int) -> int:
        """Where the brace that opens there closes; -1 where it does not."""
        if self._pairs is None:
            self._pairs = {}
            open_braces: list[int] = []
            for match in _BRACE.finditer(self.text):
                if match[0] == "{":
                    open_braces.append(match.start())
                elif match[0] == "}" and open_braces:
                    self._pairs[open_braces.pop()] = match.start()
        return self._pairs.get(opening, -1)


class Tokens:
    """Tokens of a text, and of what is pushed in front of what is left of it."""

    def __init__(self, text: str) -> None:
        self._inputs = [_Input(text)]
        self._active: set[str] = set()
        self._expansions = self._expanded_chars = self._wasted_chars = 0
        self._most_expansions = MOST_EXPANSIONS + len(text) // 4
        self._most_expanded_chars = MOST_EXPANDED_CHARS + len(text)
        self._pushed = 0

    @property
    def text(self) -> str:
        """The input that is being read."""
        return self._inputs[-1].text

    @property
    def at(self) -> int:
        """The place in it."""
        return self._inputs[-1].at

    @at.setter
    def at(self, place: int) -> None:
        self._inputs[-1].at = place

    @property
    def input_number(self) -> int:
        """Of the input that is being read: 0 for the text itself, another for each that was pushed."""
        return self._inputs[-1].number

    def closing(self, opening: int) -> int:
        """Where the brace closes that opens at that place of the input; -1 where it does not."""
        return self._inputs[-1].closing(opening)

    def is_active(self, macro: str) -> bool:
        """Whether it is being expanded: it would stand for itself, without end."""
        return macro in self._active

    def push(self, text: str, macro: str = "") -> None:
        """Read that next.

        Raises:
            Unreadable: macros stand for more than anybody could have meant.
        """
        self._pushed += 1
        self._expansions += bool(macro)
        self._expanded_chars += len(text)
        if self._expansions > self._most_expansions or self._expanded_chars > self._most_expanded_chars:
            raise Unreadable("latex", f"its macros stand for more than {self._most_expanded_chars:,} characters")
        self._inputs.append(_Input(text, macro, self._pushed))
        if macro:
            self._active.add(macro)

    def next(self) -> Token | None:
        """The next token; None at the end."""
        self._drop_finished()
        top = self._inputs[-1]
        match = _TOKEN.match(top.text, top.at)
        if match is None:
            return None
        top.at = match.end()
        assert match.lastgroup is not None
        return Token(match.lastgroup, match[match.lastgroup])

    def skip_space(self) -> None:
        """Go over blanks and one line end, but not over a blank line."""
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def skip_star(self) -> bool:
        """Go over a `*`, and say whether there was one."""
        found = self.text.startswith("*", self.at)
        self.at += found
        return found

    def at_group(self) -> bool:
        """Whether a group opens here, blanks aside."""
        self._drop_finished()
        match = _SPACE.match(self.text, self.at)
        return match is not None and self.text.startswith("{", match.end())

    def option(self) -> str | None:
        """What stands in `[...]`, if that comes next."""
        self._drop_finished()
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        start = match.end()
        if not self.text.startswith("[", start):
            return None
        if self._wasted_chars > _MOST_WASTED_CHARS:
            return None
        depth = brackets = 0
        for found in _BRACKET.finditer(self.text, start + 1, start + _MOST_OPTION_CHARS):
            sign = found[0]
            if sign in "{}":
                depth += 1 if sign == "{" else -1
            elif sign == "[":
                brackets += not depth
            elif sign == "]" and not depth:
                if not brackets:
                    self.at = found.end()
                    return self.text[start + 1 : found.start()]
                brackets -= 1
            if depth < 0 or sign[0] == "\n":
                break
            self._wasted_chars += 1
        return None

    def argument(self) -> str:
        """The next argument: what stands in `{...}`, or a command or character. Unclosed: the rest of the line."""
        self._drop_finished()
        self.skip_space()
        if not self.text.startswith("{", self.at):
            match = _CONTROL.match(self.text, self.at)
            if match is None or match[0] == "\n":
                return ""
            self.at = match.end()
            return match[0]
        start = self.at + 1
        end = self.closing(self.at)
        if end < 0:
            newline = self.text.find("\n", start)
            end = newline if newline >= 0 else len(self.text)
            self.at = end
        else:
            self.at = end + 1
        return self.text[start:end]

    def _drop_finished(self) -> None:
        while len(self._inputs) > 1 and self.at >= len(self.text):
            self._active.discard(self._inputs.pop().macro)
