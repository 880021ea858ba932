"""The ledger of a set: it balances, and is that of the build where the set still lies in it. Knows no rows of a set."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thinkaug.durable import sha256_of
from thinkaug.ledger import Ledger, balance, ledger
from thinkaug.records import Sample
from thinkaug.store import Folder


def ledger_faults(root: Path, manifest: dict[str, Any], ledgers: list[Ledger]) -> Iterator[str]:
    """Where the stages' counts do not add up, or are not those of the stages' folders beside the set.

    Args:
        root: of the set, resolved: a set lies in the folder of the step that made it.
        manifest: of the set.
        ledgers: of its stats.
    """
    yield from balance(ledgers)
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
                yield f"{place.name}: its manifests, dropped/ or quarantine/ cannot be read: {words(error)}"


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


def words(error: Exception) -> str:
    """An error met in what a set says about itself, for a line of the verdict."""
    return f"{type(error).__name__}: {error}"
