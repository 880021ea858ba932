"""decontaminate: Document, Passage or Draft without the items of evaluation sets. Knows no model.

An item is looked for in expert text and in thoughts: a generator can recite a benchmark. What was found where is noted
(`thinkaug.decontamination.hits`). The kernels are imported once the stage starts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, MinLen

from thinkaug.decontamination.items import Matching
from thinkaug.decontamination.sets import EvaluationSet, fingerprints, items_of, named
from thinkaug.decontamination.settling import Action, settled
from thinkaug.decontamination.views import On, Row, look, views
from thinkaug.errors import UserError
from thinkaug.records import Document, Draft, Passage
from thinkaug.stage import Kept, Outcome, Services, Shard, Stage, Work

if TYPE_CHECKING:
    from thinkaug.decontamination.matching import Matcher

_ROWS_AT_ONCE = 256
_WHERE = "decontaminate: sets"


@dataclass(frozen=True)
class Config:
    """Which items are looked for, where, and what becomes of a row that holds one.

    Args:
        sets: evaluation sets: paths, or `{path or hub, name, fields: [question, answer], id, split}`.
        on: search expert `text`, `thoughts`, or both.
        action: `drop` the row, or the thought that holds an item; `cut` the stretch out of a document, or the steps out
            of a thought; `mark`: only note it, and in the `meta` of a row whose text holds one.
        margin_chars: of `cut`: so much before and after goes too, and on to the edge of a sentence.
        min_chars: of `cut`: a shorter piece that is left is not kept.
        matching: when an item stands in a text.
    """

    sets: Annotated[tuple[str | EvaluationSet, ...], MinLen(1)]
    on: On = "both"
    action: Action = "drop"
    margin_chars: Annotated[int, Ge(0)] = 200
    min_chars: Annotated[int, Ge(0)] = 200
    matching: Matching = field(default_factory=Matching)


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    if config.matching.parts_words >= config.matching.ngram_words:
        raise UserError("decontaminate: matching: parts_words: a short run has fewer words than a long one")
    sets = named(config.sets, _WHERE)
    found = fingerprints(sets, _WHERE)
    items_of(sets, _WHERE, lambda text: None)  # what is wrong with a set is said before anything runs
    return {"sets": found}


def _refuses(config: Config, row: type) -> str:
    if row is not Draft and config.on == "thoughts":
        return "on: thoughts: there are none yet; put it after generate, or say on: text"
    if row is not Document and config.action == "cut" and (row is Passage or config.on != "thoughts"):
        return (
            "action: cut: a passage's text is a piece of its document, and stays as it is; "
            "cut in a decontaminate before segment" + ("" if row is Passage else ", or say on: thoughts")
        )
    return ""


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    from thinkaug.decontamination.index import index_of
    from thinkaug.decontamination.matching import Matcher

    index = index_of(items_of(named(config.sets, _WHERE), _WHERE, services.note), config.matching)
    services.note(f"decontaminate: {index.summary()}")

    def work(shard: Shard) -> Iterator[Outcome]:
        matcher = Matcher(index, config.matching)
        rows = iter(shard)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            yield from _settle(some, matcher, config)

    return work


def _settle(rows: list[Row], matcher: "Matcher", config: Config) -> Iterator[Outcome]:
    searched = [views(row, config.on) for row in rows]
    texts = [view.text.encode("utf-8", "surrogatepass") for some in searched for view in some]
    suspects = set(matcher.suspects(texts))
    first = 0
    for row, some in zip(rows, searched, strict=True):
        suspected = [view for place, view in enumerate(some, start=first) if place in suspects]
        first += len(some)
        seen = look(row, suspected, matcher.find, config.action)
        if seen.text or seen.thoughts:
            yield settled(row, seen, config.action, config.margin_chars, config.min_chars)
        else:
            yield Kept(row, (row,))


decontaminate = Stage(
    name="decontaminate",
    version=1,
    reads=(Document, Passage, Draft),
    writes=None,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    refuses=_refuses,
)
