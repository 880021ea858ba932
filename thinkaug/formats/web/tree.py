"""tree: the bytes of an HTML page -> a tree that is safe to walk, and what its head says. Knows no main text."""

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from thinkaug.errors import Unreadable
from thinkaug.formats.encodings import decode

DEEPEST = 400
"""Elements may be nested so deep; the libraries below walk trees by recursion."""

MOST_ELEMENTS = 300_000
"""A page may have so many; each takes about 0.1 ms."""

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_HEAD_BYTES = 4096
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)], " ")
_LICENSE_KEY = re.compile(r'"license"\s*:\s*"([^"\\]{1,300})"')


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself; empty where it says nothing."""

    title: str = ""
    language: str = ""
    license: str = ""
    source: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)


def page_text(body: bytes, encoding: str) -> tuple[str, str]:
    """The page as text, and its encoding: as asked for, as it declares if that can be true, or by its bytes.

    Raises:
        UnicodeDecodeError: it is not in the `encoding` that was asked for.
    """
    if encoding:
        return decode(body, encoding)
    match = _CHARSET.search(body[:_HEAD_BYTES])
    declared = (match[1] or match[2]).decode("ascii").lower() if match else ""
    if (
        declared
        and declared not in ("utf-8", "utf8")
        and not body.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff"))
    ):
        # As browsers do: pages that say Latin-1 or ASCII are written in Windows-1252.
        name = "cp1252" if declared in ("iso-8859-1", "latin1", "us-ascii", "ascii") else declared
        try:
            if not name.startswith(("utf-16", "utf-32", "utf16", "utf32")):  # then the declaration could not be read
                return body.decode(name), "utf-8"
        except (LookupError, ValueError):
            pass
    return decode(body)


def parse(text: str) -> HtmlElement:
    """The tree of a page, by a parser that knows HTML alone: a DOCTYPE declares no entities for it.

    Raises:
        Unreadable: it is no HTML, or its elements are nested too deep.
    """
    text = text.translate(_CONTROLS)
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except etree.ParserError:  # nothing in it but comments
        return document_fromstring("<html><body></body></html>")
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("html", f"no page can be made of it: {error}") from error
    depth = elements = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise Unreadable("html", f"its elements are nested more than {DEEPEST} deep")
        elements += event == "start"
        if elements > MOST_ELEMENTS:
            raise Unreadable("too_long", f"more than {MOST_ELEMENTS:,} elements")
    return tree


def read_head(tree: HtmlElement) -> Head:
    """Title, language, licence, address and site of a page, as far as it says them."""
    metas: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = (element.get("property") or element.get("name") or "").strip().lower()
        if key and (content := (element.get("content") or "").strip()):
            metas.setdefault(key, content)
    first = _first(tree)
    title = metas.get("og:title") or metas.get("dc.title") or first("//title//text()") or first("//h1//text()")
    language = first("/html/@lang") or metas.get("dc.language") or metas.get("og:locale", "")
    license_said = (
        first("//link[@rel='license']/@href | //a[contains(concat(' ', @rel, ' '), ' license ')]/@href")
        or metas.get("dc.rights")
        or metas.get("dcterms.license")
        or metas.get("dcterms.rights")
        or metas.get("dc.rights.license")
        or first("//*[@itemprop='license']/@href | //*[@itemprop='license']/@content")
        or _license_of_data(tree)
    )
    return Head(
        title=" ".join(title.split()),
        language=language.strip().replace("_", "-"),
        license=license_said.strip(),
        source=(first("//link[@rel='canonical']/@href") or metas.get("og:url", "")).strip(),
        meta={
            name: metas[key] for name, key in (("site", "og:site_name"), ("description", "description")) if key in metas
        },
    )


def _first(tree: HtmlElement) -> Callable[[str], str]:
    def first(path: str) -> str:
        return next((str(found) for found in tree.xpath(path) if str(found).strip()), "")

    return first


def _license_of_data(tree: HtmlElement) -> str:
    """The `license` of schema.org data: read by its look, for such data is often broken."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        if found := _LICENSE_KEY.search((script.text or "")[:200_000]):
            return str(found[1])
    return ""
