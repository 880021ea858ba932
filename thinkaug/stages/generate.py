"""generate: Passage -> Draft. Runs a strategy's dialogues through an engine; knows nothing of scoring or storage."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le

from thinkaug.dialogue import Dialogue, Failed, Sampling, converse
from thinkaug.plugins import part
from thinkaug.records import Draft, Generation, Passage, Thought
from thinkaug.settings import read_config
from thinkaug.stage import Kept, Outcome, Quarantined, Services, Shard, Stage, Work, seed_of
from thinkaug.strategies import Strategy, Thoughts, Voice


@dataclass(frozen=True)
class Config:
    """Which model thinks, in which way, and how its replies are drawn.

    Args:
        engine: one of the pipeline's engines.
        strategy: a file of `thinkaug/strategies`.
        options: the strategy's own settings.
        temperature: 0 is greedy.
        top_p: share of the distribution that is drawn from.
        max_tokens: a reply is cut off after so many tokens.
        seed: another seed gives other thoughts for the same passages.
    """

    engine: str = "writer"
    strategy: str = "interleaved"
    options: Mapping[str, Any] = field(default_factory=dict)
    temperature: Annotated[float, Ge(0)] = 0.7
    top_p: Annotated[float, Gt(0), Le(1)] = 1.0
    max_tokens: Annotated[int, Gt(0)] = 512
    seed: int = 0


def _strategy(config: Config) -> tuple[Strategy, Any]:
    strategy: Strategy = part("strategies", config.strategy, "generate: strategy")
    return strategy, read_config(strategy.config, config.options, f"generate: options of {config.strategy}")


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    strategy, options = _strategy(config)
    return {
        "engine": services.identity(config.engine, "generate: engine"),
        "strategy": {"version": strategy.version, "options": asdict(options)},
        "templates": {
            name: services.templates.check(name, variables) for name, variables in strategy.templates.items()
        },
    }


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    strategy, options = _strategy(config)
    model, engine = services.engines[config.engine].name, services.engine(config.engine)
    sampling = Sampling(config.temperature, config.top_p, config.max_tokens)

    def think(item: tuple[int, Passage, int]) -> Dialogue[Thoughts]:
        _, passage, cut = item
        seed = _seed(config, passage, cut)
        return strategy.think(passage, cut, options, Voice(services.templates, sampling, seed))

    def work(shard: Shard) -> Iterator[Outcome]:
        gathered: dict[int, _Gathering] = {}
        items = _items(shard, gathered)
        upcoming = 0
        for (row, _, cut), result in converse(items, think, engine, engine.window):
            gathered[row].results[cut] = result
            # Rows leave in the order they came in, whatever order the model finishes them in.
            while upcoming in gathered and gathered[upcoming].is_complete:
                yield _settle(gathered.pop(upcoming), config, model)
                upcoming += 1

    return work


@dataclass
class _Gathering:
    """A passage whose dialogues are in flight."""

    passage: Passage
    results: dict[int, Thoughts | Failed] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return len(self.results) == len(self.passage.cuts)


def _items(shard: Shard, gathered: dict[int, _Gathering]) -> Iterator[tuple[int, Passage, int]]:
    for row, passage in enumerate(shard):
        gathered[row] = _Gathering(passage)
        for cut in passage.cuts:
            yield row, passage, cut


def _seed(config: Config, passage: Passage, cut: int) -> int:
    return seed_of(passage.id, cut, 0, config.strategy, config.seed)


def _settle(gathering: _Gathering, config: Config, model: str) -> Outcome:
    passage = gathering.passage
    thoughts: list[Thought] = []
    generations: list[Generation] = []
    failures: list[Failed] = []
    for cut in passage.cuts:
        result = gathering.results[cut]
        if isinstance(result, Failed):
            failures.append(result)
        else:
            thoughts += [Thought(cut, 0, kind, text) for kind, text in result.steps]
        generations.append(_generation(cut, _seed(config, passage, cut), result))
    tally = {
        "prompt_tokens": sum(generation.prompt_tokens for generation in generations),
        "output_tokens": sum(generation.output_tokens for generation in generations),
        "repaired": sum(generation.repaired for generation in generations),
        "cuts_failed": len(failures),
        "steps": len(thoughts),
    }
    if not thoughts:
        first = failures[0]
        raw = "\n\n".join(failure.raw for failure in failures)
        return Quarantined(passage, first.kind, str(first), raw, tally)
    return Kept(passage, (Draft(passage, config.strategy, model, tuple(thoughts), tuple(generations)),), tally)


def _generation(cut: int, seed: int, result: Thoughts | Failed) -> Generation:
    replies = result.replies
    return Generation(
        cut=cut,
        candidate=0,
        seed=seed,
        finish=replies[-1].finish if replies else "",
        prompt_tokens=sum(reply.prompt_tokens for reply in replies),
        output_tokens=sum(reply.output_tokens for reply in replies),
        repaired=len(replies) > 1 and isinstance(result, Thoughts),
        problem=str(result) if isinstance(result, Failed) else "",
        raw=result.raw if isinstance(result, Failed) else "",
    )


generate = Stage(
    name="generate", version=1, reads=(Passage,), writes=Draft, config=Config, start=_start, shaped_by=_shaped_by
)
