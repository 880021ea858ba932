"""The ledger of a stage: its manifests added up. Rows in = kept + dropped + quarantined; every row is accounted for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from thinkaug.store import Manifest


@dataclass(frozen=True)
class Ledger:
    """What became of the rows of one stage. `rows_out` differs from `rows_kept` only where a stage splits rows."""

    stage: str
    rows_in: int
    rows_kept: int
    rows_out: int
    dropped: Mapping[str, int]
    quarantined: Mapping[str, int]
    tally: Mapping[str, int]
    seconds: float

    def faults(self, upstream: "Ledger | None") -> list[str]:
        """Where the ledger does not balance, by itself or against the stage before it; empty when it does."""
        dropped, quarantined = sum(self.dropped.values()), sum(self.quarantined.values())
        faults = []
        if self.rows_in != self.rows_kept + dropped + quarantined:
            faults.append(
                f"{self.stage}: {self.rows_in} rows in, but {self.rows_kept} kept + {dropped} dropped + "
                f"{quarantined} quarantined"
            )
        if upstream is not None and upstream.rows_out != self.rows_in:
            faults.append(f"{upstream.stage} wrote {upstream.rows_out} rows, but {self.stage} read {self.rows_in}")
        return faults


def ledger(stage: str, manifests: Iterable[Manifest]) -> Ledger:
    """The manifests of a stage, added up."""
    counts: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    quarantined: Counter[str] = Counter()
    tally: Counter[str] = Counter()
    seconds = 0.0
    for manifest in manifests:
        counts.update({"in": manifest.rows_in, "kept": manifest.rows_kept, "out": manifest.rows_out})
        dropped.update(manifest.dropped)
        quarantined.update(manifest.quarantined)
        tally.update(manifest.tally)
        seconds += manifest.seconds
    return Ledger(
        stage,
        counts["in"],
        counts["kept"],
        counts["out"],
        dict(dropped.most_common()),
        dict(quarantined.most_common()),
        dict(sorted(tally.items())),
        round(seconds, 3),
    )


def balance(ledgers: Iterable[Ledger]) -> list[str]:
    """Every fault in a chain of stages, from the first to the last; empty when all rows are accounted for."""
    faults: list[str] = []
    upstream = None
    for current in ledgers:
        faults += current.faults(upstream)
        upstream = current
    return faults


@dataclass(frozen=True)
class Entry:
    """One step of a build: what shaped it, the folder it stands in, and what became of its rows."""

    label: str
    folder: str
    digest: str
    shaped_by: Mapping[str, object]
    ledger: Ledger


@dataclass(frozen=True)
class Lineage:
    """A build from its first step to its last."""

    pipeline: str
    entries: tuple[Entry, ...]
