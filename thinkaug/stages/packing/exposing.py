"""Which facts the samples of a build state, and in how many distinct thoughts. Looks only at drafts that hold facts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.ledger import Lineage
from thinkaug.measures.exposure import Exposure
from thinkaug.metas import read_meta
from thinkaug.records import Draft, Thought
from thinkaug.rendering.draft import chosen
from thinkaug.schema import from_batch
from thinkaug.stages.packing.config import Config
from thinkaug.store import Folder


def exposure_of(folder: Folder, config: Config, lineage: Lineage) -> Mapping[str, Any]:
    """How many distinct thoughts state each fact: of what was rendered of the drafts that were read."""
    exposure = Exposure()
    variants: dict[tuple[str, str, str], set[int]] = {}
    for number_read, draft in enumerate(_stating(folder, lineage)):
        variants = variants if number_read else _packed(folder)  # looked up only where anything is stated
        # What was written of a passage may have come twice: it is in the set once, as the first.
        packed = variants.pop((draft.id, draft.strategy, draft.model), ())
        for number, thoughts in enumerate(_variants(draft, config)):
            if number in packed:
                exposure.add(thoughts)
    return exposure.summary()


def _variants(draft: Draft, config: Config) -> list[list[Thought]]:
    """The thoughts that each sample of the draft shows, the first one first; samples that show the same come once."""
    candidates = {(thought.cut, thought.candidate) for thought in draft.thoughts if not thought.drop}
    most = min(config.variants, max(Counter(cut for cut, _ in candidates).values(), default=1))
    made: dict[tuple[tuple[int, str, str], ...], list[Thought]] = {}
    for number in range(most):
        shown = [thought for thought in chosen(draft, number) if thought.kind in config.style.kinds]
        made.setdefault(tuple((thought.cut, thought.kind, thought.text) for thought in shown), shown)
    return list(made.values())


def _stating(folder: Folder, lineage: Lineage) -> Iterator[Draft]:
    """The drafts that the last stage read in which a claim could be read as a fact."""
    sources = set(lineage.entries[-1].ledger.sources)
    for entry in lineage.entries:
        if entry.label in sources:
            read = Folder(folder.path.parent / entry.folder, Draft)
            for file in (file for manifest in read.manifests() for file in manifest.files):
                for batch in read.batches(file.path):
                    if (states := _states(batch)) is not None:
                        yield from from_batch(Draft, batch.filter(states))


def _states(batch: pa.RecordBatch) -> pa.BooleanArray | None:
    """Per draft, whether any of its claims speaks of something; None where there are no claims."""
    thoughts = batch.column("thoughts")
    claims = pc.struct_field(thoughts.flatten(), "claims")
    if not len(claims.flatten()):
        return None
    named = pc.not_equal(pc.struct_field(claims.flatten(), "subject"), "")
    owners = pc.list_parent_indices(thoughts).take(pc.list_parent_indices(claims).filter(named))
    return pc.is_in(pa.array(range(batch.num_rows), owners.type), value_set=owners.unique())


def _packed(folder: Folder) -> dict[tuple[str, str, str], set[int]]:
    """Passage, strategy and model of all samples -> which variants of it there are."""
    found: dict[tuple[str, str, str], set[int]] = {}
    for sample in folder.all_rows():
        meta = read_meta(sample.meta)
        key = meta["passage"], meta["strategy"], meta["model"]
        found.setdefault(key, set()).add(meta.get("variant", 0))
    return found
