"""jsonl: one JSON object a line, UTF-8. A line that is anything else becomes a record with a problem."""

import json
from collections.abc import Iterator
from typing import IO

from thinkaug.sources import Source
from thinkaug.stage import Raw

_BOM = b"\xef\xbb\xbf"


def jsonl() -> Source:
    """The records of a JSON Lines file; blank lines are none. Ids carry the line number, from 1."""
    return _read


def _read(file: IO[bytes], name: str) -> Iterator[Raw]:
    for number, line in enumerate(file, start=1):
        body = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
        if not body:
            continue
        record = f"{name}#{number}"
        try:
            # Decoded first: given bytes, json would guess at UTF-16 from the zeros in them.
            fields = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            yield Raw(record, None, f"line {number}: {error}", body.decode("utf-8", "backslashreplace"))
            continue
        if isinstance(fields, dict):
            yield Raw(record, fields)
        else:
            found = type(fields).__name__
            yield Raw(record, None, f"line {number}: a JSON object was expected, not a {found}", body.decode("utf-8"))
