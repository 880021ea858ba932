"""The settings of ingest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Gt, MinLen

from thinkaug.hygiene import Hygiene


@dataclass(frozen=True)
class Join:
    """A text that stands in several fields of the source; without one of them there is none.

    Args:
        join: the fields, in order.
        between: what is put between them.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}  # a mistyped key is refused

    join: Annotated[tuple[str, ...], MinLen(1)]
    between: str = "\n\n"


@dataclass(frozen=True)
class Config:
    """Where the expert texts are, which of their fields are what, and what may come in.

    Args:
        paths: files, folders, globs, archives, fsspec URLs, `shipped:samples/demo.jsonl`, or ids of data sets for
            `format: hub`.
        format: a file of `thinkaug/sources`; empty goes by each file's ending.
        options: format -> its own settings, such as `xml: {record: //QAPair}`.
        fields: record field -> the source's name for it, where it is another one: `title: name`, or `a.b` for `b`
            within `a`; `text: {join: [question, answer]}` for several.
        keep: fields of the source that are kept in `meta` beside those of its own `meta`.
        defaults: record field -> its value where the source has none.
        hygiene: what is mended in a text.
        min_chars: shorter texts are dropped as `too_short`.
        duplicates: a text that came before in the same piece of work (a large file, or some 64 MB of small ones) is
            dropped, or kept. The stage dedup finds those that are left, and near ones.
        keep_languages: ISO 639-1 codes; texts in others are dropped. Where the source does not say, it is found out.
            Empty keeps all.
        keep_licenses: texts under others are dropped, as are those without one. Empty keeps all.
        follow_links: whether links in a folder may lead out of it.
        shard_documents: documents in a shard, the unit of work of all later stages.
        limit: read only so many records, from the first on; None reads all.
    """

    paths: tuple[str, ...]
    format: str = ""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fields: Mapping[str, str | Join] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    hygiene: Hygiene = field(default_factory=Hygiene)
    min_chars: Annotated[int, Gt(0)] = 1
    duplicates: Literal["drop", "keep"] = "drop"
    keep_languages: tuple[str, ...] = ()
    keep_licenses: tuple[str, ...] = ()
    follow_links: bool = False
    shard_documents: Annotated[int, Gt(0)] = 1000
    limit: Annotated[int, Gt(0)] | None = None
