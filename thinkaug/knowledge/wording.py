"""wording: a row's fields -> an entry. Knows which names columns commonly have; nothing of files or of the index."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Le

from thinkaug.knowledge.entry import Entry, LeftOut
from thinkaug.knowledge.readers import Found
from thinkaug.knowledge.template import Template, Value, read_template


@dataclass(frozen=True)
class Config:
    """How rows become entries, what facts they state, and how entries are searched.

    `id`, `title`, `text`, `source`, `version` are templates such as `{subject} {relation} {object}[ ({category})]`: the
    first whose columns the row has is used, the user's own before the usual ones. Without braces it is a fixed value.

    Args:
        format: `jsonl`, `parquet`, `tsv`, `csv` or `obo`; empty goes by each file's ending.
        id: usually `{id}`, or `{subject_id} {relation} {object_id}`; else the file's name and the row's line.
        title: usually `{title}`, `{label}`, `{name}`, `{term}` or `{subject}`.
        text: usually `{text}`, `{definition}`, `{def}`, `{description}` or `{subject} {relation} {object}`; else a
            statement made of all columns.
        synonyms: columns with other names of the entry; usually `synonyms`, `synonym`, `aliases`, `alias`.
        source: usually `{source}`; else the file's name.
        version: usually `{version}`.
        say: column -> value -> the words for it in templates: `say.relation.used_in=is used in`.
        fact_subject_id: the id of what a row's fact is about, usually `{subject_id}`; see `stating` for all of these.
        fact_subject: its name, usually `{subject}`.
        fact_relation: usually `{relation}` or `{predicate}`; values as they stand, not as `say` has them.
        fact_object_id: the id of what it stands in the relation to, usually `{object_id}`.
        fact_object: its name, or a quantity, usually `{object}`.
        fact_qualifier: what is said beside, usually `{qualifier}` or `{category}`.
        deny: values of the qualifier by which a row denies its fact, beside the usual `NOT`.
        synonym_separator: what parts synonyms that stand in one text.
        stemmer: a language of PyStemmer, where that is installed; empty leaves words as they are.
        k1: how fast repeated words stop counting, of BM25.
        b: how much longer entries count less, of BM25.
    """

    format: str = ""
    id: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    say: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fact_subject_id: tuple[str, ...] = ()
    fact_subject: tuple[str, ...] = ()
    fact_relation: tuple[str, ...] = ()
    fact_object_id: tuple[str, ...] = ()
    fact_object: tuple[str, ...] = ()
    fact_qualifier: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    synonym_separator: str = "|"
    stemmer: str = ""
    k1: Annotated[float, Ge(0)] = 1.5
    b: Annotated[float, Ge(0), Le(1)] = 0.75


_USUAL = {
    "id": ("{id}", "{subject_id} {relation} {object_id}", "{subject_id} {predicate} {object_id}"),
    "title": ("{title}", "{label}", "{name}", "{term}", "{subject}"),
    "text": (
        "{text}",
        "{definition}",
        "{def}",
        "{description}",
        "{subject} {relation} {object}",
        "{subject} {predicate} {object}",
    ),
    "source": ("{source}",),
    "version": ("{version}",),
}
_SYNONYMS = ("synonyms", "synonym", "aliases", "alias")
_UNSAID = frozenset((*_SYNONYMS, "id", "subject_id", "object_id", "source", "version"))
_RELATION_COLUMNS = ("relation", "predicate")
_RELATIONS = {
    "is_a": "is a kind of",
    "subClassOf": "is a kind of",
    "form_of": "is a form of",
    "part_of": "is part of",
    "used_in": "is used in",
}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|_+")

Settle = Callable[[str, Found], Entry | LeftOut]
"""`(file's name, row)` -> its entry, or why there is none."""


def wording(config: Config) -> Settle:
    """How rows are put into words under these settings.

    Raises:
        UserError: a template cannot be read.
    """
    templates = {
        name: [read_template(text, f"index: {name}") for text in (*getattr(config, name), *usual)]
        for name, usual in _USUAL.items()
    }
    synonym_columns = (*config.synonyms, *_SYNONYMS)

    def settle(file: str, found: Found) -> Entry | LeftOut:
        if found.fields is None:
            return LeftOut(file, found.line, found.reason, found.detail)
        fields = found.fields

        def plain(column: str) -> str:
            return as_text(fields.get(column))

        def spoken(column: str) -> str:
            text = plain(column)
            return config.say.get(column, {}).get(text) or _usual_words(column, text)

        def filled(name: str, value: Value = plain) -> str | None:
            template = _first_that_applies(templates[name], fields)
            return template.fill(value) if template else None

        title = filled("title") or ""
        text = filled("text", spoken)
        entry = Entry(
            id=f"{file}#{found.line}" if (own := filled("id")) is None else own,
            title=title,
            text=_statement(title, fields, templates, spoken) if text is None else text,
            synonyms=_synonyms(fields, synonym_columns, config.synonym_separator),
            source=filled("source") or file,
            version=filled("version") or "",
        )
        return _checked(entry, file, found.line)

    return settle


def _checked(entry: Entry, file: str, line: int) -> Entry | LeftOut:
    if not entry.id:
        return LeftOut(file, line, "no_id", f"a column that makes the id is empty: {entry.title[:80]}")
    if not entry.text:
        return LeftOut(file, line, "no_text", f"a column that makes the text is empty: {entry.id[:80]}")
    try:
        "\n".join((entry.id, entry.title, entry.text, *entry.synonyms, entry.source, entry.version)).encode("utf-8")
    except UnicodeEncodeError:
        return LeftOut(file, line, "not_unicode", "a lone surrogate cannot be stored")
    return entry


def _first_that_applies(templates: Sequence[Template], fields: Mapping[str, object]) -> Template | None:
    return next((template for template in templates if template.applies(fields)), None)


def _statement(
    title: str, fields: Mapping[str, object], templates: Mapping[str, Sequence[Template]], value: Value
) -> str:
    """All columns that say something beside title, id and origin: `gout is a kind of arthropathy; drugs: 12`."""
    template = _first_that_applies(templates["title"], fields)
    spent = _UNSAID | (template.columns if template else frozenset())
    said = [(column, text) for column in fields if column not in spent and (text := value(column))]
    if not said:
        return ""
    link = "; " if title and said[0][0] not in _RELATIONS else " "
    return f"{title}{link}{'; '.join(_remark(column, text) for column, text in said)}".strip()


def _remark(column: str, text: str) -> str:
    if column in _RELATIONS:
        return f"{_RELATIONS[column]} {text}"
    return f"{_HUMP.sub(' ', column).strip().lower()}: {text}"


def _usual_words(column: str, text: str) -> str:
    if column not in _RELATION_COLUMNS:
        return text
    return _RELATIONS.get(text) or text.replace("_", " ")


def _synonyms(fields: Mapping[str, object], columns: Sequence[str], separator: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for column in columns:
        value = fields.get(column)
        listed = value if isinstance(value, list | tuple) else _parted(as_text(value), separator)
        names.update(dict.fromkeys(name for each in listed if (name := as_text(each))))
    return tuple(names)


def _parted(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]


def as_text(value: object) -> str:
    """A field's value as text, without outer white space: lists with commas, mappings as JSON, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list | tuple):
        return ", ".join(text for each in value if (text := as_text(each)))
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
