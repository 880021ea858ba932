"""blocks: the body of an article -> blocks of Markdown, to be joined by blank lines. Knows nothing of front matter."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from thinkaug.formats.jats.formulas import formula
from thinkaug.formats.jats.inline import line, marked, marked_child, settled
from thinkaug.formats.jats.tables import pipe_table

if TYPE_CHECKING:
    from lxml.etree import _Element

_DEEPEST_HEADING = 6
_MOST_INDENT = " " * 40  # deeper lists stay there: each level more would cost as much again

_ORDERED = {"order": "1", "alpha-lower": "a", "alpha-upper": "A", "roman-lower": "i", "roman-upper": "I"}
_MARKER = re.compile(r"(?:- |\w{1,6}[.)] )")
_SENTENCE_ENDS = (".", "?", "!", ":", ";")
_ASIDE = frozenset(["title", "label", "subtitle", "caption", "attrib", "speaker", "permissions", "sec-meta"])


def flow(element: "_Element", level: int = 1) -> list[str]:
    """The blocks of an element: its text in paragraphs, and the blocks that stand in it.

    Args:
        element: a section, paragraph, item or the like; its own heading is left aside.
        level: of a heading right in it.
    """
    blocks: list[str] = []
    run = [element.text or ""]
    for child in element:
        render = _BLOCKS.get(str(child.tag))
        if render:
            _end(run, blocks)
            blocks += render(child, level)
        elif child.tag not in _ASIDE:
            run.append(marked_child(child, "".join(run[-2:])[-2:]))
        run.append(child.tail or "")
    _end(run, blocks)
    return blocks


def _end(run: list[str], blocks: list[str]) -> None:
    text = settled("".join(run))
    if text:
        blocks.append(text)
    run.clear()


def _section(element: "_Element", level: int) -> list[str]:
    if element.get("sec-type", "") in _SECTIONS_LEFT_OUT:
        return []
    heading = _heading(element, level)
    inside = flow(element, level + 1 if heading else level)
    return [*heading, *inside] if inside else []


_SECTIONS_LEFT_OUT = frozenset(
    ["supplementary-material", "supplementary", "ref-list", "COI-statement", "author-contributions", "funding"]
)


def _heading(element: "_Element", level: int) -> list[str]:
    words = " ".join(filter(None, (_of(element, "label"), _of(element, "title"))))
    return [f"{'#' * min(level, _DEEPEST_HEADING)} {words}"] if words else []


def _of(element: "_Element", name: str) -> str:
    found = element.find(name)
    return "" if found is None else line(found)


def _list(element: "_Element", level: int) -> list[str]:
    marker = _ORDERED.get(element.get("list-type", ""), "")
    items = [child for child in element if child.tag == "list-item"]
    lines = [
        _item(_of(item, "label") or _numbered(marker, place), flow(item, level)) for place, item in enumerate(items)
    ]
    return [*_heading(element, level), *(["\n".join(lines)] if lines else [])]


def _item(marker: str, blocks: list[str]) -> str:
    """An item behind its marker; what follows in it is indented, a list in it stands right below."""
    marker = marker or "-"
    text = "".join(
        block if not place else ("\n" if _MARKER.match(block) else "\n\n") + block for place, block in enumerate(blocks)
    )
    first, *rest = text.split("\n")
    indent = " " * min(len(marker) + 1, 4)
    below = [f"{indent}{row}" if row and not row.startswith(_MOST_INDENT) else row for row in rest]
    return "\n".join([f"{marker} {first}".rstrip(), *below])


def _numbered(kind: str, place: int) -> str:
    if kind in ("1", ""):
        return f"{place + 1}." if kind else "-"
    if kind in ("a", "A"):
        letters = ""
        number = place + 1
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(ord(kind) + letter) + letters
        return f"{letters}."
    roman, number = "", place + 1
    for value, letters in _ROMAN:
        times, number = divmod(number, value) if value > 1 else (number, 0)
        roman += letters * times
    return f"{roman if kind == 'i' else roman.upper()}."


_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def _definitions(element: "_Element", level: int) -> list[str]:
    lines = []
    for item in element.iterchildren("def-item"):
        said = [block for meaning in item.findall("def") for block in flow(meaning, level)]
        lines.append(_item("-", [": ".join(filter(None, (_of(item, "term"), " ".join(said))))]))
    return [*_heading(element, level), *(["\n".join(lines)] if lines else [])]


def captioned(element: "_Element") -> str:
    """Label, title and caption of a table or figure as one paragraph: `Figure 2. Title. What is seen.`"""
    label = _of(element, "label").rstrip(".: ")
    caption = element.find("caption")
    title = "" if caption is None else _of(caption, "title")
    parts = [f"{label}." if label else "", title, *([] if caption is None else flow(caption))]
    words = [part if part.endswith(_SENTENCE_ENDS) else f"{part}." for part in parts[:-1] if part]
    return " ".join([*words, *parts[-1:]]).strip()


def _table(element: "_Element", level: int) -> list[str]:
    tables = [pipe_table(table) for table in element.iter("table") if not any(table.iterancestors("table"))]
    notes = [note for foot in element.findall("table-wrap-foot") for note in _notes(foot, level)]
    return [block for block in (captioned(element), *tables, "\n".join(notes)) if block]


def _notes(element: "_Element", level: int) -> list[str]:
    """Footnotes below a table or a text, each behind its mark: `[a] p < 0.05`."""
    found = []
    for child in element:
        if child.tag == "fn-group":
            found += _notes(child, level)
        elif child.tag == "fn":
            found += note(child)
        elif child.tag not in ("title", "label"):
            found += _BLOCKS[str(child.tag)](child, level) if str(child.tag) in _BLOCKS else filter(None, [line(child)])
    return found


def note(element: "_Element") -> list[str]:
    """One footnote as a line behind its mark; none where it is empty."""
    label, said = _of(element, "label").strip("[]()^ "), " ".join(flow(element))
    return [f"[{label}] {said}" if label else said] if said else []


def _figure(element: "_Element", level: int) -> list[str]:
    return list(filter(None, [captioned(element)]))


def _group(element: "_Element", level: int) -> list[str]:
    return [*_figure(element, level), *flow(element, level)]


def _boxed(element: "_Element", level: int) -> list[str]:
    caption = element.find("caption")
    heading = _heading(element, level) or ([] if caption is None else _heading(caption, level))
    below = [] if caption is None else flow(caption, level + 1)
    return [*heading, *below, *flow(element, level + 1 if heading else level)]


def _quote(element: "_Element", level: int) -> list[str]:
    said = [*flow(element, level), *(f"— {line(attrib)}" for attrib in element.findall("attrib"))]
    rows = "\n\n".join(said).split("\n")
    return ["\n".join(f"> {row}".rstrip() if not row.startswith("> > > > ") else row for row in rows)] if said else []


def _verse(element: "_Element", level: int) -> list[str]:
    lines = [line(verse) for verse in element.iter("verse-line")]
    return [*_heading(element, level), *(["\n".join(lines)] if lines else [])]


def _speech(element: "_Element", level: int) -> list[str]:
    speaker = _of(element, "speaker")
    said = "\n\n".join(flow(element, level))
    return [f"{speaker.rstrip(':')}: {said}" if speaker else said] if said else []


def _statement(element: "_Element", level: int) -> list[str]:
    words = " ".join(filter(None, (_of(element, "label"), _of(element, "title"))))
    first, *rest = flow(element, level) or [""]
    return [block for block in (f"{words.rstrip('.')}. {first}" if words else first, *rest) if block]


def _code(element: "_Element", level: int) -> list[str]:
    text = "".join(map(str, element.itertext())).strip("\r\n")
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    language = re.sub(r"[^\w+#-]", "", element.get("language", ""))
    return [f"{fence}{language}\n{text}\n{fence}"] if text.strip() else []


def _display(element: "_Element", level: int) -> list[str]:
    tex, label = formula(element), _of(element, "label").strip("()[] ")
    if tex:
        return [rf"$${tex} \tag{{{label}}}$$" if label and r"\tag" not in tex else f"$${tex}$$"]
    words = settled(_unlabelled(element))
    if not words and element.find(".//graphic") is not None:
        words = "[formula]"
    return [f"{words} ({label})" if label else words] if words else []


def _unlabelled(element: "_Element") -> str:
    label = element.find("label")
    words = marked(element)
    return words if label is None else words.replace(f" {marked(label)} ", " ", 1)


def _nothing(element: "_Element", level: int) -> list[str]:
    return []


def _bare_table(element: "_Element", level: int) -> list[str]:
    return list(filter(None, [pipe_table(element)]))


_BLOCKS: Mapping[str, Callable[["_Element", int], list[str]]] = {
    "p": flow,
    "sec": _section,
    "app": _section,
    "app-group": flow,
    "glossary": _section,
    "notes": _section,
    "list": _list,
    "def-list": _definitions,
    "table-wrap": _table,
    "table-wrap-group": _group,
    "table": _bare_table,
    "array": _bare_table,
    "fig": _figure,
    "fig-group": _group,
    "boxed-text": _boxed,
    "disp-quote": _quote,
    "verse-group": _verse,
    "speech": _speech,
    "statement": _statement,
    "code": _code,
    "preformat": _code,
    "disp-formula": _display,
    "disp-formula-group": flow,
    "chem-struct-wrap": _figure,
    "fn-group": _notes,
    "floats-group": flow,
    "floats-wrap": flow,
    "ref-list": _nothing,
    "supplementary-material": _nothing,
    "media": _nothing,
    "graphic": _nothing,
}
