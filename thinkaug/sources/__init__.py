"""Sources: one small file each, from a file to raw records. A record that cannot be read says so; the rest goes on.

`sources/jsonl.py` holds `jsonl(*, ...) -> Source`: the keywords are its options in YAML.
"""

from collections.abc import Callable, Iterator
from typing import IO

from thinkaug.errors import Unreadable
from thinkaug.stage import Raw

Source = Callable[[IO[bytes], str], Iterator[Raw]]
"""`(file, name)` -> its records. A file of many gives them ids `name#1`, `name#2`, ... in the order of the file.

It may raise `Unreadable` where nothing more can be read; the records given before stand.
"""

RECORDS = {
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "json",
    "parquet": "parquet",
    "arrow": "arrow",
    "feather": "arrow",
}
"""Endings of files of records -> the source that reads them."""

MOST_BYTES = 32 << 20
"""A record, or a file that is one record, may be so large where a source's options do not say otherwise."""

EXCERPT_CHARS = 10_000
"""How much of an unreadable record is kept beside the reason."""


def read_whole(file: IO[bytes], most_bytes: int) -> bytes:
    """The bytes of a file that is one record.

    Raises:
        Unreadable: there are more than `most_bytes`.
    """
    body = file.read(most_bytes + 1)
    if len(body) > most_bytes:
        raise Unreadable("too_long", f"more than {most_bytes:,} bytes; raise `most_bytes` to read it")
    return body
