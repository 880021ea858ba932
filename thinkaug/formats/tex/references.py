"""references: the keys of `\\ref`, `\\cref` and `\\cite` -> what stands for them in the text. Knows no numbers."""

import re
from collections.abc import Mapping

from thinkaug.formats.tex.commands import CITES_AS_NOUN, KINDS

_NAMED = frozenset({"cref", "autoref", "fullref", "namecref", "thref", "zcref"})
_NEEDS_NOUN = re.compile(
    r"(?:^|[\s(\[“])(?:in|see|of|by|from|to|and|or|with|cf\.?|via|following|than|at|also|for|on|per|as|is|are|both|e\.g\.,?"
    r"|i\.e\.,?|like|after|under|within|using|extends?|follows?|generali[sz]es?|compare|consult|the|through)\s*$|\[[^\]]*\],?\s*$",
    re.IGNORECASE,
)


def reference(command: str, keys: str, known: Mapping[str, str]) -> str:
    """`cref` and `sec:sets,sec:props` -> `Sections [sets] and [props]`; `eqref` and `eq:J` -> `(J)`.

    Args:
        command: which kind of reference.
        keys: labels, with commas between them.
        known: label -> the kind of thing that has it; of others the label's prefix says it.
    """
    labels = [key.strip() for key in keys.split(",") if key.strip()]
    if not labels:
        return ""
    names = [f"[{label.rpartition(':')[2]}]" for label in labels]
    if command == "eqref":
        return f"({_listed([name[1:-1] for name in names])})"
    kinds = [known.get(label) or KINDS.get(label.split(":")[0].lower(), "") for label in labels]
    if command.lower().rstrip("s") not in _NAMED or not any(kinds):
        return _listed(names)
    if len(names) > 1 and len(set(kinds)) == 1:
        return f"{_plural(kinds[0])} {_listed(names)}"
    return _listed([f"{kind} {name}".strip() for kind, name in zip(kinds, names, strict=True)])


def citation(command: str, keys: str, before: str) -> str:
    """What stands for a citation after `before`: nothing, but where the sentence needs a noun there: `[Euclid]`."""
    if command.startswith(CITES_AS_NOUN) or _NEEDS_NOUN.search(before):
        return f"[{', '.join(key.strip() for key in keys.split(','))}]"
    return ""


def _plural(kind: str) -> str:
    if kind == "Appendix":
        return "Appendices"
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
