"""environments: what begins with `\\begin` and ends with `\\end`: formulas, lists, tables, theorems, drawings."""

import re

from thinkaug.formats.tex import commands
from thinkaug.formats.tex.state import Frame, State, Table

_MATHS_LIKE = re.compile(r"math|align|equation|multline|gather|eqn", re.IGNORECASE)
_MOST_NAME_CHARS = 60
_MOST_STEPS = 5


def begin(state: State) -> None:
    r"""What follows `\begin`."""
    name = state.tokens.argument().strip()[:_MOST_NAME_CHARS]
    kind = _kind(state, name)
    plain = kind.rstrip("*")
    printed = state.definitions.theorems.get(name) or commands.THEOREMS.get(plain)
    if plain in commands.DRAWINGS:
        state.formulas.skip(name)
        state.page.gap()
    elif kind in commands.TABLES:
        _table(state, name, kind)
    elif plain in commands.LISTS:
        _list(state, name, plain)
    elif plain in commands.QUOTES:
        state.tokens.option()
        state.page.open_quote()
        state.open(Frame(name, state.page.close_quote, confined=True))
    elif printed is not None and not (plain in commands.FLOATS or plain in commands.MATHS):
        _theorem(state, name, printed)
    elif plain == "math":
        state.page.exact(state.formulas.environment(name).replace("\n", " "))
    elif plain in commands.MATHS or (_MATHS_LIKE.search(name) and name not in state.definitions.environments):
        state.page.display(state.formulas.environment(name))
    else:
        _other(state, name, plain)


def end(state: State) -> None:
    r"""What follows `\end`."""
    state.close_environment(state.tokens.argument().strip()[:_MOST_NAME_CHARS])


def end_cell(state: State) -> bool:
    """A cell ends, if one is being read."""
    table = state.table()
    if table is None:
        return False
    table.rows[-1] += [state.page.captured(), *[""] * table.spans]
    table.spans = 0
    state.page.capture()
    return True


def end_row(state: State) -> bool:
    """A row ends, if one is being read."""
    table = state.table()
    if table is None:
        return False
    end_cell(state)
    table.rows.append([])
    return True


def _kind(state: State, name: str) -> str:
    """The environment that a file's own one begins by."""
    kind = name
    for _ in range(_MOST_STEPS):
        if kind not in state.definitions.environments:
            break
        kind = state.definitions.environments[kind]
    return kind


def _table(state: State, name: str, kind: str) -> None:
    state.tokens.option()
    for _ in range(commands.TABLES[kind]):
        state.tokens.option()
        state.tokens.argument()
    state.page.paragraph()
    table = Table()

    def close() -> None:
        table.rows[-1].append(state.page.captured())
        state.floats.pop()
        for caption in table.captions:
            state.page.block(caption)
        state.page.table(table.rows)

    state.floats.append("Table")
    state.page.capture()
    state.open(Frame(name, close, confined=True, table=table))


def _list(state: State, name: str, kind: str) -> None:
    state.tokens.option()
    for _ in range(commands.ARGUMENTS.get(kind, 0)):
        state.tokens.argument()
    state.page.open_list(commands.LISTS[kind])
    state.open(Frame(name, state.page.close_list, confined=True))


def _theorem(state: State, name: str, printed: str) -> None:
    page, proof = state.page, printed == "Proof"
    page.paragraph()
    state.open(Frame(name, page.paragraph))
    title = state.tokens.option()
    if title is None or not title.strip():
        page.write(f"{printed}. ")
        return

    def opened(text: str) -> None:
        page.write("" if proof else f"{printed} (")
        page.exact(text.rstrip(".") if proof else text)
        page.write(". " if proof else "). ")

    state.capture_source(title, opened)


def _other(state: State, name: str, kind: str) -> None:
    """One whose text goes on as it stands, on paragraphs of its own."""
    while state.tokens.option() is not None:
        pass
    for _ in range(commands.ARGUMENTS.get(kind, 0)):
        state.tokens.option()
        state.tokens.argument()
    state.page.paragraph()
    if kind == "abstract":
        state.page.heading(2, "Abstract")
    if kind not in commands.FLOATS:
        state.open(Frame(name, state.page.paragraph))
        return

    def close() -> None:
        state.page.paragraph()
        state.floats.pop()

    state.floats.append(commands.FLOATS[kind])
    state.open(Frame(name, close))
