"""bank: text -> where the number of a payment card or of an account (IBAN) stands. Knows no other personal data."""

import re
from collections.abc import Iterator

from thinkaug.personal.check_digits import luhn, mod_97

_CARD = re.compile(
    r"[0-9](?<![0-9][0-9])(?:[0-9]{12,18}|[0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?"
    r"|[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5})(?![0-9])"
)
# Issuer identification ranges as the networks publish them (ISO/IEC 7812): Visa; Mastercard; American Express; Diners;
# Discover; JCB; UnionPay. Maestro is left out: its ranges take in half of all numbers.
_ISSUERS = [
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"30[0-5]|36|38"), (14,)),
    (re.compile(r"6011|64[4-9]|65"), (16,)),
    (re.compile(r"35(?:2[89]|[3-8])"), (16,)),
    (re.compile(r"62"), (16, 17, 18, 19)),
]
_CARD_CUE = re.compile(r"card|visa|amex|master|credit|debit|karte|carte|tarjeta|\u5361|\u043a\u0430\u0440\u0442", re.I)
_CUE_CHARS = 48  # before the number, in which a cue counts


def cards(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each card number in that part of the text. Without gaps in it a word
    for a card must stand before it: of all numbers of 16 digits one in fifty passes, and code is full of them.
    """
    for match in _CARD.finditer(text, start, end):
        first, last = match.span()
        digits = re.sub(r"[ -]", "", match[0])
        issued = any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _ISSUERS)
        if not issued or _touches(text, first, last) or not luhn(digits):
            continue
        grouped = len(digits) < last - first
        if grouped or _CARD_CUE.search(text, max(0, first - _CUE_CHARS), first):
            yield first, last


def _touches(text: str, start: int, end: int) -> bool:
    """Whether the number is part of a longer one, of a word or of a decimal."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    joined = before[-1:] in ("-", ".", ",", "_", "/") or (before[-1:] == " " and before[:1].isdigit())
    goes_on = after[:1] in ("-", "_", "/") or (after[:1] in (".", ",", " ") and after[1:].isdigit())
    return joined or goes_on or before[-1:].isalnum() or after[:1].isalnum()


# Lengths of the IBAN registry (SWIFT, release 100), which ISO 13616 names as its register.
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?:(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)")


def iban_at(text: str, start: int) -> int:
    """Where the IBAN that begins at `start` ends; 0 when none does."""
    found = _IBAN.match(text, start)
    if found is None or text[start - 1 : start].isalnum():
        return 0
    length = _LENGTHS.get(text[start : start + 2], 0)
    end, taken = start, 0
    while end < found.end() and taken < length:
        taken += text[end] != " "
        end += 1
    whole = taken == length > 0 and not text[end : end + 1].isalnum()
    return end if whole and mod_97(text[start:end].replace(" ", "")) else 0
