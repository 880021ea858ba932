"""network: text -> where the IP address of somebody's machine stands. Knows no other kind of personal data.

Only addresses that the whole Internet can reach count: 10.0.0.1, ::1 or 192.0.2.1 (RFC 1918, 4291, 5737) tell of
nobody. Four small numbers between points are more often the number of a section or of a version.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_POINTS = re.compile(r"\.[0-9]{1,3}\.[0-9]")  # the quickest to look for
_V4 = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
_V6 = re.compile(r":[0-9A-Fa-f]{0,4}:")
_MOST_V6 = 45  # characters, with an IPv4 address in it
_V6_CHARS = frozenset("0123456789abcdefABCDEF:.")
_CUE = re.compile(
    r"\b(?:ip|ipv4|address(?:es)?|host|server|client|ping|dns)\W{0,4}(?:is |was |at |from |to |= ?)?\Z", re.I
)
_OTHER = re.compile(
    r"(?:\b(?:v|ver|version|versions|release|section|sections|sec|chapter|clause|annex|paragraph|item|table|figure|fig"
    r"|appendix|rule|rules|art|article|part|step|build|firmware|oid|ec|enzyme)|\u00a7)[\s.:]*(?:no\.? ?)?\Z",
    re.I,
)
_BEFORE = 24  # characters in which a cue counts


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address, in no order."""
    end = 0
    for points in _POINTS.finditer(text):
        start = points.start()
        while start > end and points.start() - start < 3 and text[start - 1] in "0123456789":
            start -= 1
        match = _V4.match(text, start)
        if match is not None and _stands_alone(text, *match.span()) and _is_somebodys_v4(text, match):
            end = match.end()
            yield start, end
    end = 0
    for match in _V6.finditer(text):
        if match.start() >= end:
            start, end = _widened(text, match.start(), end)
            if _is_somebodys_v6(text, start, end):
                yield start, end


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    tied = before[-1:].isalnum() or before[-1:] in ("_", "-", "+") or (before[-1:] == "." and before[:1].isalnum())
    goes_on = after[:1].isalnum() or after[:1] in ("_", "-") or (after[:1] == "." and after[1:].isalnum())
    return not (tied or goes_on)


def _is_somebodys_v4(text: str, match: re.Match[str]) -> bool:
    parts = match[0].split(".")
    if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts):
        return False
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if _OTHER.search(before) or not IPv4Address(match[0]).is_global:
        return False
    return sum(map(len, parts)) >= 8 or _CUE.search(before) is not None


def _widened(text: str, at: int, floor: int) -> tuple[int, int]:
    """The run of an address's characters around a colon, no longer than an address."""
    start = end = at
    while start > floor and at - start <= _MOST_V6 and text[start - 1] in _V6_CHARS:
        start -= 1
    while end < len(text) and end - at <= _MOST_V6 and text[end] in _V6_CHARS:
        end += 1
    while end > at and text[end - 1] == ".":
        end -= 1
    return start, end


def _is_somebodys_v6(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    groups = [group for group in written.split(":") if group]
    if not _stands_alone(text, start, end) or len(groups) < 3 or not any(c.isdigit() for c in written):
        return False
    try:
        return IPv6Address(written).is_global
    except AddressValueError:
        return False
