"""filter: Document -> Document, Passage -> Passage, Draft -> Draft. What a check names is taken out with its reason.

Text checks look at the expert text, thought checks and a judge at thoughts; personal data are masked in what passes.
Knows no check by name, and asks a model only for `judge`.
"""

from collections.abc import Iterable, Iterator, Mapping

from thinkaug.dialogue import converse_by_row
from thinkaug.judges.rubric import FEATURES, Judged
from thinkaug.records import Document, Draft, Passage
from thinkaug.stage import Outcome, Services, Shard, Stage, Work, counting
from thinkaug.stages.filtering import judging
from thinkaug.stages.filtering.config import DEFAULT_CHECKS, Config
from thinkaug.stages.filtering.looking import checks_of, look
from thinkaug.stages.filtering.settling import settle, settle_judged


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    checks_of(config)
    config.judge.check("filter: judge")
    return judging.shaped_by(config.judge, services) if config.judge.asks else {}


def _refuses(config: Config, row: type) -> str:
    if row is Draft:
        return ""
    if row is Passage and config.mask:
        return "mask: a passage's text is a piece of its document, and stays as it is; mask in a filter before segment"
    if config.judge.asks:
        return "judge: there are no thoughts yet; put it into a filter after generate"
    if config.checks not in ((), DEFAULT_CHECKS):
        return "checks: they look at thoughts, and there are none yet; put them into a filter after generate"
    if not config.texts and not config.mask:
        return "there are no thoughts yet, and nothing else is named; name checks of the text (texts: [...]) or mask"
    return ""


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    checks = checks_of(config)
    checks.see(everything)

    def without_a_model(shard: Shard) -> Iterator[Outcome]:
        for row in shard:
            yield settle(look(row, checks, config), config)

    if not config.judge.asks:
        return without_a_model
    services.engine(config.judge.engine)  # started before the first shard: its loading is no part of the progress
    ask = judging.judging(config.judge, services)

    def work(shard: Shard) -> Iterator[Outcome]:
        seen = (look(row, checks, config) for row in shard)
        with services.remembering(config.judge.engine, shard.unit) as engine:
            for one, results in converse_by_row(seen, lambda one: one.left, ask, engine, engine.window):
                judged = [result for result in results if isinstance(result, Judged)]
                assert len(judged) == len(results), "the judge catches what fails"
                yield counting(settle_judged(one, judged, config), remembered=engine.newly_remembered())

    return work


filter_ = Stage(
    name="filter",
    version=2,
    reads=(Document, Passage, Draft),
    writes=None,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    refuses=_refuses,
    sees_all=lambda config: checks_of(config).see_all,
    uses=lambda config: {config.judge.engine: FEATURES} if config.judge.asks else {},
)
