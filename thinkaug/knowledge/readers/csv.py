"""csv: columns parted by commas, the first line names them; a field in quotes may go over several lines."""

from collections.abc import Iterator
from typing import IO

from thinkaug.knowledge.delimited import rows
from thinkaug.knowledge.readers import Found

_MOST_LINES = 200  # a quote that is never closed must not swallow the rest of the file


def csv(file: IO[bytes]) -> Iterator[Found]:
    """The rows of a table with commas."""
    return rows(file, ",", most_lines=_MOST_LINES)
