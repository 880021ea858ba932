"""named: licences for software and data, and the public domain, by name and address. Knows not Creative Commons'."""

import re
from collections.abc import Iterator

from thinkaug.licenses.identifiers import UNREAD, identifier

PUBLIC_DOMAIN = "LicenseRef-public-domain"

_V = r",? ?\(?(?:version|ver\.?|v\.?)?[ -]?"
_LICENSE = "licen[cs]e"
_NAMES = {
    "CC0-1.0": r"\bcc[ -]?(?:0|zero)(?![0-9])|creative commons zero|creative commons public domain dedication",
    "CC-PDM-1.0": r"public domain mark",
    PUBLIC_DOMAIN: r"^pd$|public[ -]domain(?! dedication| mark)",
    "Apache-2.0": rf"\bapache(?: software)?(?: public)?(?: {_LICENSE})?{_V}2(?:\.0)?(?![\d.]*\d)"
    r"|apache\.org/licenses/license-2\.0",
    "Apache": rf"^apache$|\bapache(?: software)? {_LICENSE}",
    "MIT": rf"\b(?:mit|expat)(?: |-|/x11 ){_LICENSE}",
    "BSD-3-Clause": r"\b(?:3-clause|three-clause|new|modified|revised) bsd|\bbsd[ -](?:3|three)(?:[ -]clause)?\b",
    "BSD-2-Clause": rf"\b(?:2-clause|two-clause|simplified) bsd|\bbsd[ -](?:2|two)(?:[ -]clause)?\b"
    rf"|\bfreebsd {_LICENSE}",
    "BSD": rf"^bsd$|\bbsd(?:[ -]style)? {_LICENSE}",
    "MPL-2.0": rf"\b(?:mozilla public {_LICENSE}|mpl){_V}2(?:\.0)?\b|mozilla\.org/(?:[a-z-]+/)?mpl/2\.0",
    "EPL-2.0": rf"\beclipse public {_LICENSE}{_V}2(?:\.0)?\b",
    "EUPL-1.2": rf"\beuropean union public {_LICENSE}{_V}1\.2\b",
    "Unlicense": r"\bthe unlicen[cs]e\b|\bunlicense\.org",
    "ODC-By-1.0": r"\bodc[ -]by\b|open data commons attribution|opendatacommons\.org/licenses/by\b",
    "ODbL-1.0": rf"\bodbl\b|open database {_LICENSE}|opendatacommons\.org/licenses/odbl",
    "PDDL-1.0": r"\bpddl\b|opendatacommons\.org/licenses/pddl",
    "OGL-UK-3.0": rf"\bopen government {_LICENSE}{_V}3(?:\.0)?\b|open-government-licence/version/3",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _NAMES.items()}
_IN_NO_PUBLIC_DOMAIN = re.compile(r"\b(?:not|non|never|no longer)\b[^.]{0,30}public[ -]domain")
_NAMED_ADDRESS = re.compile(
    r"(?:opensource\.org/licen[cs]es?|spdx\.org/licenses|choosealicense\.com/licenses)/([a-z0-9.+-]*[a-z0-9+])"
)
_ENDING = re.compile(r"(?:-license)?(?:\.(?:html|json|php|txt))?$")
_GNU_NAME = re.compile(
    rf"\b(?:(affero |lesser |library )?general public {_LICENSE}|(free documentation {_LICENSE}|gfdl)|([al]?gpl))"
    rf"{_V}(\d(?:\.\d)?)?(?:\.x)?(?! ?-?clause)"
)
_GNU_ADDRESS = re.compile(r"gnu\.org/(?:licenses|copyleft)/(?:old-licenses/)?(agpl|lgpl|gpl|fdl)(?:-(\d\.\d))?")
_LATER = re.compile(r"\b(?:any later|or later|or newer|or greater|or higher)\b|\d\+|-or-later")
_FAMILIES = {"affero": "AGPL", "agpl": "AGPL", "lesser": "LGPL", "library": "LGPL", "lgpl": "LGPL", "fdl": "GFDL"}


def named(words: str) -> set[str]:
    """Ids of the other licences that the words, in lower case and single spaces, name; `UNREAD` for one unknown."""
    found = {name for name, pattern in _PATTERNS.items() if pattern.search(words)}
    if _IN_NO_PUBLIC_DOMAIN.search(words):
        found.discard(PUBLIC_DOMAIN)
    for name in _NAMED_ADDRESS.findall(words):
        found.add(identifier(_ENDING.sub("", name)) or UNREAD)
    return found | set(_gnu(words))


def _gnu(words: str) -> Iterator[str]:
    later = "or-later" if _LATER.search(words) else "only"
    for family, version in _GNU_ADDRESS.findall(words):
        yield _gnu_id(family, version, later)
    for kind, free, short, version in _GNU_NAME.findall(_GNU_ADDRESS.sub(" ", words)):
        yield _gnu_id("fdl" if free else kind.strip() or short, version, later)


def _gnu_id(family: str, version: str, later: str) -> str:
    name = _FAMILIES.get(family, "GPL")
    return f"{name}-{version if '.' in version else version + '.0'}-{later}" if version else name
