"""prune: Draft -> Draft. Takes out what is wrong, unproved, leaked or worth nothing, and chooses among what is left.

The passage is left as it is; a thought that goes is marked with its reason, never deleted, and none comes back. Knows
nothing of how thoughts were verified or scored. Asks a model only to `repair`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby

from thinkaug.dialogue import Failed, converse_by_row
from thinkaug.records import Draft
from thinkaug.stage import Kept, Outcome, Services, Shard, Stage, Work, counting, seed_of
from thinkaug.stages.pruning import repair
from thinkaug.stages.pruning.candidates import Candidate, candidates_of, put_together
from thinkaug.stages.pruning.choice import choose
from thinkaug.stages.pruning.config import Config
from thinkaug.stages.pruning.counts import counted
from thinkaug.stages.pruning.steps import Mended, prune_steps

_Repairs = Mapping[tuple[int, int], Mapping[int, Mended]]
"""(cut, candidate) -> place of a step in it -> the step as it was written again."""


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    config.check()
    services.identity(config.count_with, "prune: count_with")
    repairs = repair.shaped_by(config, services) if config.contradicted == "repair" else {}
    return {"counted_with": services.engines[config.count_with].name, **repairs}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    count_tokens = services.engines[config.count_with].count_tokens

    def without_a_model(shard: Shard) -> Iterator[Outcome]:
        for draft in shard:
            yield _settle(draft, config, {}, count_tokens)

    if config.contradicted != "repair":
        return without_a_model
    services.engine(config.engine)  # started before the first shard, so that its loading is no part of the progress
    mend = repair.repairing(config, services)

    def work(shard: Shard) -> Iterator[Outcome]:
        with services.remembering(config.engine, shard.unit) as engine:
            for draft, results in converse_by_row(shard, repair.broken, mend, engine, engine.window):
                outcome = _settle(draft, config, _repairs(draft, results), count_tokens)
                yield counting(outcome, **_repair_tally(results), remembered=engine.newly_remembered())

    return work


def _settle(
    draft: Draft, config: Config, repairs: _Repairs, count_tokens: Callable[[Sequence[str]], list[int]]
) -> Outcome:
    before = candidates_of(draft)

    def pruned(candidate: Candidate) -> Candidate:
        key = candidate.cut, candidate.number
        return prune_steps(
            candidate,
            config,
            repairs.get(key, {}),
            lambda place: (draft.passage.language, seed_of(draft.id, *key, place, "hedge", config.seed)),
        )

    stretches = groupby(map(pruned, before), key=lambda candidate: candidate.cut)
    after = list(
        chain.from_iterable(
            choose(list(found), config, seed_of(draft.id, cut, "prune", config.seed)) for cut, found in stretches
        )
    )
    return Kept(draft, (put_together(draft, after),), counted(draft, before, after, count_tokens))


def _repairs(draft: Draft, results: Sequence[repair.Repaired | Failed]) -> _Repairs:
    mended: dict[tuple[int, int], dict[int, Mended]] = {}
    for item, result in zip(repair.broken(draft), results, strict=True):
        if isinstance(result, repair.Repaired) and result.mended:
            mended.setdefault((item.cut, item.candidate), {})[item.place] = result.mended
    return mended


def _repair_tally(results: Sequence[repair.Repaired | Failed]) -> dict[str, int]:
    """What the repairs came to and what they cost; a request that could not be served is a repair that failed."""
    replied = [result for result in results if isinstance(result, repair.Repaired)]
    repaired = sum(result.mended is not None for result in replied)
    return {
        "repaired": repaired,
        "repair_failed": len(results) - repaired,
        "prompt_tokens": sum(result.reply.prompt_tokens for result in replied),
        "output_tokens": sum(result.reply.output_tokens for result in replied),
    }


prune = Stage(
    name="prune",
    version=1,
    reads=(Draft,),
    writes=Draft,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    needs=lambda config: config.needs(),
    uses=lambda config: {config.engine: frozenset({"chat"})} if config.contradicted == "repair" else {},
)
