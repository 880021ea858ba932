"""dispatch: one command of LaTeX: by its meaning, the file's own definition, the tables, or how it stands there."""

import re

from thinkaug.formats.tex import commands, structure
from thinkaug.formats.tex.macros import DEFINERS
from thinkaug.formats.tex.references import reference
from thinkaug.formats.tex.state import State
from thinkaug.formats.tex.symbols import KEEPS_SPACE, SIGNS, SPACES, accented, is_accent
from thinkaug.formats.tex.unknown import unknown

_CITE = re.compile(r"[A-Za-z]*cite[A-Za-z]*", re.IGNORECASE)
_REF = re.compile(r"[A-Za-z]*refs?")
_CONDITION = re.compile(r"(?:if(?!f$)[A-Za-z@]*|unless)")
_UNIT = r"(?:true)?(?:pt|em|ex|cm|mm|in|pc|bp|sp|mu)\b|\\[A-Za-z@]+"
_LENGTH = rf"\s*=?\s*-?(?:[\d.]+[ \t]*(?:{_UNIT})?|\\[A-Za-z]*(?:width|height|skip)\b)"
_LENGTHS = re.compile(rf"{_LENGTH}(?:\s*(?:plus|minus){_LENGTH})*")
_BOXES = frozenset({"hbox", "vbox"})
_MOVES = frozenset({"kern", "vskip"})
_BOX_SIZE = re.compile(rf"\s*(?:to|spread){_LENGTH}")


def command(state: State, name: str) -> None:
    """Read the command of that name, and what belongs to it, onto the page."""
    tokens, page = state.tokens, state.page
    if name in structure.STRUCTURE:
        structure.STRUCTURE[name](state)
    elif name in commands.SECTIONS:
        structure.heading(state, commands.SECTIONS[name])
    elif name in state.definitions.macros and not tokens.is_active(name):
        macro = state.definitions.macros[name]
        tokens.push(macro.filled(tokens), name)
    elif name in SIGNS:
        page.write(SIGNS[name])
        if name.isalpha() and name not in KEEPS_SPACE:
            tokens.skip_space()
    elif is_accent(name):
        page.write(accented(name, tokens.argument()))
    elif name in SPACES:
        page.write(SPACES[name])
    elif name in commands.SKIPS:
        _skip(state, name, commands.SKIPS[name])
    elif name in DEFINERS:
        state.definitions.add(name, tokens)
        page.gap()
    elif name in commands.ASIDE:
        tokens.option()
        state.capture(lambda text: structure.aside(state, text), title=False)
    elif _CITE.fullmatch(name):
        structure.cite(state, name)
    elif _REF.fullmatch(name):
        tokens.skip_star()
        page.write(reference(name, tokens.argument(), state.definitions.labels))
    elif _CONDITION.fullmatch(name):
        structure.condition(state, name)
    elif not tokens.is_active(name):
        unknown(state, name)


def _skip(state: State, name: str, arguments: str) -> None:
    tokens = state.tokens
    sizes = _BOX_SIZE if name in _BOXES else _LENGTHS if name in _MOVES else None
    if sizes is not None:
        if size := sizes.match(tokens.text, tokens.at):
            tokens.at = size.end()
            state.page.gap()
        return
    tokens.skip_star()
    while tokens.option() is not None:
        pass
    for _ in range(arguments.count("m")):
        tokens.argument()
        while tokens.text.startswith("[", tokens.at) and tokens.option() is not None:
            pass
    if arguments:
        state.page.gap()
    else:
        tokens.skip_space()
