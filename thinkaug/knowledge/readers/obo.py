"""obo: the terms of an ontology in the OBO flat file format, 1.2 and 1.4. Obsolete terms are left out, and say so.

A term's fields are `id`, `name`, `def`, `synonyms`, `is_a` (names of its parents), `source` and `version` (the header's
`ontology` and `data-version`), and `text`: its name and definition, a sentence that names its parents, and one for each
other relationship. Parents and relationships are its links too.
"""

import re
from collections.abc import Iterator
from typing import IO

from thinkaug.knowledge.readers import Found, Link

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_ESCAPE = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t", "W": " "}
_STANZA = re.compile(r"\[(\w+)\]\s*\Z")


def obo(file: IO[bytes]) -> Iterator[Found]:
    """The terms of an OBO file."""
    header: dict[str, list[str]] = {}
    for kind, line, tags, problem in _stanzas(file):
        if problem:
            yield Found(line, None, "not_utf8", problem)
        elif kind == "":
            header = tags
        elif kind != "Term":
            yield Found(line, None, "not_a_term", f"a {kind}")
        elif tags.get("is_obsolete") == ["true"]:
            yield Found(line, None, "obsolete", _first(tags, "id"))
        elif not _first(tags, "id"):
            yield Found(line, None, "no_id", f"a term without id: {_first(tags, 'name')}")
        else:
            links = tuple(_links(tags))
            yield Found(line, _fields(tags, links, header), links=links)


def _stanzas(file: IO[bytes]) -> Iterator[tuple[str, int, dict[str, list[str]], str]]:
    """(kind, its first line, values by tag, problem) of every stanza; the header is of kind ""."""
    kind, start, problem = "", 1, ""
    tags: dict[str, list[str]] = {}
    for number, raw in enumerate(file, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            problem = problem or f"line {number}: {error}"
            continue
        if stanza := _STANZA.match(line):
            yield kind, start, tags, problem
            kind, start, tags, problem = stanza[1], number, {}, ""
        elif line and not line.startswith("!"):
            tag, _, value = line.partition(":")
            tags.setdefault(tag.strip(), []).append(value.strip())
    yield kind, start, tags, problem


def _links(tags: dict[str, list[str]]) -> Iterator[Link]:
    for value in tags.get("is_a", ()):
        yield _link("is_a", value)
    for value in tags.get("relationship", ()):
        relation, _, target = value.partition(" ")
        if target.strip():
            yield _link(relation, target.strip())


def _link(relation: str, value: str) -> Link:
    """`DOID:162 {source="x"} ! cancer`: the id, and the name in the comment where there is one."""
    target, _, name = value.partition(" ! ")
    return Link(relation, target.split(" ")[0], _unescaped(name.strip()))


def _fields(tags: dict[str, list[str]], links: tuple[Link, ...], header: dict[str, list[str]]) -> dict[str, object]:
    name = _unescaped(_first(tags, "name"))
    definition = _quoted(_first(tags, "def"))
    parents = tuple(_called(link) for link in links if link.relation == "is_a")
    called = name or _first(tags, "id")
    belongs = f"{called} is a kind of {' and '.join(parents)}." if parents else ""
    others = (link for link in links if link.relation != "is_a")
    related = (f"{called} {link.relation.replace('_', ' ')} {_called(link)}." for link in others)
    defined = f"{called}: {definition}" if definition else ""
    return {
        "id": _first(tags, "id"),
        "name": name,
        "def": definition,
        "synonyms": tuple(_quoted(value) for value in tags.get("synonym", ())),
        "is_a": parents,
        "text": " ".join(part for part in (defined, belongs, *related) if part) or name,
        "source": _first(header, "ontology"),
        "version": _first(header, "data-version"),
    }


def _first(tags: dict[str, list[str]], tag: str) -> str:
    return tags.get(tag, [""])[0]


def _quoted(value: str) -> str:
    match = _QUOTED.match(value)
    return _unescaped(match[1] if match else value)


def _called(link: Link) -> str:
    return link.name or _unescaped(link.target)


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda escape: _MEANT.get(escape[1], escape[1]), value)
