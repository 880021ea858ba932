"""grounded: thought, look-up, observation, and again, against an index of knowledge, as in ReAct (arXiv 2210.03629).

The model may recall only what was found. Every observation keeps the entries it was read from as evidence; whether
look-ups and observations are shown to a trainer is chosen when the shards are written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt

from thinkaug.dialogue import Dialogue, Failed, Message, Reply
from thinkaug.errors import UserError
from thinkaug.knowledge.index import Hit, Index
from thinkaug.records import Evidence
from thinkaug.steps import TAGS, Malformed, read_steps, steps_form
from thinkaug.strategies import Step, Strategy, Stretch, Thoughts, Voice


@dataclass(frozen=True)
class Config:
    """Options of the strategy.

    Args:
        index: the folder of an index, made by `thinkaug index`.
        lookups: how many look-ups a thought may take.
        found: how many entries a look-up shows.
        before_chars: how much of the expert text before the stretch the model sees.
    """

    index: str = ""
    lookups: Annotated[int, Gt(0)] = 7
    found: Annotated[int, Gt(0)] = 5
    before_chars: Annotated[int, Ge(0)] = 1500


def _shaped_by(config: Config) -> Mapping[str, object]:
    if not config.index:
        raise UserError("generate: options of grounded: index: name a folder made by thinkaug index PATH --out FOLDER")
    return {"index": Index.shared(config.index).digest}


@dataclass
class _Search:
    """One thought under way: the conversation so far, the steps read from it, the replies it took."""

    talk: tuple[Message, ...]
    left: int
    steps: list[Step]
    replies: list[Reply]
    asked: set[str]

    def failed(self, kind: str, message: str) -> Failed:
        return Failed(kind, message, self.replies[-1].text if self.replies else "", tuple(self.replies))


def _think(stretch: Stretch, config: Config, voice: Voice) -> Dialogue[Thoughts]:
    before = stretch.before(config.before_chars)
    opening = voice.prompt("grounded.j2", before=before, target=stretch.target, left=config.lookups)
    search = _Search(opening, config.lookups, [], [], set())
    repaired = False
    while True:
        steps, second = yield from _turn(search, voice)
        repaired |= second
        query = steps[-1].text if steps[-1].kind == "lookup" else ""
        may_search = search.left > 0 and " ".join(query.lower().split()) not in search.asked
        search.steps += steps if may_search or not query else steps[:-1]
        if not query:
            return Thoughts(tuple(search.steps), tuple(search.replies), repaired)
        if may_search:
            _look_up(query, config, search, voice)
        else:
            # It asks in circles, or has had its share: one more turn, and no look-up is read from it.
            search.talk = (*search.talk, *voice.prompt("finish.j2"))
            last, second = yield from _turn(search, voice)
            search.steps += [step for step in last if step.kind != "lookup"]
            if all(step.kind in ("lookup", "observation") for step in search.steps):
                raise search.failed("no_end", "it went on looking up and never wrote what it thinks")
            return Thoughts(tuple(search.steps), tuple(search.replies), repaired or second)


def _look_up(query: str, config: Config, search: _Search, voice: Voice) -> None:
    hits = Index.shared(config.index).look_up(query, config.found)
    found = "\n".join(f"[{place}] {_said(hit)}" for place, hit in enumerate(hits, start=1))
    search.asked.add(" ".join(query.lower().split()))
    search.left -= 1
    if hits:
        search.steps.append(Step("observation", "\n".join(map(_said, hits)), tuple(map(_evidence, hits))))
    search.talk = (*search.talk, *voice.prompt("observation.j2", found=found, left=search.left))


def _turn(search: _Search, voice: Voice) -> Dialogue[tuple[list[Step], bool]]:
    """The steps of the model's next turn, and whether it took a second try."""
    problem = ""
    for attempt in range(2):
        try:
            reply = yield voice.ask(*search.talk, form=steps_form(TAGS))
        except Failed as failure:
            raise search.failed(failure.kind, str(failure)) from failure
        search.replies.append(reply)
        said = Message("assistant", reply.text)
        try:
            steps = _read(reply)
        except Malformed as malformed:
            problem = str(malformed)
            search.talk = (*search.talk, said, *voice.prompt("again.j2", problem=problem))
        else:
            search.talk = (*search.talk, said)
            return steps, attempt > 0
    raise search.failed("malformed", problem)


def _read(reply: Reply) -> list[Step]:
    if reply.finish == "length":
        raise Malformed(f"it was cut off after {reply.output_tokens} tokens; write fewer and shorter steps")
    steps = [Step(kind, text) for kind, text in read_steps(reply.text, TAGS)]
    if any(step.kind == "lookup" for step in steps[:-1]):
        raise Malformed("a turn ends with its look-up; one look-up a turn, and nothing after it")
    return steps


def _said(hit: Hit) -> str:
    """The quote, with its subject where it does not name it: a definition seldom does."""
    title = hit.entry.title
    return hit.quote if not title or title.casefold() in hit.quote.casefold() else f"{title}: {hit.quote}"


def _evidence(hit: Hit) -> Evidence:
    return Evidence(hit.entry.id, hit.quote, hit.entry.source, hit.entry.version)


grounded = Strategy(
    version=1,
    config=Config,
    templates={
        "grounded.j2": frozenset({"before", "target", "left"}),
        "observation.j2": frozenset({"found", "left"}),
        "again.j2": frozenset({"problem"}),
        "finish.j2": frozenset(),
    },
    think=_think,
    tagged=True,
    shaped_by=_shaped_by,
)
