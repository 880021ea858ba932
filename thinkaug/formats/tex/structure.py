"""structure: commands with a meaning of their own: headings, items, captions, code, citations, conditions."""

import re
from collections.abc import Callable

from thinkaug.formats.tex import commands, environments
from thinkaug.formats.tex.formulas import within_line
from thinkaug.formats.tex.page import MOST_COLUMNS
from thinkaug.formats.tex.prepare import CODE
from thinkaug.formats.tex.references import citation
from thinkaug.formats.tex.state import State

_BRANCHED = frozenset({"ifthenelse", "ifdef", "ifundef", "iftoggle", "ifbool", "ifdefempty", "ifpackageloaded"})
_CONDITION_ARGUMENTS = {"ifx": 2, "if": 2, "ifcat": 2, "ifdefined": 1}
_BRANCH = re.compile(r"\\(?:(?P<open>if(?!f(?![A-Za-z@]))[A-Za-z@]*)|(?P<fi>fi(?![A-Za-z@])))")
_FENCES = re.compile(r"`+")
_ESCAPE = re.compile(r"\\([%#&_~{}$])")


def heading(state: State, level: int) -> None:
    """A heading ends the paragraph, and all that cannot hold one."""
    state.close_confined()
    state.page.paragraph()
    state.tokens.skip_star()
    state.tokens.option()

    def close(text: str) -> None:
        state.headings.append(text)
        state.page.heading(level, text)

    state.capture(close)


def _run_in(state: State) -> None:
    state.close_confined()
    state.page.paragraph()
    state.tokens.skip_star()
    state.tokens.option()

    def close(text: str) -> None:
        state.page.exact(text)
        state.page.write(" " if text.endswith((".", ":", "?", "!")) or not text else ". ")

    state.capture(close)


def _set_title(state: State) -> None:
    state.tokens.option()

    def close(text: str) -> None:
        state.title = state.title or text

    state.capture(close)


def _make_title(state: State) -> None:
    if not state.has_title_page:
        state.page.heading(1, state.title)
    state.has_title_page = True


def _caption(state: State) -> None:
    state.tokens.skip_star()
    state.tokens.option()
    kind = state.floats[-1] if state.floats else "Figure"

    def close(text: str) -> None:
        table = state.any_table()
        if not text:
            return
        if table is not None:
            table.captions.append(f"{kind}: {text}")
        else:
            state.page.block(f"{kind}: {text}")

    state.capture(close)


def _caption_of(state: State) -> None:
    kind = state.tokens.argument()
    state.floats.append(commands.FLOATS.get(kind, kind.capitalize()))
    _caption(state)
    state.floats.pop()


def _item(state: State) -> None:
    label = state.tokens.option()
    if label is None:
        state.page.item(None)
    else:
        state.page.paragraph()
        state.capture_source(label, state.page.item)


def aside(state: State, text: str) -> None:
    """A footnote stands in the text, in parentheses."""
    if text:
        state.page.write(" (")
        state.page.exact(text)
        state.page.write(")")


def cite(state: State, name: str) -> None:
    """A citation goes, unless the sentence needs a noun there."""
    tokens, page = state.tokens, state.page
    tokens.skip_star()
    while tokens.option() is not None:
        pass
    if text := citation(name, tokens.argument(), page.before()):
        page.write(text)
    else:
        page.gap()


def _code(state: State) -> None:
    number = state.tokens.argument()
    if not number.isdecimal() or int(number[:9]) >= len(state.codes):
        return
    code = state.codes[int(number[:9])]
    longest = max((len(run) for run in _FENCES.findall(code.text)), default=0)
    if code.inline:
        fence = "`" * (longest + 1)
        state.page.exact(f"{fence}{code.text}{fence}" if longest == 0 else f"{fence} {code.text} {fence}")
        return
    fence = "`" * max(3, longest + 1)
    state.page.block(f"{fence}{code.language}\n{code.text}\n{fence}")


def _ensure_maths(state: State) -> None:
    formula = within_line(state.tokens.argument()).strip(" $")
    if formula:
        state.page.exact(f"${formula}$")


def _bracket(opener: str) -> Callable[[State], None]:
    def display(state: State) -> None:
        formula = state.formulas.display(opener)
        if formula is not None:
            state.page.display(formula)

    def inline(state: State) -> None:
        formula = state.formulas.inline(opener)
        if formula is not None:
            state.page.exact(formula)

    return display if opener == "\\[" else inline


def _line_end(state: State) -> None:
    state.tokens.skip_star()
    state.tokens.option()
    if not environments.end_row(state):
        state.page.end_line()


def _paragraph(state: State) -> None:
    state.close_titles()
    state.page.paragraph()


def _multicolumn(state: State) -> None:
    count = state.tokens.argument().strip()
    state.tokens.argument()
    table = state.table()
    if table is not None and count.isdecimal() and int(count[:9]) <= MOST_COLUMNS:
        table.spans = max(0, int(count) - 1)


def _url(state: State) -> None:
    state.page.exact(_ESCAPE.sub(r"\1", state.tokens.argument().strip()))


def _first_of_two(state: State) -> None:
    first = state.tokens.argument()
    state.tokens.argument()
    state.tokens.push(first)


def _raised(sign: str) -> Callable[[State], None]:
    def raised(state: State) -> None:
        argument = state.tokens.argument()
        if not (sign == "^" and argument.isalpha()):  # 1st, 2nd
            state.page.write(sign)
        state.tokens.push(argument)

    return raised


def condition(state: State, name: str) -> None:
    """Of a condition the test is left out: what it decides is read as if it held."""
    tokens = state.tokens
    if name in _BRANCHED:
        tokens.argument()
        _first_of_two(state)
        return
    for _ in range(_CONDITION_ARGUMENTS.get(name, 0)):
        tokens.argument()


def _otherwise(state: State) -> None:
    r"""What stands after `\else` is left out."""
    if not state.conditions_close:
        return
    depth = 1
    for match in _BRANCH.finditer(state.tokens.text, state.tokens.at):
        depth += 1 if match["open"] else -1
        if not depth:
            state.tokens.at = match.end()
            return
    state.conditions_close = False  # the next one would look through the same text in vain


STRUCTURE: dict[str, Callable[[State], None]] = {
    "begin": environments.begin,
    "end": environments.end,
    CODE: _code,
    "[": _bracket("\\["),
    "(": _bracket("\\("),
    "\\": _line_end,
    "tabularnewline": _line_end,
    "newline": _line_end,
    "par": _paragraph,
    "bigskip": _paragraph,
    "medskip": _paragraph,
    "item": _item,
    "paragraph": _run_in,
    "subparagraph": _run_in,
    "title": _set_title,
    "maketitle": _make_title,
    "caption": _caption,
    "captionof": _caption_of,
    "ensuremath": _ensure_maths,
    "multicolumn": _multicolumn,
    "url": _url,
    "path": _url,
    "nolinkurl": _url,
    "texorpdfstring": _first_of_two,
    "textsuperscript": _raised("^"),
    "textsubscript": _raised("_"),
    "else": _otherwise,
}
"""Commands that no file's own definition replaces."""
