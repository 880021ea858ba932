"""score: Draft -> Draft. Weighs the candidates of each stretch by a model of the training text.

Knows nothing of how thoughts were written. `by: em` draws one candidate of each stretch, `by: gain` drops nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Gt

from thinkaug.dialogue import Dialogue, Failed, Reply, Score, converse_by_row
from thinkaug.errors import UserError
from thinkaug.records import Draft
from thinkaug.rendering import Style
from thinkaug.stage import Outcome, Services, Shard, Stage, Work, counting
from thinkaug.stages.scoring import Way
from thinkaug.stages.scoring.bounded import Bounded
from thinkaug.stages.scoring.em import Em
from thinkaug.stages.scoring.gain import Gain
from thinkaug.stages.scoring.partners import Partners

OF_GAIN = ("steps", "leave_out", "kinds")


@dataclass(frozen=True)
class Config:
    """How candidates are weighed.

    Args:
        by: `em`, the importance weight of BoLT: the model of the training text against the one that wrote the thought;
            or `gain`, what the thought adds to the likelihood of the stretch it is about.
        engine: whose log-probabilities of the training text count; it may be another than the writer.
        style: how a thought stands in the training text; the same as in `pack`.
        seed: of the drawing by `em`.
        mismatched: by `gain`: whether to measure each thought on a stretch of another document of its domain too. A
            thought that gains as much there says nothing of its own stretch. One more reading a candidate.
        steps: by `gain`: whether to measure what each step adds after those before it. One more reading a step.
        leave_out: by `gain`: whether to measure what is lost without each step. One more reading a step.
        kinds: by `gain`: whether to measure the gain without recall and without reasoning. Two more readings.
        max_batch_tokens: how many tokens may be in flight; lower it where the engine runs out of memory.
    """

    by: Literal["em", "gain"] = "em"
    engine: str = "writer"
    style: Style = field(default_factory=Style)
    seed: int = 0
    mismatched: bool = True
    steps: bool = False
    leave_out: bool = False
    kinds: bool = False
    max_batch_tokens: Annotated[int, Gt(0)] = 65_536


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    config.style.check()
    for name in OF_GAIN:
        if config.by == "em" and getattr(config, name):
            raise UserError(f"score: {name}: by em measures no gain; set by: gain")
    return {"engine": services.identity(config.engine, "score: engine")}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    spec = services.engines[config.engine]
    way: Way
    if config.by == "em":
        way = Em(config.style, config.seed, spec.count_tokens)
    else:
        partners = Partners(everything) if config.mismatched else None
        way = Gain(spec.name, config.style, partners, config.steps, config.leave_out, config.kinds)

    def ask(request: Score) -> Dialogue[tuple[Score, Reply | Failed]]:
        try:
            return request, (yield request)
        except Failed as failure:
            return request, failure

    def work(shard: Shard) -> Iterator[Outcome]:
        with services.remembering(config.engine, shard.unit) as engine:
            bounded = Bounded(engine, config.max_batch_tokens, spec.count_tokens)
            for draft, results in converse_by_row(shard, way.requests, ask, bounded, engine.window):
                answers = dict(result for result in results if not isinstance(result, Failed))
                assert len(answers) == len(results), "asking catches what fails, and nothing is asked twice"
                yield counting(way.settle(draft, answers), remembered=engine.newly_remembered())

    return work


def _needs(config: Config) -> Mapping[str, str]:
    missing = "by em needs the log-probability of each thought; set generate.measured: true"
    return {"log_q": missing} if config.by == "em" else {}


def _offers(config: Config) -> frozenset[str]:
    if config.by == "em":
        return frozenset({"log_weight"})
    return frozenset({"gain", *(("gain_alone",) if config.leave_out else ())})


score = Stage(
    name="score",
    version=1,
    reads=(Draft,),
    writes=Draft,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    needs=_needs,
    offers=_offers,
    uses=lambda config: {config.engine: frozenset({"score"})},
    sees_all=lambda config: config.by == "gain" and config.mismatched,
)
