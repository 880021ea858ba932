"""One try at one unit: its files are written under names of their own and become visible all at once, or never."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from secrets import token_hex

import pyarrow as pa

from thinkaug.durable import sha256_of, sync, sync_folder, write_durably
from thinkaug.schema import BATCH_ROWS, arrow_schema, to_batch
from thinkaug.store import Folder, Manifest, ShardFile


class Attempt:
    """The files of one try at one unit: written under a name of their own, visible only after `commit`."""

    def __init__(self, folder: Folder, unit: str, rows_per_file: int) -> None:
        self._folder, self._unit, self._rows_per_file = folder, unit, rows_per_file
        self._token = token_hex(4)
        self._files: list[ShardFile] = []
        self._pending: list[object] = []
        self._writer: _ArrowWriter | None = None
        self._sides: dict[str, _LineWriter] = {}

    def write(self, row: object) -> None:
        """Add a row to the shard."""
        self._pending.append(row)
        if len(self._pending) >= BATCH_ROWS:
            self._flush()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch to the shard."""
        self._flush()
        while batch.num_rows:
            writer = self._open_writer()
            room = min(self._rows_per_file - writer.rows, BATCH_ROWS)
            writer.write(batch.slice(0, room))
            batch = batch.slice(room)
            self._close_full(writer)

    def write_aside(self, part: str, line: Mapping[str, object]) -> None:
        """Add a line to `dropped`, `quarantine` or `notes`."""
        if part not in self._sides:
            self._sides[part] = _LineWriter(self._folder.path / part / f"{self._unit}.{self._token}.jsonl")
        self._sides[part].write(line)

    def commit(self, manifest: Manifest) -> Manifest:
        """Make the unit's files durable, then its manifest, exclusively. Returns the manifest that counts."""
        self._flush()
        self._close_file()
        for side in self._sides.values():
            side.close()
        whole = replace(
            manifest,
            files=tuple(self._files),
            dropped_file=self._side("dropped"),
            quarantine_file=self._side("quarantine"),
            notes_file=self._side("notes"),
        )
        place = self._folder.path / "manifest" / f"{self._unit}.json"
        temporary = place.with_suffix(f".{self._token}.tmp")
        write_durably(temporary, json.dumps(asdict(whole), indent=1))
        try:
            os.link(temporary, place)
        except FileExistsError:
            self.abandon()
            winner = self._folder.manifest(self._unit)
            assert winner is not None
            return winner
        else:
            self._files, self._sides = [], {}  # the manifest's now: whatever happens next, they stay
        finally:
            temporary.unlink()
        sync_folder(place.parent)
        return whole

    def abandon(self) -> None:
        """Remove the files of this attempt."""
        if self._writer is not None:
            self._writer.discard()
            self._writer = None
        for file in self._files:
            (self._folder.path / file.path).unlink(missing_ok=True)
        for side in self._sides.values():
            side.discard()

    def _side(self, part: str) -> str:
        return f"{part}/{self._sides[part].path.name}" if part in self._sides else ""

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        while pending:
            writer = self._open_writer()
            room = self._rows_per_file - writer.rows
            now, pending = pending[:room], pending[room:]
            writer.write(to_batch(self._folder.record, now))
            self._close_full(writer)

    def _open_writer(self) -> "_ArrowWriter":
        if self._writer is None:
            name = f"shards/{self._unit}-{len(self._files):03d}.{self._token}.arrow"
            self._writer = _ArrowWriter(self._folder.path / name, arrow_schema(self._folder.record))
        return self._writer

    def _close_full(self, writer: "_ArrowWriter") -> None:
        if writer.rows >= self._rows_per_file:
            self._close_file()

    def _close_file(self) -> None:
        if self._writer is not None:
            path = self._writer.close()
            relative = str(path.relative_to(self._folder.path))
            self._files.append(ShardFile(relative, self._writer.rows, path.stat().st_size, sha256_of(path)))
            self._writer = None


class _ArrowWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._temporary = path, path.with_suffix(".tmp")
        self._sink = self._temporary.open("wb")
        self._stream = pa.ipc.new_stream(self._sink, schema)
        self.rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self._stream.write_batch(batch)
        self.rows += batch.num_rows

    def close(self) -> Path:
        self._stream.close()
        sync(self._sink)
        self._temporary.rename(self._path)
        return self._path

    def discard(self) -> None:
        for part in (self._stream, self._sink):
            with suppress(OSError):  # of a full disk: what it could not write is raised already
                part.close()
        self._temporary.unlink(missing_ok=True)


class _LineWriter:
    def __init__(self, path: Path) -> None:
        self.path, self._temporary = path, path.with_suffix(".tmp")
        self._sink = self._temporary.open("w", encoding="utf-8")

    def write(self, line: Mapping[str, object]) -> None:
        # ASCII, and words for what JSON does not know: whatever the row held, the line can be written.
        try:
            text = json.dumps(line, default=str)
        except RecursionError:  # nested as deep as can just be read; the id says where the row stands
            text = json.dumps({**line, "row": None})
        self._sink.write(text + "\n")

    def close(self) -> None:
        sync(self._sink)
        self._temporary.rename(self.path)

    def discard(self) -> None:
        with suppress(OSError):
            self._sink.close()
        self._temporary.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
