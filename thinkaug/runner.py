"""Runs one stage over its shards and keeps the ledger: rows in = kept + dropped + quarantined, proved id by id.

Knows nothing of what a stage does, nor of where the unit runs (that is the executor's).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thinkaug.attempt import Attempt
from thinkaug.errors import PromiseBroken
from thinkaug.schema import as_plain
from thinkaug.stage import Dropped, Kept, Outcome, Quarantined, Row, Shard, Work
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
        shard = Shard(unit.name, lambda: books.read(unit.shard))
        for outcome in work(shard):
            books.settle(outcome)
            _write(attempt, outcome)
        return attempt.commit(books.close(unit, time.monotonic() - started))
    except BaseException:
        attempt.abandon()
        raise


def _write(attempt: Attempt, outcome: Outcome) -> None:
    for note in () if isinstance(outcome, Quarantined) else outcome.notes:
        attempt.write_aside("notes", {"id": outcome.row.id, **note})
    match outcome:
        case Kept():
            for row in outcome.rows:
                attempt.write(row)
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

    def settle(self, outcome: Outcome) -> None:
        self._strike(outcome.row)
        for name, count in outcome.tally.items():
            self._tally[name] += count
        match outcome:
            case Kept():
                if not outcome.rows:
                    raise PromiseBroken(f"row {outcome.row.id} kept as no row: drop it with a reason")
                self._kept += 1
                self._out += len(outcome.rows)
            case Dropped():
                self._dropped[outcome.reason] += 1
            case Quarantined():
                self._quarantined[outcome.kind] += 1
        self._progress({"rows": 1, "kept": isinstance(outcome, Kept), **outcome.tally})

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

    def _strike(self, row: Row) -> None:
        if not self._open[row.id]:
            raise PromiseBroken(f"row {row.id} settled, but not taken, or settled twice")
        self._open[row.id] -= 1
        if not self._open[row.id]:
            del self._open[row.id]
