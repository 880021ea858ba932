"""xml: XPaths say what is a record, and which of its parts are which fields. Knows no format in particular."""

from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any

from thinkaug.errors import UserError
from thinkaug.formats.encodings import checked
from thinkaug.formats.safe_xml import Records, read_text, simple_steps, tidied
from thinkaug.sources import EXCERPT_CHARS, MOST_BYTES, Source
from thinkaug.stage import Raw

if TYPE_CHECKING:
    from lxml.etree import _Element

_TEXT: Mapping[str, str] = {"text": "string(.)"}
_AS_READ = {"string(.)": "."}  # the whole record, read as any element is
_NONE: Mapping[str, str] = {}


def xml(
    *,
    record: str = "/*",
    fields: Mapping[str, str] = _TEXT,
    namespaces: Mapping[str, str] = _NONE,
    encoding: str = "",
    most_bytes: int = MOST_BYTES,
) -> Source:
    """The records of an XML file, in its order.

    A file of up to `most_bytes` is parsed whole, and every XPath sees all of it. A larger one, or one that is not
    well-formed as a whole, is read record by record, if `record` is a simple path such as `//QAPair` or `/a/b/c`:
    then an XPath sees the record, its ancestors, and what stands in these before the record (up to 64 KiB in each),
    other records aside, but nothing after it; a record within a record is none by itself; and what is not
    well-formed costs no record but its own. Records of a broken file are marked as mended (`xml_in_pieces`).

    The text of an element is read by the rules of `thinkaug.formats.safe_xml.reading`. What several elements match is
    joined by blank lines; a field that matches nothing is left out.

    Args:
        record: an XPath to the elements that are the records.
        fields: field -> an XPath from the record: `Answer`, `Question/@qtype`, `/Document/@url`, `ancestor::doc/title`.
        namespaces: prefix -> URI, for prefixes in the XPaths.
        encoding: the file's; empty goes by its byte order mark and declaration.
        most_bytes: a larger record is not read.

    Raises:
        UserError: an XPath is not valid.
    """
    find = _record_finder(record, namespaces)
    parts = {name: _compiled(_AS_READ.get(path, path), namespaces, f"fields.{name}") for name, path in fields.items()}
    if not parts:
        raise UserError("xml: fields: name at least one, such as `text: string(.)`")
    records = Records(find, simple_steps(record, namespaces), f"'{record}'", most_bytes, checked(encoding))

    def read(file: IO[bytes], name: str) -> Iterator[Raw]:
        for found in records.read(file):
            record = found.named(name)
            if found.element is None:
                yield Raw(record, None, str(found.problem), found.excerpt[:EXCERPT_CHARS], found.kind)
                continue
            values = {field: _value(part(found.element)) for field, part in parts.items()}
            fields = {field: value for field, value in values.items() if value is not None}
            if fields:
                yield Raw(record, fields, sha256=found.sha256, mended=found.mended)
            else:
                problem = f"line {found.element.sourceline}: it has none of the fields {', '.join(parts)}"
                yield Raw(record, None, problem, read_text(found.element)[:EXCERPT_CHARS], "no_fields")

    return read


def _record_finder(path: str, namespaces: Mapping[str, str]) -> Callable[["_Element"], list["_Element"]]:
    """The elements that an XPath leads to; `UserError` if it can only lead to something else."""
    from lxml import etree

    compiled = _compiled(path, namespaces, "record")

    def find(root: "_Element") -> list["_Element"]:
        found = compiled(root)
        elements = [item for item in found if isinstance(item, etree._Element)] if isinstance(found, list) else None
        if elements is None or len(elements) < len(found):
            raise UserError(f"xml: record: '{path}' leads to text or a number, not to elements")
        return elements

    find(etree.Element("x"))
    return find


def _compiled(path: str, namespaces: Mapping[str, str], where: str) -> Callable[["_Element"], Any]:
    """The XPath, tried once on an element of nothing: an unknown prefix or function shows only then."""
    from lxml import etree

    try:
        compiled = etree.XPath(path, namespaces=dict(namespaces), smart_strings=False)
        compiled(etree.Element("x"))
    except (etree.XPathError, ValueError, TypeError) as error:
        raise UserError(f"xml: {where}: '{path}' is no XPath that can be used here: {error}") from error
    return compiled


def _value(found: Any) -> str | None:
    """What an XPath gave, as text: elements read, `1.0` as 1; None where it matched nothing."""
    if isinstance(found, list):
        return "\n\n".join(_text(item) for item in found) if found else None
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float):
        return str(int(found)) if found.is_integer() else str(found)
    return _text(found)


def _text(item: Any) -> str:
    return tidied(item) if isinstance(item, str) else read_text(item)
