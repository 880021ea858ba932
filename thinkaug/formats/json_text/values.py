"""values: JSON text -> values: strictly (RFC 8259), and leniently where that fails. Knows nothing of files."""

import json
import math
import re
import sys
from dataclasses import dataclass
from typing import Any

import orjson

from thinkaug.errors import Unreadable

MOST_DEPTH = 200
"""Arrays and objects inside each other. More is nobody's record, and could be read but not written again."""

_EXACT = 2.0**63  # whole numbers beyond are rounded by orjson, without a word
_BETWEEN = re.compile(r"[ \t\n\r]*")


def strict(body: bytes) -> Any:
    """The value of a JSON text in UTF-8: whole numbers exact, of two members with one name the last.

    Raises:
        Unreadable: it is none (`not_json`, `encoding`), or is nested too deep (`too_deep`).
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _refused(body, error) from error
    return json.loads(body) if _look_through(value) else value


def _refused(body: bytes, error: orjson.JSONDecodeError) -> Unreadable:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as bad:
        return Unreadable("encoding", f"byte {bad.start + 1} is not UTF-8")
    return _not_json(error)


def _not_json(error: json.JSONDecodeError) -> Unreadable:
    kind = "too_deep" if "depth" in error.msg else "not_json"
    return Unreadable(kind, f"{error.msg} (character {error.pos + 1})")


def _look_through(value: Any) -> bool:
    """Whether there is a number in it that may have been rounded; raises `Unreadable` where it is nested too deep."""
    rounded = False
    level: list[Any] = [[value]]  # by levels, not by calls: a text of brackets alone must not end the run
    for _ in range(MOST_DEPTH + 1):
        deeper: list[Any] = []
        for members in level:
            for member in members.values() if isinstance(members, dict) else members:
                kind = type(member)
                if kind is dict or kind is list:
                    deeper.append(member)
                elif kind is float and not -_EXACT < member < _EXACT:
                    rounded = True
        if not deeper:
            return rounded
        level = deeper
    raise Unreadable("too_deep", f"more than {MOST_DEPTH} arrays or objects inside each other")


@dataclass(frozen=True, slots=True)
class Mended:
    """What was found in a text that is no JSON by the rules.

    Args:
        values: one value of any type, or several objects.
        rest: what is wrong with the object that the text ends in; empty where it ends well.
    """

    values: tuple[Any, ...]
    rest: str = ""


def lenient(text: str) -> Mended:
    """The values of a text that `strict` refuses, where what they are meant to be is beyond doubt.

    Taken are control characters and NUL inside strings, lone surrogates, NaN and Infinity and numbers too long for
    Python to hold (all these as the text they were written as), and objects one after another. If the last of several
    objects is cut off, those before it are taken. Anything else is refused, above all what would have to be guessed:
    single quotes, comments, commas too many, ends that are missing.

    Raises:
        Unreadable: it is still none (`not_json`), or is nested too deep (`too_deep`).
    """
    values: list[Any] = []
    place = _skip(text, 0)
    while True:
        try:
            value, end = _LENIENT.raw_decode(text, place)
            _look_through(value)
        except json.JSONDecodeError as error:
            if values and text.startswith("{", place):
                return Mended(tuple(values), str(_not_json(error)))
            raise _not_json(error) from error
        except RecursionError as error:
            raise Unreadable("too_deep", "too many arrays or objects inside each other") from error
        values.append(value)
        place = _skip(text, end)
        if place == len(text):
            return Mended(tuple(values))
        if not (isinstance(value, dict) and text.startswith("{", place)):
            raise Unreadable("not_json", f"something follows the value (character {place + 1})")


def _skip(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _real(digits: str) -> float | str:
    number = float(digits)
    return digits if math.isinf(number) else number


_MOST_DIGITS = sys.int_info.default_max_str_digits
_LENIENT = json.JSONDecoder(strict=False, parse_int=_whole, parse_float=_real, parse_constant=str)


def is_json(text: str) -> bool:
    """Whether the text is JSON, or can be mended so that it is."""
    try:
        lenient(text)
    except Unreadable:
        return False
    return True
