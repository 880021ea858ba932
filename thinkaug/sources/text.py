"""text: a whole file is one record, line ends as they are."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath
from typing import IO

from thinkaug.errors import Unreadable
from thinkaug.formats.encodings import checked, decode, mended
from thinkaug.sources import MOST_BYTES, Source, read_whole
from thinkaug.stage import Raw

_SAMPLE_CHARS = 1 << 16
_MOST_CONTROLS = 0.05  # of the characters: a text has stray ones, packed data has a tenth
_FEWEST_CONTROLS = 8
_CONTROLS = dict.fromkeys((*range(9), *range(14, 27), *range(28, 32), 127))  # all but white space and escapes


def text(*, encoding: str = "", most_bytes: int = MOST_BYTES) -> Source:
    """The file as one record with the fields `text` and `title` (the file's name without its ending).

    Args:
        encoding: the file's, such as `cp1251`; empty finds it out.
        most_bytes: a larger file is not read.
    """
    checked(encoding)

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        body = read_whole(file, most_bytes)
        try:
            words, found = decode(body, encoding)
        except UnicodeDecodeError as error:
            raise Unreadable("encoding", f"byte {error.start}: not {encoding}") from error
        sample = words[:_SAMPLE_CHARS]
        controls = len(sample) - len(sample.translate(_CONTROLS))
        if controls >= max(_FEWEST_CONTROLS, _MOST_CONTROLS * len(sample)):
            raise Unreadable("binary", f"no text: {controls:,} of the first {len(sample):,} characters are controls")
        fields = {"text": words, "title": PurePosixPath(name).stem}
        yield Raw(name, fields, sha256=sha256(body).hexdigest(), mended=mended(found, encoding))

    return read
