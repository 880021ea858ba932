"""marks: what a stage found about a row's text, in the row's meta, for whoever trains. Knows no stage."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from thinkaug.records import Document, Draft, Passage


def marked(row: Document | Passage | Draft, key: str, found: Sequence[Any]) -> Document | Passage | Draft:
    """The row with the finds in its meta, as a list under a key, after what an earlier stage left there; each once."""
    if isinstance(row, Draft):
        return replace(row, passage=replace(row.passage, meta=_with(row.passage.meta, key, found)))
    return replace(row, meta=_with(row.meta, key, found))


def _with(meta: str, key: str, found: Sequence[Any]) -> str:
    values = json.loads(meta or "{}")
    earlier = values.get(key)
    marks = [one for one in earlier if isinstance(one, type(found[0]))] if isinstance(earlier, list) else []
    marks += [one for place, one in enumerate(found) if one not in marks and one not in found[:place]]
    return json.dumps({**values, key: marks}, ensure_ascii=False)
