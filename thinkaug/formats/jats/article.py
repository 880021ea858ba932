"""article: one article -> its fields: the text, and what the front matter says."""

from typing import TYPE_CHECKING

from thinkaug.formats.jats.blocks import flow, note
from thinkaug.formats.jats.front import front_matter
from thinkaug.formats.jats.inline import line

if TYPE_CHECKING:
    from lxml.etree import _Element

_ABSTRACTS_LEFT_OUT = frozenset(["graphical", "toc", "teaser", "video", "audio", "web-summary"])
_MAIN = "# Main text"
_KEPT_OF_BACK = frozenset(["app-group", "app", "glossary", "sec"])


def plain(article: "_Element") -> None:
    """Take the namespaces off everything in the article, in place: what follows knows elements by their own names."""
    for element in article.iter():
        element.tag = _local(str(element.tag))
        for name in [name for name in element.attrib if "}" in str(name)]:
            element.set(_local(str(name)), element.attrib.pop(name))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def parts_within(article: "_Element") -> list["_Element"]:
    """Letters, answers and translations that are published within the article."""
    return [child for child in article if child.tag in ("sub-article", "response")]


def read_article(article: "_Element") -> dict[str, object]:
    """`text` and what else there is of `title`, `license`, `language`, `source`, `meta`, of a `plain` article.

    The text is empty where there is neither an abstract nor a body.
    """
    abstracts, body = _abstracts(article), _body(article)
    untitled = [_MAIN] if abstracts and body and not body[0].startswith("# ") else []  # no part of the abstract
    blocks = [*abstracts, *untitled, *body]
    return {"text": "\n\n".join(blocks), **front_matter(article)}


def _abstracts(article: "_Element") -> list[str]:
    blocks: list[str] = []
    for abstract in [*article.iterfind("front//abstract"), *article.iterfind("front-stub//abstract")]:
        kind = abstract.get("abstract-type", "")
        inside = [] if kind in _ABSTRACTS_LEFT_OUT else flow(abstract, 2)
        if inside:
            title = abstract.find("title")
            heading = line(title) if title is not None else ""
            blocks += [f"# {heading or 'Abstract'}", *inside]
    return blocks


def _body(article: "_Element") -> list[str]:
    blocks: list[str] = []
    for body in article.findall("body"):
        blocks += flow(body)
    notes: list[str] = []
    for back in article.findall("back"):
        for part in back:
            if part.tag in _KEPT_OF_BACK:
                blocks += flow(_alone(part))
        notes += _pointed_at(article, back)
    for floats in article.findall("floats-group"):
        blocks += flow(floats)
    return [*blocks, *(["# Notes", "\n".join(notes)] if notes else [])]


def _alone(part: "_Element") -> "_Element":
    """The element in a parent of its own, so that it is rendered with its heading."""
    from lxml.etree import Element

    parent = Element("back")
    part.tail = None
    parent.append(part)
    return parent


def _pointed_at(article: "_Element", back: "_Element") -> list[str]:
    """The footnotes that something in the text points at: the others are statements of the authors and the journal."""
    wanted = {
        rid for xref in article.iter("xref") if xref.get("ref-type") == "fn" for rid in xref.get("rid", "").split()
    }
    return [row for found in back.iter("fn") if found.get("id") in wanted for row in note(found)]
