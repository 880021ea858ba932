"""html: a page is one record: its main text as Markdown, its formulas as TeX. Fetches nothing."""

from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from thinkaug.errors import Unreadable, UserError
from thinkaug.formats.encodings import checked, mended
from thinkaug.sources import MOST_BYTES, Source, read_whole
from thinkaug.stage import Raw

_LOOKS = ("em", "strong", "b", "i", "u", "font", "big", "small", "center")
"""Tags that say how text looks: their text stays."""


def html(*, encoding: str = "", most_bytes: int = MOST_BYTES, tables: bool = True, links: bool = False) -> Source:
    """The page as one record: text, title, language, license, source (its address) and meta, as far as it says them.

    A page without main text has an empty one. Scripts, menus and comments of readers are left out.

    Args:
        encoding: the page's; empty goes by what it declares, where that can be true, and by its bytes.
        most_bytes: a larger page is not read.
        tables: keep tables.
        links: keep the addresses that the text points to.

    Raises:
        UserError: trafilatura is not installed.
    """
    checked(encoding)
    try:
        import trafilatura
    except ImportError as error:
        raise UserError("ingest: format html takes trafilatura: pip install thinkaug[html]") from error

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        from lxml import etree

        from thinkaug.formats.web.markdown import tidied
        from thinkaug.formats.web.maths import Formulas, formulas_as_words
        from thinkaug.formats.web.tree import page_text, parse, read_head

        body = read_whole(file, most_bytes)
        try:
            page, found = page_text(body, encoding)
        except UnicodeDecodeError as error:
            raise Unreadable("encoding", f"byte {error.start}: not {encoding}") from error
        fields: dict[str, object] = {"text": ""}
        if page.strip():
            tree = parse(page)
            try:
                head = read_head(tree)
                formulas = Formulas(page)
                formulas_as_words(tree, formulas)
                etree.strip_tags(tree, *_LOOKS)
                text = trafilatura.extract(
                    tree,
                    output_format="markdown",
                    include_comments=False,
                    include_tables=tables,
                    include_links=links,
                    include_formatting=True,
                    deduplicate=False,
                    with_metadata=False,
                )
            except (etree.LxmlError, RecursionError, ValueError, TypeError, AttributeError, LookupError) as error:
                raise Unreadable("html", f"its main text cannot be taken out: {error!r}") from error
            fields = {
                "text": formulas.put_back(tidied(text or "")),
                "title": head.title,
                "language": head.language,
                "license": head.license,
                "source": head.source,
                "meta": dict(head.meta),
            }
        fields = {field: value for field, value in fields.items() if value or field == "text"}
        yield Raw(name, fields, sha256=sha256(body).hexdigest(), mended=mended(found, encoding))

    return read
