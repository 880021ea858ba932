"""mail: text -> where an e-mail address stands. Knows no other kind of personal data.

An address is searched from its @ outwards, so that a text without one costs nothing. `example.com` and its like (RFC
2606) are addresses of nobody and are not found; nor are the handle of a decorator, a version (`react@18.2.0`) or an SSH
remote (`git@host:path`).
"""

import re
from collections.abc import Iterator

_MOST_LOCAL = 64  # RFC 5321, 4.5.3.1
_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+&'-]*[A-Za-z0-9_+-])?\Z")
# Two labels or more; the last of letters only (RFC 3696, 2). Bounded, for labels are at most 63 long.
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}([A-Za-z]{2,24})(?![A-Za-z0-9_@-])")
_RESERVED = re.compile(r"(?:^|\.)(?:example|test|invalid|localhost|example\.(?:com|net|org))\Z", re.IGNORECASE)
_LOGIN = re.compile(r"//[^\s/]*:\Z")  # https://name:password@host
_LOGIN_CHARS = 80
_REMOTE = re.compile(r":[\w~./-]+\.git\b|:[\w~-]+/")
_NO_DOMAINS = frozenset("png jpg jpeg gif svg webp py js css html json xml".split())  # noqa: SIM905 - logo@2x.png


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address, in order."""
    at, floor = text.find("@"), 0
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        if domain is not None and domain[1].lower() not in _NO_DOMAINS and not _RESERVED.search(domain[0]):
            begin = _local_start(text, at, floor)
            if begin is not None and not _REMOTE.match(text, domain.end()):
                floor = domain.end()
                yield begin, floor
        at = text.find("@", at + 1)


_LOCAL_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+&'-")


def _local_start(text: str, at: int, floor: int) -> int | None:
    begin = at
    while begin > floor and at - begin <= _MOST_LOCAL and text[begin - 1] in _LOCAL_CHARS:
        begin -= 1
    while begin < at and not (text[begin].isascii() and text[begin].isalnum()):
        begin += 1  # a quote, a dash, an apostrophe before it
    if begin == at or at - begin > _MOST_LOCAL or (begin and text[begin - 1] in "@/"):
        return None
    if begin and text[begin - 1] == ":" and _LOGIN.search(text[max(0, begin - _LOGIN_CHARS) : begin]):
        return None
    return begin if _LOCAL.match(text[begin:at]) and ".." not in text[begin:at] else None
