"""national: text -> where a number stands by which a state knows one person. Knows no other personal data.

A number whose form alone says what it is counts as soon as its check digits hold. One that is nothing but a row of
digits counts only behind a word for it: of all numbers of ten digits one in eleven passes for an NHS number.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from thinkaug.personal import check_digits


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write one number; `cue`, where it has one, must stand in the `_CUE_CHARS` characters before."""

    written: re.Pattern[str]
    holds: Callable[[str], bool]
    cue: re.Pattern[str] | None = None


_CUE_CHARS = 48


def _cue(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


def _form(written: str, holds: Callable[[str], bool], cue: str = "") -> _Form:
    return _Form(re.compile(written + r"(?![0-9A-Za-z])"), holds, _cue(cue) if cue else None)


def _american(number: str) -> bool:
    """SSN: no check digit. Areas 000, 666 and 900-999, group 00 and serial 0000 are never given (SSA, POMS RM 10201),
    and 078-05-1120 and 219-09-9999 were printed in advertisements.
    """
    area, group, serial = number[:3], number[3:5], number[5:]
    never = area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000"
    return not never and number not in ("078051120", "219099999", "123456789")


def _british_insurance(number: str) -> bool:
    """NINO: no check digit; prefixes that HMRC never gives (manual NIM39110) do not count."""
    first, second = number[0], number[1]
    return not (first in "DFIQUV" or second in "DFIOQUV" or number[:2] in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ"))


_SOCIAL = r"\bssn\b|social security"
# Digits and separators only: tried where a row of digits begins.
_OF_DIGITS = (
    _form(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", _american),
    _form(r"[0-9]{3} ?[0-9]{2} ?[0-9]{4}", _american, _SOCIAL),
    _form(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", check_digits.british_nhs, r"\bnhs\b"),
    _form(
        r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        check_digits.german_tax,
        r"steuer|\bid-?nr|identifikationsnummer|\btax id|\btin\b",
    ),
    _form(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", check_digits.brazilian),
    _form(r"[0-9]{11}", check_digits.brazilian, r"\bcpf\b"),
    _form(
        r"[2-9][0-9]{3}([ -]?)[0-9]{4}\1[0-9]{4}",
        check_digits.verhoeff,
        r"aadha+r|\buid(?:ai)?\b|\u0906\u0927\u093e\u0930",
    ),
    _form(
        r"[1-6][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]",
        check_digits.chinese,
    ),
    _form(
        r"[12378] ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
        check_digits.french,
    ),
    _form(r"[0-9]{8}-?[A-HJ-NP-TV-Z]", check_digits.spanish),
)  # fmt: skip
_ROW = re.compile(r"[0-9](?<![0-9][0-9])(?=[0-9]| [0-9]{2} )(?=(?:[ .-]?[0-9AB]){7})")
# With letters before the digits: what the letter before two digits is counted from.
_NIE = _form(r"[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]", check_digits.spanish)
_NINO = _form(r"[A-Z]{2}(?:[0-9]{6}| [0-9]{2} [0-9]{2} [0-9]{2} )[A-D]", _british_insurance)
_FISCAL = _form(
    r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPR-T][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]", check_digits.italian
)  # letters stand for digits where two people would have the same (omocodia)


def of_digits(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each number that begins with a digit in that part of the text, in order."""
    past = 0
    for row in _ROW.finditer(text, start, end):
        first = row.start()
        if first < past or _tied(text, first):
            continue
        for form in _OF_DIGITS:
            if stop := _reads(form, text, first):
                past = stop
                yield first, stop
                break


def with_letters(text: str, letter: int) -> tuple[int, int] | None:
    """The number in which the letter at that place is the last one before the first two digits, if it is one."""
    for form, back in ((_NIE, 0), (_NINO, 1), (_FISCAL, 5)):
        start = letter - back
        if start >= 0 and not _tied(text, start) and (stop := _reads(form, text, start)):
            return start, stop
    return None


def _reads(form: _Form, text: str, start: int) -> int:
    """Where the number ends that is written in that form and holds; 0 when none is."""
    found = form.written.match(text, start)
    if found is None or not form.holds(re.sub(r"[ .-]", "", found[0]).upper()):
        return 0
    after = text[found.end() : found.end() + 2]
    if (after[:1] in ("-", "/", ".", ",", "_") and after[1:].isalnum()) or after[:1] == "_":
        return 0
    told = form.cue is None or form.cue.search(text, max(0, start - _CUE_CHARS), start) is not None
    return found.end() if told else 0


def _tied(text: str, start: int) -> bool:
    """Whether a number at that place is the tail of a longer one or of a word."""
    before = text[max(0, start - 2) : start]
    return before[-1:].isalnum() or before[-1:] in ("-", ".", ",", "_", "/", "+", "\\", "=")
