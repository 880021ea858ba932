"""tsv: columns parted by tabs, the first line names them; a line is a row."""

from collections.abc import Iterator
from typing import IO

from thinkaug.knowledge.delimited import rows
from thinkaug.knowledge.readers import Found


def tsv(file: IO[bytes]) -> Iterator[Found]:
    """The rows of a table with tabs. A field may stand in double quotes."""
    return rows(file, "\t", most_lines=1)
