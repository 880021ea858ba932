"""latex: a `.tex` file is one record: its prose, its formulas as they were written. Reads no file but this one."""

import codecs
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from thinkaug.errors import Unreadable
from thinkaug.formats.encodings import checked, decode, mended
from thinkaug.sources import MOST_BYTES, Source, read_whole
from thinkaug.stage import Raw

_DECLARED = re.compile(rb"^[^%\n]*\\(?:usepackage\[([\w-]+)\]\{inputenc\}|inputencoding\{([\w-]+)\})", re.MULTILINE)
_INPUTENC = {"ansinew": "cp1252", "applemac": "mac_roman", "latin9": "iso8859-15", "latin10": "iso8859-16"}


def latex(*, encoding: str = "", most_bytes: int = MOST_BYTES, document_only: bool = True) -> Source:
    r"""The file as one record with the fields `text` and `title` (`\title`, or the first heading).

    A file without `document` environment is read as a chapter; one that only defines macros has an empty text.

    Args:
        encoding: the file's, such as `cp1251`; empty goes by its bytes, then by what it says.
        most_bytes: a larger file is not read.
        document_only: leave out what stands around the `document` environment.
    """

    checked(encoding)

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        from thinkaug.formats.tex.reader import read as read_latex

        body = read_whole(file, most_bytes)
        declared = _declared(body)
        try:
            source, found = decode(body, encoding or declared)
        except UnicodeDecodeError as error:
            raise Unreadable("encoding", f"byte {error.start}: not {encoding}") from error
        reading = read_latex(source, document_only)
        fields = {"text": reading.text, "title": reading.title}
        yield Raw(name, fields, sha256=sha256(body).hexdigest(), mended=mended(found, encoding or declared))

    return read


def _declared(body: bytes) -> str:
    """The encoding that the file says, where it is known and can be true and it is not UTF-8 all the same."""
    said = _DECLARED.search(body[:100_000])
    if said is None or body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return ""
    word = (said[1] or said[2]).decode("ascii")
    try:
        body.decode(_INPUTENC.get(word, word))
    except (LookupError, UnicodeDecodeError):
        return ""
    return _INPUTENC.get(word, word)
