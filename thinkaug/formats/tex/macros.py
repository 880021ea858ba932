"""macros: the definitions of a file, and what a use of one stands for. Those that compute are left alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from thinkaug.formats.tex.commands import THEOREMS
from thinkaug.formats.tex.tokens import Tokens

COMMANDS = frozenset(
    {
        "newcommand",
        "renewcommand",
        "providecommand",
        "DeclareRobustCommand",
        "NewDocumentCommand",
        "RenewDocumentCommand",
        "ProvideDocumentCommand",
        "DeclareDocumentCommand",
    }
)
_DEFS = frozenset({"def", "gdef", "edef", "xdef", "long", "global", "outer"})
_ENVIRONMENTS = frozenset({"newenvironment", "renewenvironment", "NewDocumentEnvironment"})
_THEOREMS = frozenset({"newtheorem", "declaretheorem", "newmdtheoremenv", "spnewtheorem"})
_OPERATORS = frozenset({"DeclareMathOperator", "DeclarePairedDelimiter", "DeclareMathSymbol"})
DEFINERS = COMMANDS | _DEFS | _ENVIRONMENTS | _THEOREMS | _OPERATORS | {"let", "futurelet"}

_DEFINER = re.compile(rf"\\({'|'.join(sorted(DEFINERS, key=len, reverse=True))})(?![A-Za-z@])")
_NAME = re.compile(r"\s*(?:\{\s*)?\\([A-Za-z@]+|[^\s])\*?\s*\}?")
_LET = re.compile(r"\s*=?\s*(\\(?:[A-Za-z@]+|.)|.)", re.DOTALL)
_PARAMETERS = re.compile(r"[^{}\n]{0,200}?(?=\{)")
_COMPUTES = re.compile(
    r"\\(?:[A-Za-z]*@[A-Za-z@]*|csname|expandafter|if(?!f(?![A-Za-z]))[A-Za-z]*|[gex]?def|let|newcommand|renewcommand"
    r"|setcounter|addtocounter|mathchoice|begingroup|catcode|futurelet)(?![A-Za-z])"
)
_SLOT = re.compile(r"#([1-9])")
_SPECIFICATION = re.compile(r"[moO](?:\{[^{}]*\})?")
_ENDS = r"\\(?:begin|end)\s*\{[A-Za-z]{1,40}\*?\}"
_ALIAS = re.compile(rf"\s*{_ENDS}(?:\s*{_ENDS}(?:\{{[a-z]{{1,9}}\}})?)?\s*")
_BEGINS = re.compile(r"\\begin\s*\{([A-Za-z]+\*?)\}")


@dataclass(frozen=True, slots=True)
class Macro:
    """What a command stands for. `default`: that of its first argument, where that one is optional."""

    body: str
    arguments: int = 0
    default: str | None = None

    def filled(self, tokens: Tokens) -> str:
        """The body with the arguments that come next."""
        given: list[str] = []
        if self.default is not None:
            option = tokens.option()
            given.append(self.default if option is None else option)
        while len(given) < self.arguments:
            given.append(tokens.argument())
        return _SLOT.sub(lambda slot: given[int(slot[1]) - 1] if int(slot[1]) <= len(given) else "", self.body)


@dataclass
class Definitions:
    """What a file defines: macros, theorems by the name they print, environments by what they begin, labels by kind."""

    macros: dict[str, Macro] = field(default_factory=dict)
    theorems: dict[str, str] = field(default_factory=dict)
    environments: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, definer: str, tokens: Tokens) -> None:
        """Read the definition that follows the command `definer`."""
        tokens.skip_star()
        if definer in COMMANDS:
            self._command(tokens, documented="Document" in definer)
        elif definer in _DEFS:
            self._def(tokens)
        elif definer in _ENVIRONMENTS:
            self._environment(tokens)
        elif definer in _THEOREMS:
            self._theorem(tokens, declared=definer == "declaretheorem")
        elif definer in _OPERATORS:
            name, printed = tokens.argument(), tokens.argument()
            if definer == "DeclareMathOperator":
                self._keep(name.strip("\\ "), Macro(f"\\ensuremath{{\\operatorname{{{printed}}}}}"))
            elif definer == "DeclareMathSymbol":
                tokens.argument(), tokens.argument()
        elif (name_match := _NAME.match(tokens.text, tokens.at)) and (
            value := _LET.match(tokens.text, name_match.end())
        ):
            tokens.at = value.end()
            self._keep(name_match[1], Macro(value[1]))

    def _keep(self, name: str, macro: Macro) -> None:
        self.macros.pop(name, None)
        if not _COMPUTES.search(macro.body):
            self.macros[name] = macro

    def _command(self, tokens: Tokens, documented: bool) -> None:
        match = _NAME.match(tokens.text, tokens.at)
        if match is None:
            return
        tokens.at = match.end()
        count, default = 0, None
        if documented:
            slots = _SPECIFICATION.findall(tokens.argument().replace(" ", ""))
            count, default = len(slots), slots[0][2:-1] if slots and slots[0][0] in "oO" else None
        elif (number := tokens.option()) is not None:
            count = int(number) if number.strip().isdecimal() and len(number) < 3 else 0
            default = tokens.option()
        self._keep(match[1], Macro(tokens.argument(), count, default))

    def _def(self, tokens: Tokens) -> None:
        match = _NAME.match(tokens.text, tokens.at)
        if match is None or match[1] in DEFINERS:  # `\long\def`: the next command is the definer
            return
        tokens.at = match.end()
        parameters = _PARAMETERS.match(tokens.text, tokens.at)
        if parameters is None:
            return
        tokens.at = parameters.end()
        body = tokens.argument()
        slots = _SLOT.findall(parameters[0])
        if _SLOT.sub("", parameters[0]).strip() or "##" in body:  # delimited by text, or defines in its turn
            self.macros.pop(match[1], None)
        else:
            self._keep(match[1], Macro(body, len(slots)))

    def _environment(self, tokens: Tokens) -> None:
        name = tokens.argument().strip()
        tokens.option(), tokens.option()
        begins = _BEGINS.findall(tokens.argument())
        tokens.argument()
        if begins and begins[0] != name:
            self.environments[name] = begins[0]

    def _theorem(self, tokens: Tokens, declared: bool) -> None:
        tokens.option()
        name = tokens.argument().strip()
        options = tokens.option()
        if declared:
            options = options or tokens.option() or ""
            printed = re.search(r"(?:name|title)\s*=\s*\{?([^,{}]*)", options)
            self.theorems[name] = printed[1].strip() if printed else name.capitalize()
            return
        printed_name = tokens.argument()
        tokens.option()
        if "#" not in name + printed_name and len(printed_name) < 100:
            self.theorems[name] = printed_name


def find_definitions(text: str) -> Definitions:
    """All that a prepared source defines, wherever it stands."""
    found = Definitions()
    tokens = Tokens(text)
    while match := _DEFINER.search(text, tokens.at):
        tokens.at = match.end()
        found.add(match[1], tokens)
    _add_theorem_makers(text, found)
    for match in _LABELLED.finditer(text):
        kind = found.theorems.get(match["name"]) or THEOREMS.get(match["name"].rstrip("*"))
        if kind:
            found.labels[match["label"].strip()] = kind
    return found


_LABELLED = re.compile(
    r"\\begin\s*\{(?P<name>[A-Za-z]{1,40}\*?)\}\s*(?:\[[^\[\]\n]{0,300}\]\s*)?\\label\s*\{(?P<label>[^{}\n]{1,200})\}"
)
_DEFINED = re.compile(r"\\(?:def|newcommand\*?\{?)\\([A-Za-z]+)")
_MAKER = re.compile(r"\\newtheorem\s*\*?\s*\{\s*#1\s*\}\s*(?:\[[^\]]*\])?\s*\{\s*#2\s*\}")


def _add_theorem_makers(text: str, found: Definitions) -> None:
    """A macro of the file's own that declares theorems: `\\def\\defthm#1#2{\\newtheorem{#1}{#2}}`."""
    if not _MAKER.search(text):
        return
    defined = set(_DEFINED.findall(text))
    maker = re.compile(r"\\(?!newtheorem)([A-Za-z]+)\{([A-Za-z]+)\}\s*\{([A-Z][A-Za-z ]{2,40})\}")
    for match in maker.finditer(text):
        if match[1] in defined:
            found.theorems.setdefault(match[2], match[3])


def without_aliases(text: str, macros: Mapping[str, Macro]) -> str:
    r"""The text with macros that only begin or end an environment (`\be`) written out, so that formulas close."""
    aliases = {
        name: macro.body for name, macro in macros.items() if not macro.arguments and _ALIAS.fullmatch(macro.body)
    }
    if not aliases:
        return text
    names = "|".join(map(re.escape, sorted(aliases, key=len, reverse=True)))
    used = re.compile(rf"(?<!\\)\\({names})(?![A-Za-z@])[ \t]?")
    definition = re.compile(r"\\(?:newcommand|renewcommand|providecommand|def|let)\*?\s*\{?\s*$")

    def written_out(match: "re.Match[str]") -> str:
        defined_here = definition.search(text, max(0, match.start() - 40), match.start())
        return match[0] if defined_here else aliases[match[1]].strip()

    return used.sub(written_out, text)
