"""Runs one stage over its shards and keeps the ledger: rows in = kept + dropped + quarantined, proved id by id.

Knows nothing of what a stage does, nor of where the unit runs (that is the executor's).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from thinkaug.attempt import Attempt
from thinkaug.errors import PromiseBroken
from thinkaug.schema import as_plain
from thinkaug.stage import Dropped, Kept, KeptBatch, Outcome, Quarantined, Shard, Work, ids_of
from thinkaug.store import Folder, Manifest


@dataclass(frozen=True)
class Unit:
    """One piece of work: a shard of the input, and the SHA-256 of the files it is read from."""

    shard: Shard
    inputs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The unit's name within its stage."""
        return self.shard.unit


Progress = Callable[[Mapping[str, int]], None]


def is_done(folder: Folder, unit: Unit) -> bool:
    """Whether the unit is committed, from the input that is there now."""
    manifest = folder.manifest(unit.name)
    return manifest is not None and manifest.inputs == unit.inputs


def run_unit(work: Work, unit: Unit, folder: Folder, rows_per_file: int, progress: Progress) -> Manifest:
    """Settle every row of one unit and commit it. An exception leaves nothing behind but unnamed files."""
    started = time.monotonic()
    books = _Books(progress)
    attempt = Attempt(folder, unit.name, rows_per_file)
    try:
        shard = Shard(unit.name, lambda: books.read(unit.shard), lambda: books.read_batches(unit.shard))
        for outcome in work(shard):
            books.settle(outcome)
            _write(attempt, outcome)
        return attempt.commit(books.close(unit, time.monotonic() - started))
    except BaseException:
        attempt.abandon()
        raise


def _write(attempt: Attempt, outcome: Outcome | KeptBatch) -> None:
    if isinstance(outcome, Kept | Dropped):
        for note in outcome.notes:
            attempt.write_aside("notes", {"id": outcome.row.id, **note})
    match outcome:
        case Kept():
            for row in outcome.rows:
                attempt.write(row)
        case KeptBatch():
            attempt.write_batch(outcome.batch)
        case Dropped():
            attempt.write_aside(
                "dropped",
                {
                    "id": outcome.row.id,
                    "reason": outcome.reason,
                    "detail": outcome.detail,
                    "row": as_plain(outcome.row),
                },
            )
        case Quarantined():
            attempt.write_aside(
                "quarantine",
                {
                    "id": outcome.row.id,
                    "kind": outcome.kind,
                    "message": outcome.message,
                    "raw": outcome.raw,
                    "row": as_plain(outcome.row),
                },
            )


class _Books:
    """Double entry: every row that a stage takes must be settled once, and nothing else may be."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._is_read = False
        self._open: Counter[str] = Counter()
        self._in = self._kept = self._out = 0
        self._dropped: Counter[str] = Counter()
        self._quarantined: Counter[str] = Counter()
        self._tally: Counter[str] = Counter()

    def read(self, shard: Shard) -> Iterator[Any]:
        for row in shard:
            self._open[row.id] += 1
            self._in += 1
            yield row
        self._is_read = True

    def read_batches(self, shard: Shard) -> Iterator[pa.RecordBatch]:
        for batch in shard.batches():
            self._open.update(ids_of(batch))
            self._in += batch.num_rows
            yield batch
        self._is_read = True

    def settle(self, outcome: Outcome | KeptBatch) -> None:
        for name, count in outcome.tally.items():
            self._tally[name] += count
        rows = 1
        match outcome:
            case KeptBatch():
                self._strike(outcome.ids)
                rows = len(outcome.ids)
                self._keep(rows, outcome.batch.num_rows, outcome.ids)
            case Kept():
                self._strike([outcome.row.id])
                self._keep(1, len(outcome.rows), [outcome.row.id])
            case Dropped():
                self._strike([outcome.row.id])
                self._dropped[outcome.reason] += 1
            case Quarantined():
                self._strike([outcome.row.id])
                self._quarantined[outcome.kind] += 1
        kept = isinstance(outcome, Kept | KeptBatch) * rows
        self._progress({"rows": rows, "kept": kept, **outcome.tally})

    def _keep(self, rows: int, made: int, ids: Sequence[str]) -> None:
        if made < rows:
            raise PromiseBroken(f"row {ids[0]} kept as no row: drop it with a reason")
        self._kept += rows
        self._out += made

    def close(self, unit: Unit, seconds: float) -> Manifest:
        if not self._is_read:
            raise PromiseBroken(f"unit {unit.name} was not read to its end")
        if self._open:
            raise PromiseBroken(f"rows never settled in unit {unit.name}: {list(self._open)[:3]}")
        return Manifest(
            unit=unit.name,
            inputs=unit.inputs,
            files=(),
            rows_in=self._in,
            rows_kept=self._kept,
            rows_out=self._out,
            dropped=dict(sorted(self._dropped.items())),
            quarantined=dict(sorted(self._quarantined.items())),
            tally=dict(sorted(self._tally.items())),
            seconds=round(seconds, 3),
        )

    def _strike(self, ids: Sequence[str]) -> None:
        for row in ids:
            if not self._open[row]:
                raise PromiseBroken(f"row {row} settled, but not taken, or settled twice")
            self._open[row] -= 1
            if not self._open[row]:
                del self._open[row]
