"""fact_files: facts and entities -> their files in an index's folder, as `facts.Facts` maps them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from thinkaug.knowledge import layout
from thinkaug.knowledge.facts import Entity, Fact
from thinkaug.knowledge.resolving import Resolved
from thinkaug.knowledge.sorted_texts import write_sorted
from thinkaug.schema import to_batch


def write_facts(folder: Path, resolved: Resolved) -> None:
    """Write both files; they may hold nothing."""
    write_sorted(folder / layout.FACTS, _batch(Fact, resolved.facts))
    write_sorted(folder / layout.ENTITIES, _batch(Entity, resolved.entities))


def counts(resolved: Resolved) -> Mapping[str, object]:
    """What `index.json` says of the facts."""
    return {
        "facts": len(resolved.facts),
        "entities": len(resolved.entities),
        "denied": sum(fact.negated for fact in resolved.facts),
        "relations": resolved.kinds(),
        "left_out": dict(resolved.left_out),
        "literals": dict(resolved.literals),
    }


def _batch(record: type, rows: Sequence[object]) -> pa.RecordBatch:
    """The rows as one batch, its first column as `SortedTexts` wants it."""
    batch = to_batch(record, rows)
    return batch.set_column(
        0, pa.field(batch.schema.names[0], pa.large_string()), batch.column(0).cast(pa.large_string())
    )
