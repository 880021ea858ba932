"""A stage's folder on disk: shards, manifests, dropped and quarantined rows. Knows nothing of stages or models.

    <stage>-<digest8>/
      stage.json                       what shaped the folder
      shards/<unit>-<k>.<attempt>.arrow   Arrow IPC streams
      dropped/<unit>.<attempt>.jsonl      {"id", "reason", "row"}
      quarantine/<unit>.<attempt>.jsonl   {"id", "kind", "message", "raw", "row"}
      notes/<unit>.<attempt>.jsonl        {"id", and what the stage found about the row}
      manifest/<unit>.json             written last, exclusively: what it names exists, whole

A unit is committed when its manifest exists. Files that no manifest names are leftovers of a killed attempt; nobody
reads them. Two processes may work on the same unit: the first manifest wins, the loser removes its own files.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from thinkaug.durable import write_whole
from thinkaug.errors import UserError
from thinkaug.schema import from_batch


@dataclass(frozen=True, slots=True)
class ShardFile:
    """One Arrow file, relative to its stage's folder."""

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What became of one unit: `rows_in` = `rows_kept` + dropped + quarantined; `rows_out` are the rows written.

    `inputs` are the SHA-256 of the files that were read; `tally` counts what the stage found worth counting.
    """

    unit: str
    inputs: tuple[str, ...]
    files: tuple[ShardFile, ...]
    rows_in: int
    rows_kept: int
    rows_out: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    tally: Mapping[str, int] = field(default_factory=dict)
    dropped_file: str = ""
    quarantine_file: str = ""
    notes_file: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Folder:
    """One stage's folder. `record` is the type of its rows."""

    path: Path
    record: type

    def begin(self, shaped_by: Mapping[str, object]) -> None:
        """Make the folder, with its `stage.json`, if it is not there."""
        try:
            for part in ("shards", "dropped", "quarantine", "notes", "manifest"):
                (self.path / part).mkdir(parents=True, exist_ok=True)
            if not (self.path / "stage.json").exists():
                write_whole(self.path / "stage.json", json.dumps(shaped_by, indent=2) + "\n")
        except OSError as error:
            raise UserError(f"{self.path}: cannot be made: {error.strerror}; say --out another/folder") from error

    def manifest(self, unit: str) -> Manifest | None:
        """The manifest of a unit, or None if it is not committed."""
        place = self.path / "manifest" / f"{unit}.json"
        try:
            values = json.loads(place.read_bytes())
        except FileNotFoundError:
            return None
        files = tuple(ShardFile(**file) for file in values.pop("files"))
        return Manifest(**{**values, "files": files, "inputs": tuple(values["inputs"])})

    def manifests(self) -> list[Manifest]:
        """All committed units, in order."""
        units = sorted(place.stem for place in (self.path / "manifest").glob("*.json"))
        return [manifest for unit in units if (manifest := self.manifest(unit)) is not None]

    def rows(self, file: str) -> Iterator[Any]:
        """The rows of one shard file, as records, a batch in memory at a time."""
        for batch in self.batches(file):
            yield from from_batch(self.record, batch)

    def batches(self, file: str) -> Iterator[pa.RecordBatch]:
        """The rows of one shard file as Arrow batches that map the file."""
        try:
            source = pa.memory_map(str(self.path / file))
        except FileNotFoundError as error:
            raise UserError(f"{self.path / file}: a manifest names it, but it is gone; remove {self.path}") from error
        with source, pa.ipc.open_stream(source) as reader:
            yield from reader

    def all_rows(self) -> Iterator[Any]:
        """The rows of every shard that a manifest names, in order."""
        for manifest in self.manifests():
            for file in manifest.files:
                yield from self.rows(file.path)

    def notes(self) -> Iterator[dict[str, Any]]:
        """What the stage noted about its rows, in order of the units."""
        for manifest in self.manifests():
            if manifest.notes_file:
                yield from self.lines(manifest.notes_file)

    def lines(self, file: str) -> Iterator[dict[str, Any]]:
        """The rows of a dropped, quarantine or notes file."""
        with (self.path / file).open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def forget(self, unit: str) -> None:
        """Take a unit's manifest away, so that it is done again."""
        (self.path / "manifest" / f"{unit}.json").unlink(missing_ok=True)
