"""unknown: a command that no table and no definition knows: left out, kept as a formula, or its text goes on."""

import re

from thinkaug.formats.tex import commands
from thinkaug.formats.tex.formulas import within_line
from thinkaug.formats.tex.state import State
from thinkaug.formats.tex.symbols import SIGNS, is_accent

_NO_TEXT = re.compile(
    r"[A-Za-z]*(?:index|label|bibliograph|glossar)[A-Za-z]*|[A-Za-z]*@[A-Za-z@]*"
    r"|[A-Za-z]*(?:clear|new)[a-z]*page|[A-Za-z]*skip|[A-Za-z]*(?:WallPaper|geometry|setup|penalty)|set[a-z]+|[a-z]*format"
)
_NAMED_SECTION = re.compile(r"((?:sub)*section|chapter)([A-Z][a-z]+)")
_NAME = re.compile(r"[A-Z][a-z]{2,}")
_PROSE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
_FORMULA_COMMAND = re.compile(r"[A-Za-z]*(?:equation|displaymath|eqn)s?")
_FORMULA = re.compile(r"[\^_=]|^\s*[A-Za-z0-9]\s*$")
_COMMAND = re.compile(r"\s*\\([A-Za-z]+)")
_BLANK_AFTER = re.compile(r"[ \t]*(?:\n|$)")
_DEFINES = re.compile(r"#[1-9]|\\[A-Za-z]*@")
_MOST_ARGUMENTS = 6


def unknown(state: State, name: str) -> None:
    """Nothing is known but how it stands in the text.

    Alone on its line it is about the layout. Without text of its own it is a sign, kept as a formula (`$\\nat$`), or
    a name (`Coq`). With arguments that read as a formula it is one; with others it says how their text looks.
    """
    tokens, page = state.tokens, state.page
    start = tokens.at - len(name) - 1
    tokens.skip_star()
    if section := _NAMED_SECTION.fullmatch(name):
        state.close_confined()
        page.heading(commands.SECTIONS.get(section[1], 4), section[2])
        return
    place = tokens.at
    arguments = _arguments(state)
    source = f"\\{name}{tokens.text[place : tokens.at]}"
    if _NO_TEXT.fullmatch(name) or _DEFINES.search(source):
        page.gap()
    elif not arguments:
        _sign(state, name, start)
    elif "$" not in source and _FORMULA_COMMAND.fullmatch(name):
        page.display(f"\\[{source}\\]")
    elif "$" not in source and any(_is_formula(state, argument) for argument in arguments):
        page.exact(f"${within_line(source)}$")
    else:
        tokens.push(" ".join(f"{{{argument}}}" for argument in arguments))


def _arguments(state: State) -> list[str]:
    """The groups that follow at once, those with nothing in them apart."""
    tokens = state.tokens
    if tokens.text.startswith("[", tokens.at):
        tokens.option()
    found: list[str] = []
    while len(found) < _MOST_ARGUMENTS and tokens.text.startswith("{", tokens.at) and tokens.closing(tokens.at) >= 0:
        found.append(tokens.argument())
    return [argument for argument in found if argument.strip()]


def _sign(state: State, name: str, start: int) -> None:
    tokens = state.tokens
    before = tokens.text[max(0, start - 80) : max(0, start)].rpartition("\n")
    opens_line = not before[2].strip() and (before[1] or start <= 0)
    if not tokens.input_number and opens_line and _BLANK_AFTER.match(tokens.text, tokens.at):
        state.page.gap()
    elif _NAME.fullmatch(name):
        state.page.write(name)
    else:
        state.page.exact(f"$\\{name}$")


def _is_formula(state: State, argument: str) -> bool:
    if _FORMULA.search(argument):
        return True
    if _PROSE.search(argument):
        return False
    command = _COMMAND.match(argument)
    if command is None:
        return False
    name = command[1]
    return not (
        name in commands.SKIPS or name in SIGNS or is_accent(name) or name in state.definitions.macros or "ref" in name
    )
