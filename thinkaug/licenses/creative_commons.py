"""creative_commons: the licences of Creative Commons by name and address. Knows no other licences.

A mention is `creative commons` or `cc` and the terms and version that follow it, with nothing but hyphens, brackets and
a few words (`license`, `international`) between. Two mentions are two, so that `CC BY and CC BY-NC` is not read as one.
"""

import re
from collections.abc import Iterable

from thinkaug.licenses.identifiers import UNREAD, identifier

_BETWEEN = r"[\s\-_/,:()\[\]\u2010-\u2015]"
# `by` is a word of English too: it counts where a term, a version, the licence or nothing comes after it.
_TERMS = {
    "BY": rf"attribution|by(?={_BETWEEN}*(?:n[cd]\b|sa\b|non|no[\s-]*deriv|share|v?\d|lic|internat|unport|$)|[.;)\]])",
    "NC": r"nc|non[\s-]*commercial",
    "ND": r"nd|no[\s-]*deriv(?:ative|ate)?s?(?:[\s-]*works?)?",
    "SA": r"sa|share[\s-]*alike",
}
_TERM = re.compile("|".join(rf"(?P<{name}>(?<![a-z])(?:{pattern})(?![a-z]))" for name, pattern in _TERMS.items()))
_FILLING = r"licen[cs]es?|international|unported|generic|public|universal|version|ver\.?|v"
_PIECE = rf"(?:(?:{'|'.join(_TERMS.values())}|{_FILLING})(?![a-z])|(?:v\.?\s?)?\d(?:\.\d)?(?![\d.]*\d))"
_MENTION = re.compile(
    rf"(?:creative[\s_-]*commons|(?<![a-z0-9])cc(?=[^a-z0-9]|by)|^(?=attribution{_BETWEEN}))"
    rf"((?:{_BETWEEN}*{_PIECE})*)(?:{_BETWEEN}+(igo|us)\b)?"
)
_VERSION = re.compile(r"\d(?:\.\d)?")
_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licen[cs]es|publicdomain)/([a-z+-]+)(?:/(\d(?:\.\d)?)(?:/(igo|[a-z]{2})(?![a-z]))?)?"
)
_FREED = {"zero": "CC0-1.0", "mark": "CC-PDM-1.0", "publicdomain": "CC-PDDC"}
_LETTERS = {"by": "BY", "nc": "NC", "nd": "ND", "sa": "SA"}


def creative_commons(words: str) -> set[str]:
    """The ids of all licences of Creative Commons that the words, in lower case, name; `UNREAD` for one unknown."""
    found = set[str]()
    for kind, version, country in _ADDRESS.findall(words):
        terms = {_LETTERS.get(letters, "") for letters in kind.split("-")}
        found.add(_FREED.get(kind) or _id(terms, [version] if version else [], country))
    for rest, country in _MENTION.findall(_ADDRESS.sub(" ", words)):
        terms = {mention.lastgroup or "" for mention in _TERM.finditer(rest)}
        if terms:
            found.add(_id(terms, _VERSION.findall(rest), country))
    return found


def _id(terms: set[str], versions: Iterable[str], country: str) -> str:
    if "BY" not in terms or {"ND", "SA"} <= terms or "" in terms:
        return UNREAD
    name = "-".join(("CC", *(term for term in _TERMS if term in terms)))
    numbers = {version if "." in version else f"{version}.0" for version in versions}
    if not numbers:
        return name
    versioned = f"{name}-{'-'.join(sorted(numbers))}".lower()  # two versions at once make no id
    return (country and identifier(f"{versioned}-{country}")) or identifier(versioned) or UNREAD
