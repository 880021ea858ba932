"""score: Draft -> Draft. Weighs the candidates of each stretch by a model of the training text and draws one.

Knows nothing of how thoughts were written; it needs their log-probability at that time (`Generation.log_q`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from thinkaug.dialogue import Dialogue, Failed, Score, converse_by_row
from thinkaug.measures.em import draw, elbo, log_weights
from thinkaug.records import Draft, Thought
from thinkaug.render import Style, thinking_of
from thinkaug.stage import Kept, Outcome, Quarantined, Services, Shard, Stage, Work, counting, seed_of


@dataclass(frozen=True)
class Config:
    """How candidates are weighed.

    Args:
        by: `em`, the importance weight of BoLT: the model of the training text against the one that wrote the thought.
        engine: whose log-probabilities of the training text count.
        style: how a thought stands in the training text; the same as in `pack`.
        seed: of the drawing.
    """

    by: Literal["em"] = "em"
    engine: str = "writer"
    style: Style = field(default_factory=Style)
    seed: int = 0


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    config.style.check()
    return {"engine": services.identity(config.engine, "score: engine")}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    count_tokens = services.engines[config.engine].count_tokens

    def weigh(item: _Item) -> Dialogue[_Weighed]:
        """The log p of each candidate that still stands, where it can be had."""
        passage = item.draft.passage
        before, target = passage.before(item.cut), passage.target(item.cut)
        found: dict[int, float] = {}
        problem = ""
        for candidate, steps in item.standing():
            try:
                reply = yield Score(before, thinking_of(steps, before, config.style) + target)
            except Failed as failure:
                problem = str(failure)
            else:
                found[candidate] = sum(reply.log_probabilities)
        return _Weighed(found, problem)

    def parts(draft: Draft) -> list[_Item]:
        return [_Item(draft, cut) for cut in draft.passage.cuts]

    def work(shard: Shard) -> Iterator[Outcome]:
        with services.remembering(config.engine, shard.unit) as engine:
            for draft, results in converse_by_row(shard, parts, weigh, engine, engine.window):
                tokens = sum(count_tokens([draft.passage.target(cut) for cut in draft.passage.cuts]))
                weighed = [result for result in results if isinstance(result, _Weighed)]
                assert len(weighed) == len(results), "weighing catches what fails"
                outcome = _settle(draft, weighed, config, tokens)
                yield counting(outcome, remembered=engine.newly_remembered())

    return work


@dataclass(frozen=True, slots=True)
class _Item:
    """One stretch whose candidates are weighed."""

    draft: Draft
    cut: int

    def standing(self) -> Iterator[tuple[int, tuple[Thought, ...]]]:
        """The candidates of which anything still stands, with their steps."""
        steps: dict[int, list[Thought]] = {}
        for thought in self.draft.thoughts:
            if thought.cut == self.cut and not thought.drop:
                steps.setdefault(thought.candidate, []).append(thought)
        for candidate, found in sorted(steps.items()):
            yield candidate, tuple(found)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """`log_p` in nats by candidate; `problem` is why one is missing."""

    log_p: Mapping[int, float]
    problem: str


def _settle(draft: Draft, weighed: Sequence[_Weighed], config: Config, target_tokens: int) -> Outcome:
    log_q = {(g.cut, g.candidate): g.log_q for g in draft.generations}
    weight: dict[tuple[int, int], float] = {}
    drawn: dict[int, int] = {}
    bound = 0.0
    for cut, found in zip(draft.passage.cuts, weighed, strict=True):
        if not found.log_p:
            continue
        candidates = sorted(found.log_p)
        asked = [log_q[cut, candidate] for candidate in candidates]
        weights = log_weights([found.log_p[c] for c in candidates], [q for q in asked if q is not None])
        weight.update({(cut, c): float(w) for c, w in zip(candidates, weights, strict=True)})
        drawn[cut] = candidates[draw(weights, seed_of(draft.id, cut, "em", config.seed))]
        bound += elbo(weights)
    problems = [found.problem for found in weighed if found.problem]
    tally = {
        "stretches_weighed": len(drawn),
        "not_weighed": len(problems),
        "elbo_millinats": round(1000 * bound),
        "elbo_tokens": target_tokens,
    }
    if problems and not drawn:
        return Quarantined(draft, "request_failed", problems[0], tally=tally)
    thoughts = tuple(_judged(thought, weight, drawn) for thought in draft.thoughts)
    generations = tuple(replace(g, log_weight=weight.get((g.cut, g.candidate))) for g in draft.generations)
    return Kept(draft, (replace(draft, thoughts=thoughts, generations=generations),), tally)


def _judged(thought: Thought, weight: Mapping[tuple[int, int], float], drawn: Mapping[int, int]) -> Thought:
    if thought.drop:
        return thought
    if (thought.cut, thought.candidate) not in weight:
        return replace(thought, drop="not_weighed")
    return thought if drawn[thought.cut] == thought.candidate else replace(thought, drop="not_drawn")


score = Stage(
    name="score",
    version=1,
    reads=(Draft,),
    writes=Draft,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    needs=lambda config: {"log_q": "by em needs the log-probability of each thought; set generate.measured: true"},
    uses=lambda config: {config.engine: frozenset({"score"})},
)
