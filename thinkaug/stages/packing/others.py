"""Other data of a mix: files -> Sample rows of raw text, an Arrow stream a set. Reads as ingest does; draws nothing.

A record that cannot be used is counted by its reason and left out. Memory holds a batch of texts, and 16 bytes of each
text that came before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from thinkaug.errors import UserError
from thinkaug.hygiene import Hygiene
from thinkaug.inputs.packed import storable
from thinkaug.metas import read_meta
from thinkaug.records import Document, Sample, content_id
from thinkaug.schema import BATCH_ROWS, arrow_schema
from thinkaug.stage import Dropped, Outcome, Quarantined, Raw
from thinkaug.stages.ingesting.config import Config
from thinkaug.stages.ingesting.reading import check_sources, inputs, pieces
from thinkaug.stages.ingesting.settling import Settling
from thinkaug.stages.packing.mix import Mix, Other

_AS_IT_IS = Hygiene(**{rule.name: False for rule in fields(Hygiene) if rule.type is bool})
_BATCH_CHARS = 16 << 20
_MOST_CHARS = 1 << 29  # so that a text is below the 2 GiB that a column of strings may hold
_TOLD = ("license", "language", "title")
_SAVED = ("state.json", "dataset_dict.json")  # written by `datasets.save_to_disk`, and by us


@dataclass(frozen=True)
class OtherSet:
    """What was read of a set.

    Args:
        path: an Arrow stream of `Sample` rows.
        rows: how many there are.
        left_out: reason -> how many records could not be used, as `no_text`, `empty` or `duplicate`.
    """

    path: Path
    rows: int
    left_out: Mapping[str, int]


def fingerprints(mix: Mix, where: str = "pack: mix") -> list[list[str]]:
    """Name of the set, name of the file and its fingerprint, for all files of all other data, sets by name.

    Raises:
        UserError: a path stands for no file, a file's format is not known, or a format has no such options.
    """
    return [list(entry) for name, other in sorted(mix.others.items()) for entry in _fingerprints(name, other, where)]


def read_others(mix: Mix, folder: Path, where: str = "pack: mix") -> dict[str, OtherSet]:
    """Read all other data of the mix; of each set there is then a file `<name>.arrow` in the folder.

    Raises:
        UserError: nothing could be read of a set, or the files are not there any more.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return {
        name: _read(name, other, folder / f"{name}.arrow", f"{where}.others.{name}")
        for name, other in sorted(mix.others.items())
    }


def _fingerprints(name: str, other: Other, where: str) -> Iterator[tuple[str, str, str]]:
    try:
        for config in _configs(other):
            found = inputs(config)
            check_sources(config, found)
            yield from ((name, file.name, file.fingerprint()) for file in found)
    except UserError as error:
        raise _at(f"{where}.others.{name}", error) from error


def _configs(other: Other) -> Iterator[Config]:
    """The set as what ingest would read: folders that are finished data sets by `datasets`, all else by endings."""
    shared = Config(
        paths=other.paths,
        format=other.format,
        options=other.options,
        fields={"text": other.text},
        defaults={"domain": other.domain, "license": other.license},
        hygiene=_AS_IT_IS,
        duplicates="keep",
    )
    saved = () if other.format else tuple(filter(_is_saved, other.paths))
    files = tuple(path for path in other.paths if path not in saved)
    if files:
        yield replace(shared, paths=files)
    if saved:
        yield replace(shared, paths=saved, format="hub")


def _is_saved(path: str) -> bool:
    """Whether the folder holds a finished data set: what lies in it beside the rows is no text of the set."""
    return any((Path(path) / name).is_file() for name in _SAVED)


def _at(where: str, error: UserError) -> UserError:
    """The error of ingest, of the set that it is about."""
    return UserError(f"{where}: {str(error).removeprefix('ingest: ')}")


def _read(name: str, other: Other, path: Path, where: str) -> OtherSet:
    left_out: Counter[str] = Counter()
    problems: list[str] = []
    rows = 0
    try:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, arrow_schema(Sample)) as stream:
            for batch in _batches(_texts(name, other, left_out, problems), name):
                stream.write_batch(batch)
                rows += batch.num_rows
    except UserError as error:
        raise _at(where, error) from error
    if not rows:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in left_out.most_common())
        why = f"no record of {left_out.total():,} can be used ({reasons}): {problems[0]}" if problems else "no records"
        raise UserError(f"{where}: {why}; see `text:`, which names the field of the text, and `format:`")
    return OtherSet(path, rows, dict(left_out))


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of the set: its sample's id, the document that ingest makes of it, and where its record stands."""

    id: str
    document: Document
    record: str


