"""The ledger of a stage: its manifests added up. Rows in = kept + dropped + quarantined; every row is accounted for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from thinkaug.store import Manifest


@dataclass(frozen=True)
class Ledger:
    """What became of the rows of one stage. `rows_out` differs from `rows_kept` only where a stage splits rows.

    `stage` is the label of the stage in its build, `sources` are those of the stages whose rows it read.
    """

    stage: str
    rows_in: int
    rows_kept: int
    rows_out: int
    dropped: Mapping[str, int]
    quarantined: Mapping[str, int]
    tally: Mapping[str, int]
    seconds: float
    sources: Sequence[str] = ()

    def faults(self, sources: "Sequence[Ledger]") -> list[str]:
        """Where the ledger does not balance, by itself or against the stages it read; empty when it does."""
        dropped, quarantined = sum(self.dropped.values()), sum(self.quarantined.values())
        faults = []
        if self.rows_in != self.rows_kept + dropped + quarantined:
            faults.append(
                f"{self.stage}: {self.rows_in} rows in, but {self.rows_kept} kept + {dropped} dropped + "
                f"{quarantined} quarantined"
            )
        if sources and sum(source.rows_out for source in sources) != self.rows_in:
            wrote = " and ".join(f"{source.stage} wrote {source.rows_out}" for source in sources)
            faults.append(f"{wrote} rows, but {self.stage} read {self.rows_in}")
        return faults


def ledger(stage: str, manifests: Iterable[Manifest], sources: Sequence[str] = ()) -> Ledger:
    """The manifests of a stage, added up; `sources` are the labels of the stages that it read."""
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
        tuple(sources),
    )


def balance(ledgers: Iterable[Ledger]) -> list[str]:
    """Every fault in the stages of a build, from the first to the last; empty when all rows are accounted for."""
    faults: list[str] = []
    before: dict[str, Ledger] = {}
    for current in ledgers:
        strangers = [source for source in current.sources if source not in before]
        faults += [f"{current.stage} read the rows of {source}, which has no ledger before it" for source in strangers]
        faults += current.faults([] if strangers else [before[source] for source in current.sources])
        before[current.stage] = current
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
