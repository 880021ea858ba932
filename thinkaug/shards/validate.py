"""Proves a finished data set: files as summed, spans that tile, expert text as ingested, a ledger that balances."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from thinkaug.durable import sha256_of
from thinkaug.errors import UserError
from thinkaug.ledger import Ledger, balance, ledger
from thinkaug.records import Sample
from thinkaug.render import strip, tiles
from thinkaug.shards.write import SPEC
from thinkaug.store import Folder

_DAMAGED = "manifest.json, stats.json, train/state.json or SHA256SUMS is damaged"
_AT_MOST = 20  # faults listed; the verdict counts them all


@dataclass(frozen=True)
class Verdict:
    """What was found: the faults, and one line to end with."""

    faults: tuple[str, ...]
    rows: int
    root: Path

    @property
    def lines(self) -> list[str]:
        """What to print: the first faults, then the verdict."""
        listed = list(self.faults[:_AT_MOST])
        if len(self.faults) > _AT_MOST:
            listed.append(f"... and {len(self.faults) - _AT_MOST} more")
        end = f"NOT valid: {len(self.faults)} faults" if self.faults else f"valid: {self.rows:,} samples"
        return [*listed, f"{self.root}: {end}"]


def validate(root: Path) -> Verdict:
    """Prove the data set at `root`; where it still lies in its build, the build's ledger too.

    Raises:
        UserError: there is no finished data set.
    """
    try:
        manifest = json.loads((root / "manifest.json").read_bytes())
        stats = json.loads((root / "stats.json").read_bytes())
        state = json.loads((root / "train" / "state.json").read_bytes())
        sums = (root / "SHA256SUMS").read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{root}: not a finished data set: {error.strerror}: {error.filename}") from error
    except ValueError as error:
        return Verdict((f"{root}: {_DAMAGED}: {error}",), 0, root)
    rows = _Rows()
    faults = list(_sums(root, sums))
    try:
        faults += [
            *_files(root, manifest, state),
            *(fault for shard in manifest["shards"] for fault in rows.faults(root, shard)),
            *_ledger(root.resolve(), manifest, [Ledger(**entry) for entry in stats["ledger"]], rows.count),
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        faults.append(f"{root}: {_DAMAGED}: {_words(error)}")
    return Verdict(tuple(faults), rows.count, root)


def _sums(root: Path, sums: str) -> Iterator[str]:
    entries = [line.partition("  ") for line in sums.splitlines()]
    for missing in sorted({"manifest.json", "stats.json"} - {name for _, _, name in entries}):
        yield f"SHA256SUMS: does not name {missing}"
    for digest, _, name in entries:
        if not (root / name).is_file():
            yield f"{name}: missing"
        elif sha256_of(root / name) != digest:
            yield f"{name}: its bytes are not those that were written (SHA-256 differs)"


def _files(root: Path, manifest: dict[str, Any], state: dict[str, Any]) -> Iterator[str]:
    if manifest["spec"] != SPEC:
        yield f"manifest.json: spec {manifest['spec']} is not {SPEC}, which this version knows"
    named = {shard["path"] for shard in manifest["shards"]}
    loaded = {f"train/{file['filename']}" for file in state["_data_files"]}
    there = {str(path.relative_to(root)) for path in (root / "train" / "shards").glob("train-*.arrow")}
    if not named == loaded == there:
        differing = sorted(named ^ there | named ^ loaded)
        yield f"manifest.json, train/state.json and the folder do not name the same shards: {differing}"


class _Rows:
    """Goes through the samples shard by shard; ids must be new over all of them."""

    def __init__(self) -> None:
        self.count = 0
        self._ids: set[str] = set()

    def faults(self, root: Path, shard: dict[str, Any]) -> Iterator[str]:
        path, rows = shard["path"], 0
        if not (root / path).is_file() or sha256_of(root / path) != shard["sha256"]:
            # Not read: damaged offsets may point outside the file, and the process would die of it.
            yield f"{path}: its bytes are not those that manifest.json names; its rows were not read"
            return
        try:
            for sample in Folder(root, Sample).rows(path):
                rows += 1
                for fault in self._sample(sample):
                    yield f"{path}: row {rows}: {fault}"
        except (pa.ArrowException, UserError, OSError, ValueError) as error:
            yield f"{path}: cannot be read to its end: {error}"
        self.count += rows
        if rows != shard["rows"]:
            yield f"{path}: {rows} rows, manifest.json says {shard['rows']}"

    def _sample(self, sample: Sample) -> Iterator[str]:
        if sample.id in self._ids:
            yield f"id {sample.id} stands twice"
        self._ids.add(sample.id)
        if not tiles(sample.text, sample.spans):
            yield f"{sample.id}: the spans do not tile the text"
        elif sha256(strip(sample.text, sample.spans).encode()).hexdigest() != json.loads(sample.meta)["text_sha256"]:
            yield f"{sample.id}: without its thoughts it is not the ingested text"
        if any(end >= len(sample.text) for _, end in sample.no_loss_ranges):
            yield f"{sample.id}: a range without loss reaches the end of the text"


def _ledger(root: Path, manifest: dict[str, Any], ledgers: list[Ledger], rows: int) -> Iterator[str]:
    yield from balance(ledgers)
    if ledgers and ledgers[-1].rows_out != rows:
        yield f"{ledgers[-1].stage} wrote {ledgers[-1].rows_out} rows, but the shards hold {rows}"
    build = root.parent.parent
    digests = {step["label"]: step["digest"] for step in manifest["steps"]}
    for step, stated in zip(manifest["steps"], ledgers, strict=True):
        upstream = step["upstream"] if isinstance(step["upstream"], list) else list(filter(None, [step["upstream"]]))
        if (stated.stage, [digests.get(source) for source in stated.sources]) != (step["label"], upstream):
            yield f"stats.json: the ledger of {stated.stage} names other sources than manifest.json has for it"
        place = build / step["folder"]
        if (place / "stage.json").is_file():
            try:
                yield from _recount(Folder(place, Sample), stated)
            except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
                yield f"{place.name}: its manifests, dropped/ or quarantine/ cannot be read: {_words(error)}"


def _recount(folder: Folder, stated: Ledger) -> Iterator[str]:
    """The lines of dropped/ and quarantine/ against the counts in the ledger, and the shards against their sums."""
    manifests = folder.manifests()
    found = ledger(stated.stage, manifests)
    if (found.rows_in, found.rows_out) != (stated.rows_in, stated.rows_out):
        yield f"{folder.path.name}: its manifests say {found.rows_in} in, {found.rows_out} out; stats.json differs"
    for part, file, counts in (
        entry
        for manifest in manifests
        for entry in (
            ("dropped", manifest.dropped_file, manifest.dropped),
            ("quarantined", manifest.quarantine_file, manifest.quarantined),
        )
    ):
        lines = sum(1 for _ in folder.lines(file)) if file else 0
        if lines != sum(counts.values()):
            yield f"{folder.path.name}: {lines} rows in {file or 'no file'}, but {sum(counts.values())} were {part}"
    for file in (manifest.notes_file for manifest in manifests if manifest.notes_file):
        if not (folder.path / file).is_file():
            yield f"{folder.path.name}/{file}: missing"
    for shard in (shard for manifest in manifests for shard in manifest.files):
        if not (folder.path / shard.path).is_file():
            yield f"{folder.path.name}/{shard.path}: missing"
        elif sha256_of(folder.path / shard.path) != shard.sha256:
            yield f"{folder.path.name}/{shard.path}: its bytes are not those that were written"


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