def _texts(name: str, other: Other, left_out: Counter[str], problems: list[str]) -> Iterator[_Text]:
    """The texts that can be used, each once. `problems` is told what is wrong with the first record that cannot be."""
    seen: set[bytes] = set()
    for config in _configs(other):
        raws = (_telling(raw) for piece in pieces(config) for raw in piece)
        for outcome in Settling(config)(raws):
            text, reason, problem = _settled(name, outcome)
            if text and (key := bytes.fromhex(text.id)) not in seen:
                seen.add(key)
                yield text
                continue
            left_out[reason] += 1
            if not problems:
                problems.append(f"{storable(outcome.row.id)}: {problem or reason}")


def _settled(name: str, outcome: Outcome) -> tuple[_Text | None, str, str]:
    """The text, why it cannot be used (of one that can: why not, if it came before), and more about that."""
    if isinstance(outcome, Quarantined):
        return None, outcome.kind, outcome.message
    if isinstance(outcome, Dropped):
        return None, outcome.reason, outcome.detail
    (document,) = outcome.rows
    assert isinstance(document, Document), "ingest makes documents"
    if len(document.text) > _MOST_CHARS:
        return None, "too_long", f"{len(document.text):,} characters"
    return _Text(content_id(name, document.text), document, storable(outcome.row.id)), "duplicate", ""


def _telling(raw: Raw) -> Raw:
    """The record; of a finished set of ours with the licence, language and title that stand in its `meta`."""
    meta = raw.fields.get("meta") if raw.fields else None
    if not raw.fields or not isinstance(meta, str) or not meta.startswith("{"):
        return raw
    told = read_meta(meta)
    more = {key: told[key] for key in _TOLD if key in told and not raw.fields.get(key)}
    return replace(raw, fields={**raw.fields, **more})


def _batches(texts: Iterable[_Text], name: str) -> Iterator[pa.RecordBatch]:
    some: list[_Text] = []
    chars = 0
    for text in texts:
        some.append(text)
        chars += len(text.document.text)
        if len(some) == BATCH_ROWS or chars >= _BATCH_CHARS:
            yield _batch(some, name)
            some, chars = [], 0
    if some:
        yield _batch(some, name)


def _batch(texts: list[_Text], name: str) -> pa.RecordBatch:
    """The rows of `Sample`: each text is one span of weight 1."""
    schema = arrow_schema(Sample)
    count = len(texts)
    span = schema.field("spans").type.value_type
    columns = {
        "start": np.zeros(count, np.int32),
        "end": np.array([len(text.document.text) for text in texts], np.int32),
        "kind": ["text"] * count,
        "weight": np.ones(count, np.float32),
    }
    spans = pa.StructArray.from_arrays([pa.array(columns[part.name], part.type) for part in span], fields=list(span))
    no_ranges = pa.array([], schema.field("no_loss_ranges").type.value_type)
    values: dict[str, Any] = {
        "id": pa.array([text.id for text in texts], pa.string()),
        "text": pa.array([text.document.text for text in texts], pa.string()),
        "spans": pa.ListArray.from_arrays(pa.array(np.arange(count + 1, dtype=np.int32)), spans),
        "no_loss_ranges": pa.ListArray.from_arrays(pa.array(np.zeros(count + 1, np.int32)), no_ranges),
        "source": pa.array([text.document.source for text in texts], pa.string()),
        "domain": pa.array([text.document.domain for text in texts], pa.string()),
        "meta": pa.array([_meta(text, name) for text in texts], pa.string()),
    }
    return pa.RecordBatch.from_arrays([values[column] for column in schema.names], schema=schema)


def _meta(text: _Text, name: str) -> str:
    document = text.document
    meta = {
        "part": name,
        "text_sha256": sha256(document.text.encode()).hexdigest(),
        "title": document.title,
        "language": document.language,
        "license": document.license,
        "record": text.record,
    }
    return orjson.dumps(meta).decode()
