"""A model whose figures are known by hand: a word that stands before the target costs 1 nat, another one 4."""

import re
from collections.abc import Callable
from dataclasses import replace

from tests.stages.conftest import make_passage
from thinkaug.dialogue import Reply, Score
from thinkaug.engines.scripted import Scripted
from thinkaug.records import Draft, Generation, Kind, Thought

NAMED, UNNAMED = -1.0, -4.0


def log_probabilities(context: str, target: str) -> tuple[float, ...]:
    named = set(re.findall(r"\w+", context.lower()))
    return tuple(NAMED if word in named else UNNAMED for word in re.findall(r"\w+", target.lower()))


def naming(
    asked: list[Score] | None = None, answer: Callable[[Score], Reply | None] = lambda request: None, window: int = 16
) -> Scripted:
    """The model; `answer` may say something else to some of the requests, which are kept in `asked`."""

    def reply(request: Score) -> Reply:
        if asked is not None:
            asked.append(request)
        return answer(request) or Reply("", log_probabilities=log_probabilities(request.context, request.target))

    return Scripted(reply, window=window)


Steps = list[tuple[Kind, str]]


def draft_of(
    text: str, *candidates: Steps, cuts: tuple[int, ...] = (0,), document: str = "", domain: str = ""
) -> Draft:
    """A draft with the same candidates at every cut."""
    passage = make_passage(text, *cuts, domain=domain)
    if document:
        passage = replace(passage, document=document)
    return Draft(
        passage,
        "interleaved",
        "scripted",
        tuple(
            Thought(cut, number, kind, step)
            for cut in cuts
            for number, steps in enumerate(candidates)
            for kind, step in steps
        ),
        tuple(Generation(cut, number, 7, "stop", 1, 1) for cut in cuts for number in range(len(candidates))),
    )
