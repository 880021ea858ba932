"""text: a whole file is one record, UTF-8, line ends as they are."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from thinkaug.stage import Raw


def text(file: IO[bytes], name: str) -> Iterator[Raw]:
    """The file as one record with the fields `text` and `title` (the file's name without its ending)."""
    body = file.read()
    try:
        yield Raw(name, {"text": body.decode("utf-8-sig"), "title": PurePosixPath(name).stem})
    except UnicodeDecodeError as error:
        yield Raw(name, None, f"byte {error.start}: not UTF-8", body.decode("utf-8", "backslashreplace"))
