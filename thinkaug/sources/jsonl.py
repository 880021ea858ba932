"""jsonl: one JSON object a line, whatever is wrong with some of the lines."""

from collections.abc import Iterator
from typing import IO

from thinkaug.formats.encodings import checked
from thinkaug.formats.json_text.lines import Reading, read_lines
from thinkaug.formats.lookahead import look_ahead
from thinkaug.sources import EXCERPT_CHARS, MOST_BYTES, Source
from thinkaug.stage import Raw


def jsonl(*, encoding: str = "", strict: bool = False, most_bytes: int = MOST_BYTES) -> Source:
    """The records of a JSON Lines file; blank lines are none. Ids carry the line number, from 1.

    A line that is no JSON by the rules is read as far as what it is meant to be is beyond doubt.

    Args:
        encoding: the file's, such as `cp1251`; empty finds it out.
        strict: take only lines that keep to RFC 8259.
        most_bytes: a longer line is passed over.
    """
    checked(encoding)

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        head, opened = look_ahead(file)
        return read_lines(head, opened, Reading(name, encoding, strict, most_bytes, EXCERPT_CHARS))

    return read
