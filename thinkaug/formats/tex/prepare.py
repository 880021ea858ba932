"""prepare: LaTeX -> the same without comments, its code set aside. Linear, whatever stays unclosed."""

import re
from dataclasses import dataclass, field

CODE = "@set@aside"
"""The command that stands where code was: its argument is the number of the piece."""

_ASIDE = {"verbatim", "Verbatim", "BVerbatim", "lstlisting", "minted", "alltt", "code"}
_DROPPED = {"comment", "filecontents"}
_ENVIRONMENTS = "|".join(sorted(_ASIDE | _DROPPED))
_FOUND = re.compile(
    rf"\\begin[ \t]*\{{(?P<environment>(?:{_ENVIRONMENTS})\*?)\}}"
    r"|\\(?P<inline>verb\*?|lstinline|mintinline)(?![A-Za-z@])|(?P<off>\\iffalse(?![A-Za-z@]))|\\.|(?P<comment>%)",
    re.DOTALL,
)
_COMMENT = re.compile(r"%[^\n]*(?:\n[ \t]*)?")
_COMMAND_BEFORE = re.compile(r"\\[A-Za-z@]+$")
_OPTIONS = re.compile(r"[ \t]*\[([^\]\n]{0,500})\]")
_BRACED = re.compile(r"[ \t]*\{([^{}\n]{0,2000})\}")
_DELIMITED = re.compile(r"([^\sA-Za-z{*])([^\n]{0,2000}?)\1")
_CONDITION = re.compile(r"\\(?:(?P<open>if(?!f(?![A-Za-z@])|thenelse)[A-Za-z@]*)|(?P<close>fi(?![A-Za-z@])))")
_LANGUAGE = re.compile(r"language\s*=\s*\{?(?:\[[^\]]*\])?\s*([\w+#-]+)")


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code, as it was written. `inline`: it stands within a line."""

    text: str
    language: str = ""
    inline: bool = False


@dataclass
class Prepared:
    """LaTeX without comments; where code stood, `\\@set@aside{n}` stands for `codes[n]`."""

    text: str = ""
    codes: list[Code] = field(default_factory=list)


def prepare(text: str) -> Prepared:
    """Take out comments and what stands under `\\iffalse`, and set code aside. Line ends become `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    result = Prepared()
    pieces: list[str] = []
    at = 0
    conditions_close = True
    while match := _FOUND.search(text, at):
        pieces.append(text[at : match.start()])
        if match["comment"]:
            at, left = _after_comment(text, match.start())
        elif match["environment"]:
            at, left = _environment(text, match, result.codes)
        elif match["inline"]:
            at, left = _inline(text, match, result.codes)
        elif match["off"] and conditions_close:
            end = _condition_end(text, match.end())
            conditions_close = end >= 0  # the next one would look through the same text in vain
            at, left = (end, "") if end >= 0 else (match.end(), "")
        else:
            at, left = match.end(), match[0]
        pieces.append(left)
    result.text = "".join([*pieces, text[at:]])
    return result


def _after_comment(text: str, start: int) -> tuple[int, str]:
    """A comment takes the line end and the indent after it with it, but a blank line after it stays one."""
    match = _COMMENT.match(text, start)
    assert match is not None
    if text.startswith("\n", match.end()):
        return match.end(), "\n"
    return match.end(), " " if _COMMAND_BEFORE.search(text[max(0, start - 60) : start]) else ""


def _environment(text: str, match: "re.Match[str]", codes: list[Code]) -> tuple[int, str]:
    name = match["environment"]
    closer = f"\\end{{{name}}}"
    end = text.find(closer, match.end())
    if end < 0:  # to the end: so the rest is not looked through again
        end = len(text)
    if name.rstrip("*") in _DROPPED:
        return end + len(closer), ""
    at, language = match.end(), ""
    if options := _OPTIONS.match(text, at):
        found = _LANGUAGE.search(options[1])
        at, language = options.end(), found[1] if found else ""
    if name.rstrip("*") == "minted" and (argument := _BRACED.match(text, at)):
        at, language = argument.end(), argument[1].strip()
    codes.append(Code(text[at:end].strip("\n"), language.lower()))
    return end + len(closer), f"\\{CODE}{{{len(codes) - 1}}}"


def _inline(text: str, match: "re.Match[str]", codes: list[Code]) -> tuple[int, str]:
    at = match.end()
    if not match["inline"].startswith("verb"):
        if options := _OPTIONS.match(text, at):
            at = options.end()
        if match["inline"] == "mintinline" and (language := _BRACED.match(text, at)):
            at = language.end()
        if braced := _BRACED.match(text, at):
            codes.append(Code(braced[1], inline=True))
            return braced.end(), f"\\{CODE}{{{len(codes) - 1}}}"
    if found := _DELIMITED.match(text, at):
        codes.append(Code(found[2], inline=True))
        return found.end(), f"\\{CODE}{{{len(codes) - 1}}}"
    return at, ""


def _condition_end(text: str, at: int) -> int:
    """Where the text after `\\fi` (or `\\else`, which is left standing) begins; -1 where there is none."""
    depth = 1
    for match in _CONDITION.finditer(text, at):
        depth += 1 if match["open"] else -1
        if not depth:
            return match.end()
    return -1
