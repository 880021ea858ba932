"""licenses: the SPDX id of a licence as people write it. Knows nothing of documents, and no licence's terms.

Whatever names a licence in the words is read: ids, names, addresses. They must agree, or one must only say less than
another ("Creative Commons Attribution License (CC BY 4.0)"). Else the words have no id, and neither have words that
speak of a restriction (NonCommercial, NoDerivatives, ShareAlike) which the licence found does not have: a restriction
is never lost.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from thinkaug.errors import UserError
from thinkaug.licenses.creative_commons import creative_commons
from thinkaug.licenses.identifiers import identifier
from thinkaug.licenses.named import PUBLIC_DOMAIN, named

_MOST_CHARS = 20_000  # a statement is shorter; the full text of a licence names others
_MOST_CHOICE_CHARS = 120
_REMEMBERED = 4096  # wordings: a corpus has few
_CHOICE = re.compile(r"[\s-]+or[\s-]+|\s*\|\s*|(?<=[a-z0-9])\s*/\s*(?=[a-z])")
_VERSION = re.compile(r"-\d.*")
_FREED = frozenset(("CC0-1.0", "CC-PDM-1.0", "CC-PDDC", "PDDL-1.0", "Unlicense"))
# Articles under another licence often add that it does not hold for their data.
_OF_DATA = re.compile(r"public domain dedication.{0,120}? appl(?:y|ies) to the data\b")
_BOTH = re.compile(r"\b(?:non-?)?commercial(?:,| and| or|/)+ ?(?:non-?)?commercial\b")
_RESTRICTIONS = {
    "NC": re.compile(r"non[\s-]*commercial|\bnc\b|research (?:use |purposes )?only"),
    "ND": re.compile(r"\bno[\s-]*deriv|\bnd\b"),
    "SA": re.compile(r"\bshare[\s-]*alike|\bsa\b"),
}


def spdx(words: str) -> str:
    """The SPDX id, or expression, for a licence's id, name, address, or the sentence that grants it; else empty.

    Where no version is said the id has no number: `CC-BY`, `GPL`, `BSD`. SPDX has no such ids; they stand for
    themselves. The public domain, of which SPDX says nothing, is `LicenseRef-public-domain`. GNU licences have the ids
    that are current: `GPL-3.0` is `GPL-3.0-only`. A choice is an expression: `MIT OR Apache-2.0`.
    """
    return _spdx(" ".join(words.lower().replace("_", " ").split())) if len(words) <= _MOST_CHARS else ""


def permits(keep: Sequence[str]) -> Callable[[str], bool]:
    """A function from a licence, in any words, to whether it is one of those to keep.

    Licences are compared by their ids. An entry without a version keeps every version of the same terms: `CC-BY` keeps
    `CC-BY-4.0`, never `CC-BY-NC-4.0`. Of a choice one licence must be kept, of several that hold together all. An entry
    that has no id keeps licences in the very same words, but for case; the empty one, documents without a licence.

    Raises:
        UserError: an entry has a wildcard.
    """
    for entry in keep:
        if "*" in entry:
            raise UserError(f"keep_licenses: '{entry}': there are no wildcards; `CC-BY` keeps every version of CC BY")
    ids = frozenset(filter(None, map(spdx, keep)))
    literal = frozenset(_plain(entry) for entry in keep if not spdx(entry))

    def one(name: str) -> bool:
        return name in ids or _family(name) in ids

    def permitted(words: str) -> bool:
        found = spdx(words)
        if not found:
            return _plain(words) in literal
        if "(" in found or (" OR " in found and " AND " in found):
            return found in ids
        return found in ids or any(all(map(one, both.split(" AND "))) for both in found.split(" OR "))

    return permitted


def _plain(words: str) -> str:
    return " ".join(words.lower().split())


@lru_cache(maxsize=_REMEMBERED)
def _spdx(words: str) -> str:
    return identifier(words) or _choice(words) or _agreed(words)


def _choice(words: str) -> str:
    if len(words) > _MOST_CHOICE_CHARS or "://" in words:
        return ""
    pieces = [piece.strip(" ()") for piece in _CHOICE.split(words)]
    ids = list(dict.fromkeys(identifier(piece) or _agreed(piece) for piece in pieces))
    return " OR ".join(ids) if len(pieces) > 1 and all(ids) else ""


def _agreed(words: str) -> str:
    words = _OF_DATA.sub(" ", words)
    found = creative_commons(words) | named(words)
    if found & _FREED:
        found -= {PUBLIC_DOMAIN}
    found -= {_family(name) for name in found if _family(name) != name}
    if len(found) != 1:
        return ""
    (name,) = found
    rest = _BOTH.sub(" ", words)
    lost = any(pattern.search(rest) and term not in name.split("-") for term, pattern in _RESTRICTIONS.items())
    return "" if lost else name


def _family(name: str) -> str:
    """The id without its version."""
    return _VERSION.sub("", name)
