"""dedup: copies out, and each names the row that stays for it. Document, Passage or Draft -> the same; knows no model.

Exact copies go, and near ones that state nothing of their own. How they are found is in `deduplicating`.
"""

from collections.abc import Iterable, Iterator, Mapping

from thinkaug.records import Document, Draft, Passage
from thinkaug.stage import Dropped, Kept, Note, Outcome, Services, Shard, Stage, Work
from thinkaug.stages.deduplicating.config import Config


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    config.check()
    if not config.against:
        return {}
    from thinkaug.stages.deduplicating.earlier import fingerprints

    return {"against": fingerprints(config.against)}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    # What is compiled is loaded when it is run, so that a command that only looks at a pipeline starts at once.
    from thinkaug.stages.deduplicating import earlier
    from thinkaug.stages.deduplicating.judging import Judge
    from thinkaug.stages.deduplicating.looking import look
    from thinkaug.stages.deduplicating.texts import Texts, pieces_of

    pieces = list(earlier.pieces(config.against, config.on))
    older = sum(len(piece.ids) for piece in pieces)
    begins = {}
    count = older
    for shard in everything:
        begins[shard.unit] = count
        for piece in pieces_of(shard, config.on):
            pieces.append(piece)
            count += len(piece.ids)
    texts = Texts(pieces)
    judge = Judge(texts, config.shingle_words, config.guarded_by)
    fates = look(config, texts, older, judge, services.note)

    def work(shard: Shard) -> Iterator[Outcome]:
        for number, row in enumerate(shard, start=begins[shard.unit]):
            reason = fates.reason(number)
            if reason:
                keeper = texts.id(int(fates.keeper[number]))
                yield Dropped(row, reason, f"of {keeper}", notes=(note_of(number, keeper, reason),))
            elif why := fates.why(number):
                yield Kept(row, (row,), {why: 1}, (beside(number, why),))
            else:
                yield Kept(row, (row,))

    def note_of(number: int, keeper: str, reason: str) -> Note:
        return {
            "cluster": texts.id(int(fates.cluster[number])),
            "keeper": keeper,
            "similarity": round(float(fates.similarity[number]), 4),
            "reason": reason,
        }

    def beside(number: int, why: str) -> Note:
        other = int(fates.beside[number])
        return {
            "beside": texts.id(other),
            "similarity": round(float(fates.likeness[number]), 4),
            "words": sorted(judge.differing_words(number, other)),
            "reason": why,
        }

    return work


def _needs(config: Config) -> Mapping[str, str]:
    return (
        {"gain": "keeper: best needs what thoughts are worth; put score (by: gain) before it"}
        if config.keeper == "best"
        else {}
    )


dedup = Stage(
    name="dedup",
    version=3,
    reads=(Document, Passage, Draft),
    writes=None,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    refuses=lambda config, row: config.refuses(row),
    needs=_needs,
    sees_all=lambda config: True,
)
