"""pdf: a document is one record: its text in reading order. Knows how to ask PDFium, not how text is laid out."""

from collections.abc import Iterator
from ctypes import byref
from hashlib import sha256
from pathlib import PurePosixPath
from typing import IO, Any

from thinkaug.errors import Unreadable, UserError
from thinkaug.formats.pages.lines import Box, Line, lines_of
from thinkaug.formats.pages.paragraphs import text_of
from thinkaug.formats.pages.running import without_running_lines
from thinkaug.sources import Source, read_whole
from thinkaug.stage import Raw

MOST_BYTES = 256 << 20
"""A PDF may be so large: most of it is pictures."""

MOST_PAGES = 5000


def pdf(*, most_bytes: int = MOST_BYTES, most_pages: int = MOST_PAGES) -> Source:
    """The document as one record: text, title and meta (pages, author, subject, keywords), as far as it says them.

    Heads and feet that run over its pages are left out, words broken at the end of a line are whole, columns are read
    one after the other. A document of pictures has an empty text. A page that PDFium cannot open is left out, and
    the record is counted as mended (`page_skipped`).

    Args:
        most_bytes: a larger file is not read.
        most_pages: a document of more pages is not read.

    Raises:
        UserError: pypdfium2 is not installed.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise UserError("ingest: format pdf takes pypdfium2: pip install thinkaug[pdf]") from error

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        body = read_whole(file, most_bytes)
        try:
            document = pypdfium2.PdfDocument(body)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise Unreadable("encrypted", "it takes a password") from error
            raise Unreadable("pdf", f"PDFium cannot open it: {error}") from error
        try:
            count = len(document)
            if count > most_pages:
                raise Unreadable(
                    "too_long", f"{count:,} pages, more than {most_pages:,}; raise `most_pages` to read it"
                )
            pages, skipped = [], 0
            for number in range(count):
                try:
                    pages.append(_lines(document, number))
                except pypdfium2.PdfiumError:
                    skipped += 1
            if count and skipped == count:
                raise Unreadable("pdf", f"none of its {count} pages can be opened")
            said = {key: value.strip() for key, value in document.get_metadata_dict(skip_empty=True).items()}
        finally:
            document.close()
        fields = {
            "text": text_of(without_running_lines(pages)),
            "title": said.get("Title") or PurePosixPath(name).stem,
            "meta": {"pages": count, **{key.lower(): said[key] for key in ("Subject", "Keywords") if said.get(key)}},
        }
        mended = ("page_skipped",) if skipped else ()
        yield Raw(name, fields, sha256=sha256(body).hexdigest(), mended=mended)

    return read


def _lines(document: Any, number: int) -> list[Line]:
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            return lines_of(_boxes(text_page))
        finally:
            text_page.close()
    finally:
        page.close()


def _boxes(text_page: Any) -> Iterator[Box]:
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    high = 0
    for index in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if 0xD800 <= code < 0xDC00:  # PDFium speaks UTF-16: the other half comes next
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
            high = 0
        # As wide and high as the type, not as the letter: so lines and gaps are even.
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, byref(box)):
            continue
        size = float(pdfium.FPDFText_GetFontSize(text_page, index))
        if size <= 1:  # scaled by the page itself
            size = box.top - box.bottom
        yield Box(chr(code), box.left, box.bottom, box.right, box.top, size)
