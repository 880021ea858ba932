"""How names stand in a sentence: articles, plurals, capitals, lists, agreement. Knows no facts and no frames.

A frame is a format string. `{x}` is the subject, one name or a list; `{is}`, `{has}`, `{it}` ... agree with it. A
capital letter (`{X}`, `{D}`) puts the name at the start of a sentence. `{k}` is a class, `{ks}` its plural, `{one_k}`
one of it, `{a_k}` what the subject is (`a skin disease`, `skin diseases`), `{field}` what medicines are for.
"""

from collections.abc import Sequence

_AGREEMENT = {
    "is": "are",
    "Is": "Are",
    "has": "have",
    "does": "do",
    "Does": "Do",
    "was": "were",
    "it": "they",
    "It": "They",
    "its": "their",
    "Its": "Their",
    "entry": "entries",
    "name": "names",
    "belongs": "belong",
    "comes": "come",
    "counts": "count",
    "falls": "fall",
    "finds": "find",
    "goes": "go",
    "stands": "stand",
    "takes": "take",
    "appears": "appear",
    "treats": "treat",
    "changes": "change",
    "eases": "ease",
    "acts": "act",
    "relieves": "relieve",
    "alters": "alter",
    "serves": "serve",
    "sits": "sit",
    "fits": "fit",
    "needs": "need",
    "keeps": "keep",
    "lies": "lie",
    "carries": "carry",
    "works": "work",
    "follows": "follow",
    "a medicine": "medicines",
    "a drug": "drugs",
}
# Names that are counted, not measured: one has a neoplasm, but gout.
_COUNTED = ("neoplasm",)
_MASS_FIELDS = ("cancer",)


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def article(noun: str) -> str:
    """`a` or `an`, by sound: a urinary disease, an ulcer."""
    return "an" if noun[0] in "aeio" or (noun[0] == "u" and not noun.startswith(("uri", "ute", "uni"))) else "a"


def plural(group: str) -> str:
    """The plural of a class: the head noun takes the s."""
    head, of, rest = group.partition(" of ")
    return f"{head}s{of}{rest}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def standing(name: str) -> str:
    """A name as a noun phrase, with an article where it is a thing that is counted."""
    return f"{article(name)} {name}" if name.endswith(_COUNTED) else name


def fill(frame: str, x: Sequence[str], *, d: str = "", k: str = "", q: str = "", n: str = "") -> str:
    """The frame as a sentence about the subjects `x`, a disease `d`, a class `k`, a parent `q`, a neighbour `n`."""
    several = len(x) > 1
    subject, disease = listed([standing(name) for name in x]), standing(d)
    slots = {one: many if several else one for one, many in _AGREEMENT.items()}
    slots |= {"them": "them" if several else "it"}
    slots |= {"x": subject, "X": capital(subject), "d": disease, "D": capital(disease)}
    slots |= {"q": q, "Q": capital(q), "n": standing(n), "N": capital(standing(n))}
    if k:
        slots |= {"k": k, "ks": plural(k), "Ks": capital(plural(k)), "field": k if k in _MASS_FIELDS else plural(k)}
        slots |= {"one_k": f"{article(k)} {k}", "a_k": plural(k) if several else f"{article(k)} {k}"}
    return frame.format_map(slots)
