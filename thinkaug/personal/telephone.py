"""telephone: text -> where a telephone number stands. Knows no other kind of personal data.

What can be dialled is asked of `phonenumbers` (Apache-2.0, the port of Google's libphonenumber): which country codes,
area codes and lengths there are is a table that changes every month, and not one to keep by hand. Its own matcher wants
one country for the whole text and looks at every row of digits. So what it is asked about is only:

- what begins with + and a country code;
- a number of North America as it is written there: (212) 736-5000, 212-736-5000, 212.736.5000;
- a row of digits right behind a word for telephone. If it begins with 0 it is one as it stands (of which country,
  nobody says), else only if it can be dialled in North America or China.
"""

import re
from collections.abc import Iterator

_DASH = "\u2010-\u2013"
_NEXT = rf"(?:[ .\u00a0{_DASH}/-]{{0,2}}\(?[0-9]\)?)"
_INTERNATIONAL = re.compile(rf"\+ ?[1-9]{_NEXT}{{6,14}}")
_AMERICAN = re.compile(
    r"[2-9](?<![0-9][0-9])[0-9]{2}"
    rf"(?:\)[ -]?[2-9][0-9]{{2}}[. {_DASH}-]|(?P<sign>[.{_DASH}-])[2-9][0-9]{{2}}(?P=sign))[0-9]{{4}}(?![0-9])"
)
_ROW = re.compile(rf"[0-9](?<![0-9][0-9])(?<![0-9] [0-9])(?={_NEXT}{{6}})")
_DIGITS = re.compile(rf"[0-9]\)?{_NEXT}{{6,14}}")
_WORD = re.compile(  # right before the number
    r"(?:\b(?:tel|telephones?|telefon|telefoon|tel\u00e9fono|telefone|telefono|t\u00e9l|t\u00e9l\u00e9phone|tlf|phones?"
    r"|ph|fax|mobile|mobil|handy|m\u00f3vil|celular|portable|cell|hotline|helpline|tty|whatsapp|dial|call|rufnummer"
    r"|\u0442\u0435\u043b|\u0442\u0435\u043b\u0435\u0444\u043e\u043d)"
    r"|\u7535\u8bdd|\u96fb\u8a71|\u624b\u673a)"
    r"(?: (?:no|nr|number|nummer|is|at|on|us at))?\.?[ :\uff1a#\u00a0]{0,3}\(?\Z",
    re.IGNORECASE,
)
_WORD_CHARS = 28
_FEWEST, _MOST = 7, 15  # digits; ITU-T E.164 for the most


def spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each number in that part of the text, in no order."""
    for match in _INTERNATIONAL.finditer(text, max(0, start - 2), end):
        if last := _dialled(text, match.start(), _end(text, *match.span()), ""):
            yield match.start(), last
    for match in _AMERICAN.finditer(text, start, end):
        first = _american_start(text, match)
        if first >= 0 and _dialled(text, first, match.end(), "US") == match.end():
            yield first, match.end()
    for row in _ROW.finditer(text, start, end):
        if _behind_letters(text, row.start()) and _WORD.search(text[max(0, row.start() - _WORD_CHARS) : row.start()]):
            yield from _behind_a_word(text, row.start())


def _behind_letters(text: str, start: int) -> bool:
    return any(map(str.isalpha, text[max(0, start - 6) : start]))


def _american_start(text: str, match: re.Match[str]) -> int:
    """Where the number begins, its bracket and a leading 1 included; -1 when the bracket was never opened."""
    start = match.start()
    if ")" in match[0]:
        start -= 1
        if text[start : start + 1] != "(" or start < 0:
            return -1
    led = start >= 2 and text[start - 2] == "1" and text[start - 1] in " -."
    return start - 2 if led and not text[start - 3 : start - 2].isalnum() else start


def _behind_a_word(text: str, start: int) -> Iterator[tuple[int, int]]:
    found = _DIGITS.match(text, start)
    if found is None:
        return
    begin = start - (text[start - 1 : start] == "(")
    end = _end(text, begin, found.end())
    if text[start] == "0":
        if _FEWEST <= sum(map(str.isdecimal, found[0])) <= _MOST and not _touches(text, begin, end):
            yield begin, end
        return
    for region in ("US", "CN"):
        if last := _dialled(text, begin, end, region):
            yield begin, last
            return


def _dialled(text: str, start: int, end: int, region: str) -> int:
    """Where the longest number ends that begins at `start`, ends at a gap and can be dialled; 0 when none can."""
    from phonenumbers import NumberParseException, is_valid_number, parse

    while sum(map(str.isdecimal, text[start:end])) >= _FEWEST:
        try:
            valid = not _touches(text, start, end) and is_valid_number(parse(text[start:end], region or None))
        except NumberParseException:
            valid = False
        if valid:
            return end
        end = _end(text, start, _gap_before(text, start, end))
    return 0


def _end(text: str, start: int, end: int) -> int:
    """The end without a bracket that was opened before the number."""
    closed = text[end - 1] == ")" and text.count(")", start, end) > text.count("(", start, end)
    return end - closed


def _gap_before(text: str, start: int, end: int) -> int:
    """The end of what stands before the last gap."""
    while end > start and text[end - 1].isdecimal():
        end -= 1
    while end > start and not text[end - 1].isdecimal():
        end -= 1
    return end


_TYING = frozenset("_-./,+=\\*^\u2010\u2011\u2012\u2013")


def _touches(text: str, start: int, end: int) -> bool:
    """Whether the number is part of a longer one, of a word, of a formula or of an address."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    joined = before[-1:].isalnum() or before[-1:] in _TYING or (before[-1:] in (")", " ") and before[:1].isdecimal())
    tied = after[:1] in ("_", "=", "^", "*", "%") or (after[:1] in _TYING and after[1:].isalnum())
    return joined or tied or after[:1].isalnum()
