"""pack: Draft -> Sample, and the finished data set. Renders; generates nothing. The last gate for promises 1 and 2."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thinkaug.errors import UserError
from thinkaug.records import Draft, Sample
from thinkaug.schema import from_batch
from thinkaug.stage import Dropped, KeptBatch, Outcome, Services, Shard, Stage, Work, ids_of
from thinkaug.stages.packing.config import Config
from thinkaug.stages.packing.finishing import DATASET, finish
from thinkaug.stages.packing.others import fingerprints
from thinkaug.stages.packing.tokens import Tokens
from thinkaug.stages.packing.twisting import twist

if TYPE_CHECKING:
    from thinkaug.stages.packing.samples import Made

Repeated = Mapping[str, NDArray[np.bool_]]


def _shaped_by(config: Config, services: Services) -> dict[str, object]:
    config.style.check()
    config.mix.check("pack: mix")
    if not config.mix.is_plain and config.mix.unit == "tokens" and config.layout == "text" and not config.count_tokens:
        raise UserError("pack: mix: unit: tokens are not counted; say count_tokens: true, or another unit")
    return {**_counted_with(config, services), "others": fingerprints(config.mix)}


def _counted_with(config: Config, services: Services) -> dict[str, object]:
    """What turns text into tokens, where anything does."""
    if config.tokenizer:
        return {"tokenizer": Tokens(config, services).name}
    if config.layout != "text":
        raise UserError(
            f"pack: tokenizer: layout '{config.layout}' is of tokens; name the tokenizer of the model that is to be "
            "trained: its folder or Hub id"
        )
    if not config.count_tokens:
        return {}
    services.identity(config.count_with, "pack: count_with")
    return {"counted_with": services.engines[config.count_with].name}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    from thinkaug.stages.packing.samples import made_of  # its kernels take long to import

    shards = list(everything)
    repeated = _repeated(shards)
    changed = twist(config.control, shards, config.seed, repeated)

    def work(shard: Shard) -> Iterator[Outcome | KeptBatch]:
        first_row = 0
        for batch in shard.batches():
            again = repeated[shard.unit][first_row : first_row + batch.num_rows]
            for draft in from_batch(Draft, _where(batch, again)):
                yield Dropped(draft, "repeated_id")
            drafts = _where(changed(shard.unit, first_row, batch), ~again)
            first_row += batch.num_rows
            if drafts.num_rows:
                yield from _settle(drafts, made_of(drafts, config))

    return work


def _settle(drafts: pa.RecordBatch, made: "Made") -> Iterator[Outcome | KeptBatch]:
    for draft in from_batch(Draft, _where(drafts, ~made.kept)):
        yield Dropped(draft, "ends_untrained", "it ends with a thought of weight 0; see pack.style.weights")
    if made.kept.any():
        ids = ids_of(_where(drafts, made.kept))
        yield KeptBatch(ids, made.samples, {"thoughts": int(made.thoughts[made.kept].sum()), "variants": made.extra})


def _where(batch: pa.RecordBatch, wanted: NDArray[np.bool_]) -> pa.RecordBatch:
    """The wanted rows; all or none of them without a copy."""
    if wanted.all() or not wanted.any():
        return batch if wanted.any() else batch.slice(0, 0)
    return batch.filter(pa.array(wanted))


def _repeated(shards: Iterable[Shard]) -> Repeated:
    """Of every unit, which drafts were there before: what a model wrote of a passage is trained on once.

    What another model or another strategy made of the passage, in an earlier round for instance, is another draft.
    """
    keys: list[pa.Array] = []
    ends: dict[str, tuple[int, int]] = {}
    count = 0
    for shard in shards:
        begin = count
        for batch in shard.batches():
            ids = pa.array(ids_of(batch), pa.string())
            keys.append(pc.binary_join_element_wise(ids, batch.column("strategy"), batch.column("model"), "\0"))
            count += batch.num_rows
        ends[shard.unit] = begin, count
    codes = pa.chunked_array(keys, pa.string()).dictionary_encode().combine_chunks()
    again = np.ones(count, bool)
    if count:
        again[np.unique(codes.indices.to_numpy(), return_index=True)[1]] = False
    return {unit: again[begin:end] for unit, (begin, end) in ends.items()}


pack = Stage(
    name="pack",
    version=3,
    reads=(Draft,),
    writes=Sample,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    sees_all=lambda config: True,
    product=DATASET,
    finish=finish,
)
