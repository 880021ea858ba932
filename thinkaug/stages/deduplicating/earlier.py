"""Earlier builds and other data sets -> their texts, as rows that stay. Knows the folders; nothing of duplicates.

A path stands for a stage's folder, for the folder of a build (its finished data set), for a folder of Arrow, Parquet or
JSON Lines files with a column `text`, such as pack and `datasets` write them, or for one such file.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from thinkaug.errors import Unreadable, UserError
from thinkaug.inputs import InputFile, find_inputs
from thinkaug.plugins import made
from thinkaug.records import content_id
from thinkaug.rendering import strip
from thinkaug.sources import Source
from thinkaug.stages.deduplicating.texts import Piece, compared, piece_of, spooled
from thinkaug.store import Folder

_ENDINGS = ("arrow", "jsonl", "parquet")  # a data set has JSON files beside its rows
_ROWS_AT_ONCE = 1000


def fingerprints(paths: Sequence[str]) -> Mapping[str, object]:
    """What the rows of the paths are made of: the hashes of their files.

    Raises:
        UserError: there is nothing, or nothing finished.
    """
    return {path: _fingerprint(path) for path in paths}


def pieces(paths: Sequence[str], on: str) -> Iterator[Piece]:
    """The rows of all paths.

    Raises:
        UserError: one cannot be read, or has not what is compared.
    """
    for path in paths:
        found: Iterator[Piece]
        stage = _stage_folder(path)
        if stage is not None:
            batches = (batch for file in _shards(stage) for batch in stage.batches(file))
            found = (_of_stage(batch, on, path) for batch in batches)
        else:
            found = spooled(_of_files(path, on), keep_batches=False)
        rows = 0
        for piece in found:
            rows += len(piece.ids)
            yield piece
        if not rows:
            raise UserError(f"dedup: against: {path}: holds no rows; take it out, or name another")


def _place(path: str) -> str:
    """The path; of a build's folder, that of its finished data set.

    Raises:
        UserError: the build has none yet; its stages' folders hold more than the rows that came through.
    """
    shards = Path(path) / "shards"
    if shards.is_symlink() and shards.exists():
        return str(shards.resolve())
    stages = sorted(place.parent.name for place in Path(path).glob("*/stage.json"))
    if stages:
        raise UserError(
            f"dedup: against: {path}: the build has no finished data set; name one of its stages' folders, such as "
            f"{path}/{stages[-1]}"
        )
    return path


def _stage_folder(path: str) -> Folder | None:
    place = Path(path)
    return Folder(place, object) if (place / "manifest").is_dir() and (place / "shards").is_dir() else None


def _shards(folder: Folder) -> list[str]:
    return [file.path for manifest in folder.manifests() for file in manifest.files]


def _fingerprint(path: str) -> object:
    stage = _stage_folder(path)
    if stage is not None:
        hashes = [file.sha256 for manifest in stage.manifests() for file in manifest.files]
        if not hashes:
            raise UserError(f"dedup: against: {path}: no shard of it is finished; run it first")
        return content_id(*hashes)
    return [[file.name, file.fingerprint()] for file in _files(path)]


def _files(path: str) -> list[InputFile]:
    files = find_inputs([_place(path)], _ENDINGS, "dedup: against")
    for file in files:
        if file.kind:
            raise UserError(f"dedup: against: {path}: {file.name}: {file.problem}")
        if file.ending not in _ENDINGS:
            raise UserError(
                f"dedup: against: {path}: a .{file.ending} file is not read; name a stage's folder, or Arrow, Parquet "
                "or JSON Lines files"
            )
    return files


def _of_stage(batch: pa.RecordBatch, on: str, path: str) -> Piece:
    names = batch.schema.names
    if "thoughts" in names:
        return piece_of(batch, on)
    if "spans" in names and on in ("text", "rendered"):
        rows = zip(batch.column("text").to_pylist(), batch.column("spans").to_pylist(), strict=True)
        texts = [strip(text, spans) if on == "text" else text for text, spans in rows]
        return Piece(batch.column("id"), pa.array(texts, pa.large_string()))
    if on in ("thoughts", "both") or "text" not in names:
        raise UserError(
            f"dedup: against: {path}: it has no thoughts to compare; name a folder of generate or a later stage"
        )
    return Piece(batch.column("id"), compared(batch, on))


def _of_files(path: str, on: str) -> Iterator[Piece]:
    if on in ("thoughts", "both"):
        raise UserError(f"dedup: against: {path}: files have no thoughts to compare; name a stage's folder")
    for file in _files(path):
        rows = _rows(file, on, path)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            ids, texts = zip(*some, strict=True)
            yield Piece(pa.array(ids, pa.string()), pa.array(texts, pa.large_string()))


def _rows(file: InputFile, on: str, path: str) -> Iterator[tuple[str, str]]:
    where = f"dedup: against: {path}: {file.name}"
    source: Source = made("sources", file.ending, {}, where)
    try:
        with file.open() as opened:
            for raw in source(opened, file.name):
                if raw.fields is None:
                    raise UserError(f"{where}: {raw.problem}; mend the file, or take it out")
                text = raw.fields.get("text")
                if not isinstance(text, str):
                    raise UserError(f"{where}: {raw.id} has no `text`; name files that have, or a stage's folder")
                spans = raw.fields.get("spans")
                plain = strip(text, spans) if on == "text" and spans else text
                yield str(raw.fields.get("id") or raw.id), plain.encode("utf-8", "replace").decode()
    except Unreadable as reason:
        raise UserError(f"{where}: {reason}") from reason
