"""gate: Passage -> Passage. Measures how procedural each is, and keeps the cuts where thinking may pay.

Knows nothing of how thoughts are written. Asks a model only for `hardest: {by: surprisal}`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from thinkaug.measures.seeds import procedural
from thinkaug.records import Passage
from thinkaug.stage import Dropped, Kept, Outcome, Quarantined, Services, Shard, Stage, Work, counting
from thinkaug.stages.gating import Found, Hardness, hardest
from thinkaug.stages.gating.config import Config
from thinkaug.stages.gating.proxy import by_proxy
from thinkaug.stages.gating.surprisal import by_surprisal


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    config.procedural.check("gate: procedural")
    if not config.hardest.asks:
        return {}
    return {"engine": services.identity(config.hardest.engine, "gate: hardest: engine")}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A row, and the passage that it becomes.

    Args:
        row: as it came.
        passage: with its score.
        outside: the reason why it is not thought about; empty where it may be.
        found: how hard it is at each of its cuts; empty where that was not asked.
        remembered: how many of the replies that took were remembered.
    """

    row: Passage
    passage: Passage
    outside: str
    found: Sequence[Found] = ()
    remembered: int = 0


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    if config.hardest.asks:
        services.engine(config.hardest.engine)  # started before the first shard: its loading is no part of the progress

    def weighed(seen: Sequence[_Seen], unit: str) -> list[_Seen]:
        passages = [one.passage for one in seen if not one.outside]
        asks = config.hardest.asks
        answers = by_surprisal(passages, unit, config.hardest, services) if asks else by_proxy(passages)
        within = [place for place, one in enumerate(seen) if not one.outside]
        result = list(seen)
        for place, (found, remembered) in zip(within, answers, strict=True):
            result[place] = replace(seen[place], found=found, remembered=remembered)
        return result

    def work(shard: Shard) -> Iterator[Outcome]:
        # A share is of all cuts of the shard, so its rows are held.
        seen = [_seen(row, config) for row in shard]
        if config.hardest.keep < 1:
            seen = weighed(seen, shard.unit)
        stays = hardest([one.found for one in seen], config.hardest.keep)
        for one, among in zip(seen, stays, strict=True):
            yield counting(_settle(one, among, config), remembered=one.remembered)

    return work


def _seen(row: Passage, config: Config) -> _Seen:
    passage = replace(row, procedural=_procedural(row))
    return _Seen(row, passage, _outside(passage, config))


def _procedural(row: Passage) -> float | None:
    """The score; None for a passage that is known to be in a language that cannot be scored."""
    return procedural(row.text) if row.language.lower()[:2] in ("", "en") else None


def _outside(passage: Passage, config: Config) -> str:
    score, between = passage.procedural, config.procedural
    if score is None or between.holds(score):
        return ""
    return "not_procedural" if score < between.at_least else "not_factual"


def _settle(one: _Seen, among: Sequence[bool], config: Config) -> Outcome:
    cuts = () if one.outside else one.passage.cuts
    if one.found:
        cuts = tuple(cut for cut, stays in zip(cuts, among, strict=True) if stays)
    failures = [found for found in one.found if not isinstance(found, Hardness)]
    tally = _tally(one, cuts, among, config)
    if failures and len(failures) == len(one.found):
        return Quarantined(one.row, failures[0].kind, str(failures[0]), tally=tally)
    reason = "" if cuts or not one.row.cuts else one.outside or "easy"
    if reason and config.otherwise == "drop":
        return Dropped(one.row, reason, tally=tally)
    return Kept(one.row, (replace(one.passage, cuts=cuts),), {**tally, **({f"raw_{reason}": 1} if reason else {})})


def _tally(one: _Seen, cuts: Sequence[int], among: Sequence[bool], config: Config) -> dict[str, int]:
    """What is added up over passages: scores in thousandths, surprisals in thousandths of a nat.

    `hard` are the stretches of the cuts that stay, `easy` the others; their units are tokens or, by proxy, words.
    """
    score = one.passage.procedural
    tally = {
        "cuts_before": len(one.row.cuts),
        "cuts_kept": len(cuts),
        "scored": int(score is not None),
        "procedural_thousandths": round(1000 * (score or 0)),
    }
    if not one.found:
        return tally
    units = "tokens" if config.hardest.asks else "words"
    for name, wanted in (("hard", True), ("easy", False)):
        mine = [
            found
            for found, stays in zip(one.found, among, strict=True)
            if isinstance(found, Hardness) and stays == wanted
        ]
        tally[f"{name}_millinats"] = round(1000 * sum(found.nats for found in mine))
        tally[f"{name}_{units}"] = sum(found.units for found in mine)
    return {**tally, "not_weighed": sum(not isinstance(found, Hardness) for found in one.found)}


gate = Stage(
    name="gate",
    version=1,
    reads=(Passage,),
    writes=Passage,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    offers=lambda config: frozenset({"procedural"}),
    uses=lambda config: {config.hardest.engine: frozenset({"score"})} if config.hardest.asks else {},
)
