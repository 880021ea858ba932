"""From the fields of a source to those of a document. Knows no format."""

import json
from collections.abc import Mapping
from typing import Any

from thinkaug.stages.ingesting.config import Join

TEXT_FIELDS = ("title", "source", "domain", "language", "license")
"""Fields of a document that are one line of text each."""
FIELDS = ("text", *TEXT_FIELDS, "meta")

_JSON = json.JSONEncoder(default=str)


def look_up(fields: Mapping[str, Any], name: str) -> Any:
    """The value of a field; of `a.b`, where there is none of that name, the value of `b` in `a`. None for none."""
    if name in fields or "." not in name:
        return fields.get(name)
    outer, _, inner = name.partition(".")
    within = fields.get(outer)
    return look_up(within, inner) if isinstance(within, Mapping) else None


def text_of(fields: Mapping[str, Any], where: str | Join) -> tuple[str | None, str]:
    """The text and an empty word; or None or "" and what is wrong: there is no such text, or it is empty."""
    if isinstance(where, str):
        text = look_up(fields, where)
        if isinstance(text, str):
            return text, ""
        return None, f"field '{where}' is {type(text).__name__}; fields: {', '.join(fields)}"
    parts = [_as_text(look_up(fields, name), where.between) for name in where.join]
    if all(part is None for part in parts):
        return None, f"there is none of the fields {', '.join(where.join)}; fields: {', '.join(fields)}"
    for name, part in zip(where.join, parts, strict=True):
        if part is None or not part.strip():
            return "", f"field '{name}' is empty"
    return where.between.join(filter(None, parts)), ""


def _as_text(value: object, between: str) -> str | None:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return between.join(value)
    return value if isinstance(value, str) else None


def meta_of(fields: Mapping[str, Any], name: str, keep: tuple[str, ...], sha256: str) -> str:
    """The source's own `meta`, the fields to keep, its id and the hash of its bytes, as a JSON object.

    ASCII, so that odd characters of the source's metadata cannot stop the row.
    """
    meta = look_up(fields, name)
    kept = dict(meta) if isinstance(meta, dict) else {} if meta is None else {"meta": meta}
    for extra in keep:
        if (value := look_up(fields, extra)) is not None:
            kept[extra] = value
    if "id" in fields:
        kept["source_id"] = fields["id"]
    kept["raw_sha256"] = sha256
    return _JSON.encode(kept)
