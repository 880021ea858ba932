"""text: a whole file is one record, line ends as they are."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath
from typing import IO

from thinkaug.encodings import decode
from thinkaug.errors import Unreadable
from thinkaug.sources import MOST_BYTES, Source, read_whole
from thinkaug.stage import Raw


def text(*, encoding: str = "", most_bytes: int = MOST_BYTES) -> Source:
    """The file as one record with the fields `text` and `title` (the file's name without its ending).

    Args:
        encoding: the file's, such as `cp1251`; empty finds it out.
        most_bytes: a larger file is not read.
    """

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        body = read_whole(file, most_bytes)
        try:
            words, found = decode(body, encoding)
        except UnicodeDecodeError as error:
            raise Unreadable("encoding", f"byte {error.start}: not {encoding}") from error
        mended = () if found in ("utf-8", encoding) else (f"encoding_{found}",)
        fields = {"text": words, "title": PurePosixPath(name).stem}
        yield Raw(name, fields, sha256=sha256(body).hexdigest(), mended=mended)

    return read
