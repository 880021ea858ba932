"""reader: LaTeX -> text as a person would read it. Reads no other file, and takes time in proportion to the text."""

import re
from dataclasses import dataclass

from thinkaug.formats.tex import environments
from thinkaug.formats.tex.dispatch import command
from thinkaug.formats.tex.macros import Definitions, find_definitions, without_aliases
from thinkaug.formats.tex.prepare import prepare
from thinkaug.formats.tex.state import Frame, State
from thinkaug.formats.tex.symbols import SPECIALS
from thinkaug.formats.tex.tokens import Tokens

_DOCUMENT = re.compile(r"\\begin\s*\{document\}")
_DOCUMENT_END = re.compile(r"\\end\s*\{document\}")
_TITLE = re.compile(r"\\title(?![A-Za-z])\s*(?:\[[^\]]*\]\s*)?(?=\{)")
_SIGN = re.compile(r"\$\\[A-Za-z]+\$")
_WORD = re.compile(r"\S")
_SHORT_CHARS = 200  # too little to tell
_LEAST_TEXT = 0.2  # of a file that is no document: below it, what is left of a file of macros


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source says; nothing, where it only defines macros."""

    title: str
    text: str


def read(source: str, document_only: bool = True) -> Reading:
    r"""Title and text of a LaTeX source.

    Args:
        source: of any length; what is broken in it is read as well as can be.
        document_only: leave out what stands before `\begin{document}` and after its end, where there is one.

    Raises:
        Unreadable: its macros stand for more than anybody could have meant.
    """
    prepared = prepare(source)
    definitions = find_definitions(prepared.text)
    text = without_aliases(prepared.text, definitions.macros)
    begins = _DOCUMENT.search(text)
    title = _title(text[: begins.start()], definitions) if begins else ""
    if begins and document_only:
        ends = _DOCUMENT_END.search(text, begins.end())
        text = text[begins.end() : ends.start() if ends else len(text)]
    state = State(Tokens(text), definitions, prepared.codes, title)
    _read(state)
    found = state.page.text()
    has_text = len(text) < _SHORT_CHARS or len(found) >= _LEAST_TEXT * len(text)
    macros_only = not begins and not state.headings and not has_text
    if macros_only or not _WORD.search(_SIGN.sub("", found)):
        found = ""
    return Reading(state.title or next(iter(state.headings), ""), found)


def _title(preamble: str, definitions: Definitions) -> str:
    found = _TITLE.search(preamble)
    if found is None:
        return ""
    tokens = Tokens(preamble)
    tokens.at = found.end()
    inner = State(Tokens(tokens.argument()), definitions, [])
    inner.page.capture()
    _read(inner)
    return inner.page.captured()


def _read(state: State) -> None:
    tokens, page = state.tokens, state.page
    while token := tokens.next():
        if token.kind == "text":
            page.write(token.text)
        elif token.kind == "command":
            command(state, token.text)
        elif token.kind == "break":
            state.close_titles()
            page.paragraph()
        elif token.text == "{":
            state.open(Frame())
        elif token.text == "}":
            state.close_group()
        elif token.text in ("$", "$$"):
            _dollars(state, token.text)
        elif token.text == "&":
            if not environments.end_cell(state):
                page.write("&")
        else:
            page.write(SPECIALS[token.text])
    state.close_all()


def _dollars(state: State, opener: str) -> None:
    formula = state.formulas.display(opener) if opener == "$$" else state.formulas.inline(opener)
    if formula is None:
        state.page.write(opener)
    elif opener == "$$":
        state.page.display(formula)
    else:
        state.page.exact(formula)
