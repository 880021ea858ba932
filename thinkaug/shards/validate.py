"""Proves a finished data set: files as summed, rows as their layout has them, expert text as ingested, true counts.

Knows nothing of how a set is written; what is proved of each thing stands in `thinkaug.shards.proving`.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinkaug.errors import UserError
from thinkaug.ledger import Ledger
from thinkaug.shards.proving.files import digests, names_in, shard_faults, sum_faults
from thinkaug.shards.proving.ledgers import ledger_faults, words
from thinkaug.shards.proving.packed import PackedRows
from thinkaug.shards.proving.parts import packed_faults, part_faults, text_faults, token_faults
from thinkaug.shards.proving.rows import Proof, ShardReader
from thinkaug.shards.proving.texts import TextRows
from thinkaug.shards.proving.tokens import TokenRows
from thinkaug.shards.write import SPEC

_DAMAGED = "manifest.json, stats.json, train/state.json, train/dataset_info.json or SHA256SUMS is damaged"
_SAID = ("manifest.json", "stats.json", "train/state.json", "train/dataset_info.json")
_AT_MOST = 20  # faults listed; the verdict counts them all


@dataclass(frozen=True)
class Verdict:
    """What was found: the faults, and one line to end with."""

    faults: tuple[str, ...]
    rows: int
    root: Path
    unit: str = "samples"

    @property
    def lines(self) -> list[str]:
        """What to print: the first faults, then the verdict."""
        listed = list(self.faults[:_AT_MOST])
        if len(self.faults) > _AT_MOST:
            listed.append(f"... and {len(self.faults) - _AT_MOST} more")
        end = f"NOT valid: {len(self.faults)} faults" if self.faults else f"valid: {self.rows:,} {self.unit}"
        return [*listed, f"{self.root}: {end}"]


def validate(root: Path) -> Verdict:
    """Prove the data set at `root`; where it still lies in its build, the build's ledger too.

    Raises:
        UserError: there is no finished data set.
    """
    try:
        manifest, stats, state, info = (json.loads((root / name).read_bytes()) for name in _SAID)
        sums = (root / "SHA256SUMS").read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{root}: not a finished data set: {error.strerror}: {error.filename}") from error
    except (ValueError, RecursionError) as error:
        return Verdict((f"{root}: {_DAMAGED}: {words(error)}",), 0, root)
    found = digests(root, names_in(sums))
    faults = list(sum_faults(root, sums, found))
    if not isinstance(manifest, dict) or manifest.get("spec") != SPEC:
        said = manifest.get("spec") if isinstance(manifest, dict) else "of no"
        return Verdict((*faults, f"manifest.json: spec {said} is not {SPEC}, which this version knows"), 0, root)
    rows = _Rows(root, manifest, stats, found)
    checks: list[Callable[[], Iterator[str]]] = [
        lambda: shard_faults(root, manifest, state, info),
        rows.faults,
        lambda: part_faults(manifest, _ledgers(stats)),
        lambda: ledger_faults(root.resolve(), manifest, _ledgers(stats)),
    ]
    for check in checks:
        # Each by itself: where one thing said is damaged, what is wrong with the others is named too.
        try:
            for fault in check():
                faults.append(fault)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            faults.append(f"{root}: {_DAMAGED}: {words(error)}")
    return Verdict(tuple(faults), rows.count, root, rows.unit)


def _ledgers(stats: Any) -> list[Ledger]:
    return [Ledger(**entry) for entry in stats["ledger"]]


class _Rows:
    """The rows of all shards, by the proof of their layout, and what the manifest has for all of them together."""

    def __init__(self, root: Path, manifest: dict[str, Any], stats: Any, found: Mapping[str, str]) -> None:
        self.count, self.unit = 0, "samples"
        self._root, self._manifest, self._stats, self._found = root, manifest, stats, found

    def faults(self) -> Iterator[str]:
        """What is wrong with them."""
        about, shards = self._manifest["layout"], self._manifest["shards"]
        paths = [str(shard["path"]) for shard in shards]
        found = {**digests(self._root, set(paths) - self._found.keys()), **self._found}
        match about["name"]:
            case "text":
                texts = TextRows()
                if (yield from self._shards(texts, shards, found)):
                    yield from text_faults(self._manifest, self._stats["kinds"], texts)
            case "tokens":
                tokens = TokenRows(about)
                if (yield from self._shards(tokens, shards, found)):
                    yield from token_faults(self._manifest, tokens, self.count)
            case "packed":
                self.unit, packed = "windows", PackedRows(about)
                if (yield from self._shards(packed, shards, found)):
                    yield from packed_faults(self._manifest, packed)
            case name:
                yield f"manifest.json: layout '{name}' is none that this version knows"

    def _shards(
        self, proof: Proof, shards: Sequence[Mapping[str, Any]], found: Mapping[str, str]
    ) -> Generator[str, None, bool]:
        """The faults of all shards; returns whether every row could be read, so that sums over them say something."""
        reader = ShardReader(self._root, proof, found)
        for shard in shards:
            yield from reader.faults(shard)
        self.count = reader.count
        return reader.is_whole
