"""jats: articles in JATS, one a file or many. Knows no tag of it: `thinkaug.formats.jats` reads what is found here."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, cast

from thinkaug.formats.jats import parts_within, plain, read_article
from thinkaug.formats.safe_xml import Record, Records, any_namespace
from thinkaug.sources import EXCERPT_CHARS, MOST_BYTES, Source
from thinkaug.stage import Raw

if TYPE_CHECKING:
    from lxml.etree import _Element

_ARTICLES = "//*[local-name()='article'][not(ancestor::*[local-name()='article'])]"


def jats(*, sub_articles: bool = False, most_bytes: int = MOST_BYTES) -> Source:
    """The articles of a file, alone or in a wrapper of many; the wrapper may be of any size.

    Fields: `text`, `title`, `license` (as it was found), `language`, `source` (the DOI as a URL), and `meta` with
    `journal`, `year`, `doi`, `pmid`, `pmcid`, `article_type`, `subjects`, `keywords`, `related`. What of an article
    becomes text is said in `thinkaug.formats.jats`.

    Args:
        sub_articles: letters of reviewers, answers and the like that come within an article are records too. They
            are left out otherwise: they speak of an earlier draft, often in fragments.
        most_bytes: a larger article is not read.
    """
    from lxml import etree

    compiled = etree.XPath(_ARTICLES)

    def find(root: "_Element") -> list["_Element"]:
        return cast(list["_Element"], compiled(root))

    records = Records(find, any_namespace("article"), "an <article>", most_bytes)

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        for found in records.read(file):
            yield from _articles(found, found.named(name), sub_articles)

    return read


def _articles(found: Record, record: str, with_parts: bool) -> Iterator[Raw]:
    if found.element is None:
        yield Raw(record, None, str(found.problem), found.excerpt[:EXCERPT_CHARS], found.kind)
        return
    plain(found.element)
    parts = parts_within(found.element)
    for part in parts:
        found.element.remove(part)
    yield _article(found, record, found.element)
    for place, part in enumerate(parts if with_parts else [], start=1):
        yield _article(found, f"{record}/{place}", part)


def _article(found: Record, record: str, element: "_Element") -> Raw:
    digest = found.sha256 if element is found.element else ""
    try:
        return Raw(record, read_article(element), sha256=digest, mended=found.mended)
    except RecursionError:
        return Raw(record, None, f"line {element.sourceline}: elements lie too deep in each other", kind="xml")
