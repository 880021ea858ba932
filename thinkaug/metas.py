"""metas: the `meta` of a row, a JSON object as text. Knows no record."""

import json
from typing import Any

import orjson


def read_meta(text: str) -> dict[str, Any]:
    """What it says; empty where it is no JSON object.

    Half a surrogate pair and NaN are read too: a user's own JSON may have held them.
    """
    try:
        found: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            found = json.loads(text)
        except ValueError:
            return {}
    return found if isinstance(found, dict) else {}


def with_entries(text: str, **entries: object) -> str:
    """The same with more in it."""
    whole = {**read_meta(text), **entries}
    try:
        return orjson.dumps(whole).decode()
    except orjson.JSONEncodeError:
        return json.dumps(whole)
