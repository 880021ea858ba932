"""ingest: files -> Document. Knows sources and field names; nothing of windows, thoughts or storage."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from lzma import LZMAError
from typing import Annotated, Any

from annotated_types import Gt

from thinkaug.errors import Unreadable, UserError, unknown
from thinkaug.inputs import InputFile, find_inputs
from thinkaug.plugins import made, part
from thinkaug.records import Document, content_id
from thinkaug.sources import Source
from thinkaug.stage import Dropped, Kept, Outcome, Quarantined, Raw, Services, Shard, Stage, Work

_ENDINGS = {
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
    "txt": "text",
    "text": "text",
    "md": "text",
    "markdown": "text",
}
_TEXT_FIELDS = ("title", "source", "domain", "language", "license")
_FIELDS = ("text", *_TEXT_FIELDS, "meta")
_UNIT_BYTES = 64 << 20  # many small files are one piece of work; a large file is one by itself


@dataclass(frozen=True)
class Config:
    """Where the expert texts are, and which of their fields are what.

    Args:
        paths: files, folders, globs, fsspec URLs, or `shipped:samples/demo.jsonl`.
        format: `jsonl`, `parquet` or `text`; empty goes by each file's ending.
        fields: record field -> the source's name for it, where it is another one.
        defaults: record field -> its value where the source has none.
        options: format -> its own settings, such as `xml: {record: //QAPair}`.
        shard_documents: documents in a shard, the unit of work of all later stages.
        limit: read only so many records, from the first on; None reads all.
    """

    paths: tuple[str, ...]
    format: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    shard_documents: Annotated[int, Gt(0)] = 1000
    limit: Annotated[int, Gt(0)] | None = None


def _inputs(config: Config) -> list[InputFile]:
    return find_inputs(config.paths, _ENDINGS, "ingest: paths")


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    for name in config.fields:
        if name not in _FIELDS:
            raise unknown("document field", name, _FIELDS, "ingest: fields")
    for name in config.defaults:
        if name not in _TEXT_FIELDS:
            raise unknown("document field with a default", name, _TEXT_FIELDS, "ingest: defaults")
    files = _inputs(config)
    for file in files:
        _source(config, file)
    return {"inputs": [[file.name, file.fingerprint()] for file in files]}


def _source(config: Config, file: InputFile) -> Source:
    name = _format(config, file)
    part("sources", name, "ingest: format")
    source: Source = made("sources", name, config.options.get(name, {}), "ingest: options")
    return source


def _format(config: Config, file: InputFile) -> str:
    if config.format:
        return config.format
    if file.ending not in _ENDINGS:
        known = ", ".join(sorted(_ENDINGS))
        raise UserError(f"ingest: {file.path}: unknown ending '{file.ending}' (known: {known}); say `format:`")
    return _ENDINGS[file.ending]


def _shards(config: Config) -> Iterator[Shard]:
    """Files gathered to pieces of work of about `_UNIT_BYTES`; a limit counts over all files, so it makes one piece."""
    groups: list[list[InputFile]] = []
    room = 0
    for file in _inputs(config):
        if not groups or (config.limit is None and file.size_bytes > room):
            groups.append([])
            room = _UNIT_BYTES
        groups[-1].append(file)
        room -= file.size_bytes
    for number, files in enumerate(groups):
        yield Shard(f"{number:05d}", partial(_limited, config, files))


def _limited(config: Config, files: Iterable[InputFile]) -> Iterator[Raw]:
    return islice(_read(config, files), config.limit)


def _read(config: Config, files: Iterable[InputFile]) -> Iterator[Raw]:
    for file in files:
        source = _source(config, file)
        try:
            with file.open() as opened:
                yield from source(opened, file.name)
        except Unreadable as error:
            yield Raw(file.name, None, str(error), kind=error.kind)
        except (OSError, EOFError, zlib.error, LZMAError) as error:
            yield Raw(file.name, None, f"cannot be read to its end: {error}")


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    def work(shard: Shard) -> Iterator[Outcome]:
        for raw in shard:
            yield _settle(raw, config)

    return work


def _settle(raw: Raw, config: Config) -> Outcome:
    if raw.fields is None:
        return Quarantined(raw, raw.kind, raw.problem, raw.raw)
    column = config.fields.get("text", "text")
    text = raw.fields.get(column)
    if not isinstance(text, str):
        return Quarantined(
            raw, "no_text", f"field '{column}' is {type(text).__name__}; fields: {', '.join(raw.fields)}"
        )
    try:
        characters = len(text.encode("utf-8").decode("utf-8"))
    except UnicodeEncodeError as error:
        return Quarantined(raw, "not_unicode", f"character {error.start}: a lone surrogate cannot be stored")
    if not text.strip():
        return Dropped(raw, "empty")
    return Kept(raw, (_document(raw.id, raw.fields, text, config),), {"chars": characters})


def _document(record: str, fields: Mapping[str, object], text: str, config: Config) -> Document:
    found = {name: fields.get(config.fields.get(name, name)) for name in _TEXT_FIELDS}
    named = {name: value if isinstance(value, str) else config.defaults.get(name, "") for name, value in found.items()}
    meta = fields.get(config.fields.get("meta", "meta"))
    kept = dict(meta) if isinstance(meta, dict) else {} if meta is None else {"meta": meta}
    if "id" in fields:
        kept["source_id"] = fields["id"]
    return Document(
        id=content_id(text),
        text=text,
        **{name: _storable(value) for name, value in {**named, "source": named["source"] or record}.items()},
        # ASCII, so that odd characters of the source's metadata cannot stop the row.
        meta=json.dumps(kept, default=str),
    )


def _storable(value: str) -> str:
    """A lone surrogate in a title or a file's name is written out as an escape: it need not cost the row."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


ingest = Stage(
    name="ingest",
    version=1,
    reads=(),
    writes=Document,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    source=_shards,
    shard_rows=lambda config: config.shard_documents,
)
