"""formulas: where a formula of LaTeX ends, and what in it is no part of it. Knows nothing of the text around it."""

import re
from functools import lru_cache

from thinkaug.formats.tex.tokens import Tokens

_PARAGRAPH_END = (
    r"\n[ \t]*\n|\\item(?![A-Za-z])|\\(?:sub)*section(?![A-Za-z])|\\(?:chapter|paragraph)(?![A-Za-z])|\\\["
    r"|\\(?:begin|end)\{(?:equation|align|gather|multline|eqnarray|displaymath|itemize|enumerate|description|proof|document"
    r"|theorem|lemma|proposition|corollary|definition|remark|example|figure|table|tabular)\*?\}"
)
_INLINE_END = re.compile(
    rf"(?P<stop>{_PARAGRAPH_END})|(?P<text>\\(?:text[a-z]*|[mhf]box|intertext)\s*(?=\{{))|\\(?P<closed>\))|\\(?P<opened>\()|\\.|(?P<dollar>\$)",
    re.DOTALL,
)
_BRACKET_END = re.compile(
    r"(?P<close>\\\])|(?P<stop>\\\[|\\(?:sub)*section(?![A-Za-z])|\\chapter(?![A-Za-z]))|\\.", re.DOTALL
)
_DOLLARS_END = re.compile(r"(?P<close>\$\$)|(?P<stop>\\(?:sub)*section(?![A-Za-z])|\\begin\{equation)|\\.", re.DOTALL)
_LEFT_OUT = re.compile(r"\s*\\(?:[A-Za-z]*(?:label|index)(?:def|see|foot)?)\s*(?=\{)")
_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")


@lru_cache(maxsize=256)
def _environment_end(name: str) -> "re.Pattern[str]":
    plain = re.escape(name)
    return re.compile(rf"(?P<close>\\end\s*\{{{plain}\}})|(?P<stop>\\begin\s*\{{{plain}\}})|\\.", re.DOTALL)


class Formulas:
    """Finds where formulas end in what `tokens` reads. What does not close is not looked for twice."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._hopeless: dict[tuple[int, str], int] = {}

    def inline(self, opener: str) -> str | None:
        r"""The formula that `$` or `\(` opened, delimiters and all; None, and nothing read, if it does not close."""
        tokens, closer = self._tokens, "dollar" if opener == "$" else "closed"
        text, at = tokens.text, tokens.at
        while match := _INLINE_END.search(text, at):
            at = match.end()
            if match["stop"] or (match["opened"] and opener != "$"):
                return None
            if match["text"] and (end := tokens.closing(at)) >= 0:
                at = end + 1
            elif match[closer]:
                body = text[tokens.at : match.start()]
                tokens.at = at
                return f"{opener}{within_line(body)}{'$' if opener == '$' else closing(opener)}"
        return None

    def display(self, opener: str) -> str | None:
        r"""The formula that `\[` or `$$` opened, delimiters and all; None where it does not close."""
        return self._until(_BRACKET_END if opener == "\\[" else _DOLLARS_END, opener, closing(opener))

    def environment(self, name: str) -> str:
        """The formula in an environment that has begun, with its beginning and end; unclosed: up to a blank line."""
        begins = f"\\begin{{{name}}}"
        found = self._until(_environment_end(name), begins, f"\\end{{{name}}}")
        return found if found is not None else self._rest_of_paragraph(begins)

    def skip(self, name: str) -> None:
        """Go over an environment that has begun; unclosed: up to a blank line."""
        if self._until(_environment_end(name), f"\\begin{{{name}}}", "") is None:
            self._rest_of_paragraph("")

    def _until(self, end: "re.Pattern[str]", opener: str, closer: str) -> str | None:
        tokens = self._tokens
        key = (tokens.input_number, opener)
        if tokens.at < self._hopeless.get(key, -1):
            return None
        for match in end.finditer(tokens.text, tokens.at):
            if match["close"]:
                body = tokens.text[tokens.at : match.start()]
                tokens.at = match.end()
                return f"{opener}{on_lines(body)}{closer}"
            if match["stop"]:
                self._hopeless[key] = match.start()
                return None
        self._hopeless[key] = len(tokens.text)
        return None

    def _rest_of_paragraph(self, opener: str) -> str:
        tokens = self._tokens
        end = tokens.text.find("\n\n", tokens.at)
        end = len(tokens.text) if end < 0 else end
        body = tokens.text[tokens.at : end]
        tokens.at = end
        return f"{opener}{on_lines(body)}".rstrip()


def closing(opener: str) -> str:
    r"""What closes `\[`, `\(`, `$$`."""
    return {"\\[": "\\]", "\\(": "\\)"}.get(opener, opener)


def on_lines(body: str) -> str:
    """A formula on lines of its own, without labels and blank lines."""
    return _BLANK_LINES.sub("\n", _without_marks(body))


def within_line(body: str) -> str:
    """A formula within a line, without labels."""
    return _LINE_END.sub(" ", _without_marks(body))


def _without_marks(body: str) -> str:
    """The formula without what prints nothing: labels and entries of the index."""
    if "label" not in body and "index" not in body:
        return body
    marks = Tokens(body)
    pieces, at = [], 0
    while match := _LEFT_OUT.search(body, at):
        pieces.append(body[at : match.start()])
        marks.at = match.end()
        while body.startswith("{", marks.at):
            marks.argument()
        at = marks.at
    return "".join([*pieces, body[at:]])
