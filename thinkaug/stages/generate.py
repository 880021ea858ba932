"""generate: Passage -> Draft. Runs a strategy's dialogues through an engine; knows nothing of scoring or storage."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from thinkaug.dialogue import Dialogue, converse_by_row
from thinkaug.records import Draft, Passage
from thinkaug.stage import Outcome, Services, Shard, Stage, Work, counting
from thinkaug.stages.generating.config import WHERE, Config, routes_of
from thinkaug.stages.generating.way import Item, Way, strategy_of
from thinkaug.stages.generating.ways import ways_of
from thinkaug.strategies import Stretch, Thoughts


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    ways = ways_of(config, services)
    return {"engine": services.identity(config.engine, f"{WHERE}: engine"), **ways.shaped_by()}


def dialogues(config: Config, services: Services) -> Callable[[Stretch, int], Dialogue[Thoughts]]:
    """How these settings think: the dialogue about a stretch, with the seed of one thought."""
    ways = ways_of(config, services)
    return lambda stretch, seed: ways.of(stretch.passage).begin(stretch, seed)


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    services.engine(config.engine)  # started before the first shard, so that its loading is no part of the progress
    ways, model = ways_of(config, services), services.engines[config.engine].name

    def parts(row: Passage) -> list[tuple[Way, Item]]:
        way = ways.of(row)
        return [(way, item) for item in way.items(row)]

    def think(part: tuple[Way, Item]) -> Dialogue[Thoughts]:
        way, item = part
        return way.think(item)

    def work(shard: Shard) -> Iterator[Outcome]:
        with services.remembering(config.engine, shard.unit) as engine:
            for row, results in converse_by_row(shard, parts, think, engine, engine.window):
                outcome = ways.of(row).settle(row, results, model)
                yield counting(outcome, **ways.tally(row), remembered=engine.newly_remembered())

    return work


def _uses(config: Config) -> Mapping[str, frozenset[str]]:
    every = [config, *(route.config for route in routes_of(config))]
    features = frozenset[str]().union(*(strategy_of(each).features for each in every))
    asked = {"measured": config.measured, "constraint": config.constrained}
    return {config.engine: frozenset({"chat", *features, *(name for name, is_on in asked.items() if is_on)})}


def _needs(config: Config) -> Mapping[str, str]:
    missing = "routes go by how procedural a passage is, which `gate` measures; put gate before generate"
    return {"procedural": missing} if config.routes else {}


generate = Stage(
    name="generate",
    version=3,
    reads=(Passage,),
    writes=Draft,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    needs=_needs,
    offers=lambda config: frozenset({"log_q"}) if config.measured else frozenset(),
    uses=_uses,
)
