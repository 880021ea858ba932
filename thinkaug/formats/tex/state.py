"""state: what is open while LaTeX is read: groups, environments, captures. Knows no command.

Open groups lie on a stack of our own, so no nesting is too deep; they are closed in order, so captures stay paired.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from thinkaug.formats.tex.formulas import Formulas
from thinkaug.formats.tex.macros import Definitions
from thinkaug.formats.tex.page import Page
from thinkaug.formats.tex.prepare import Code
from thinkaug.formats.tex.tokens import Tokens


@dataclass
class Table:
    """The cells so far, captions apart. `spans`: how many columns more the cell that is being read takes."""

    rows: list[list[str]] = field(default_factory=lambda: [[]])
    captions: list[str] = field(default_factory=list)
    spans: int = 0


@dataclass(slots=True)
class Frame:
    """A group (`environment` empty) or environment that is open; `close` is called at its end.

    `title`: a blank line ends it. `confined`: a heading ends it, for none can stand within.
    """

    environment: str = ""
    close: Callable[[], None] | None = None
    title: bool = False
    confined: bool = False
    table: Table | None = None


@dataclass
class State:
    """Tokens, the page that they are written on, and what is open."""

    tokens: Tokens
    definitions: Definitions
    codes: list[Code]
    title: str = ""
    headings: list[str] = field(default_factory=list)
    floats: list[str] = field(default_factory=list)
    page: Page = field(default_factory=Page)
    conditions_close: bool = True
    has_title_page: bool = False
    _frames: list[Frame] = field(default_factory=list)
    _open: Counter[str] = field(default_factory=Counter)
    _titles: int = 0
    _confined: int = 0

    def __post_init__(self) -> None:
        """Formulas are found in the same tokens."""
        self.formulas = Formulas(self.tokens)

    def open(self, frame: Frame) -> None:
        """A group or environment begins."""
        self._frames.append(frame)
        self._open[frame.environment] += 1
        self._titles += frame.title
        self._confined += frame.confined

    def close_group(self) -> None:
        """A brace closes; one that nothing opened counts for nothing."""
        if self._frames and not self._frames[-1].environment:
            self._close_last()

    def close_environment(self, name: str) -> None:
        """An environment ends, and all that was left open in it; one that never began counts for nothing."""
        if self._open[name]:
            while self._close_last().environment != name:
                pass

    def close_titles(self) -> None:
        """A paragraph ends: so does a title whose brace is missing."""
        while self._titles:
            self._close_last()

    def close_confined(self) -> None:
        """A heading comes: what cannot hold one ends."""
        while self._confined:
            self._close_last()

    def close_all(self) -> None:
        """The text ends, and all that was left open."""
        while self._frames:
            self._close_last()

    def capture(self, use: Callable[[str], None], title: bool = True) -> None:
        """Give the text of the next argument to `use`, as one line."""
        if not self.tokens.at_group():
            use(self.tokens.argument())
            return
        self.tokens.skip_space()
        self.tokens.at += 1
        self._capture(use, title)

    def capture_source(self, source: str, use: Callable[[str], None]) -> None:
        """Give the text of that piece of LaTeX to `use`, as one line."""
        self.tokens.push(source + "}")
        self._capture(use, title=True)

    def table(self) -> Table | None:
        """The table whose cell is being read; None within a group of it, or outside."""
        return self._frames[-1].table if self._frames else None

    def any_table(self) -> Table | None:
        """The innermost table that is open."""
        return next((frame.table for frame in reversed(self._frames[-20:]) if frame.table), None)

    def _capture(self, use: Callable[[str], None], title: bool) -> None:
        self.page.capture()
        self.open(Frame(close=lambda: use(self.page.captured()), title=title, confined=True))

    def _close_last(self) -> Frame:
        frame = self._frames.pop()
        self._open[frame.environment] -= 1
        self._titles -= frame.title
        self._confined -= frame.confined
        if frame.close:
            frame.close()
        return frame
