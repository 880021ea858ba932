"""rubric: a thought -> its scores from 1 to 5, by a model that is held to these five. One request a criterion.

A dialogue with as many requests as criteria, each a conversation of its own, so that no score is drawn towards the one
before it; the prompts differ only at their end, which an engine with a cache of prefixes reads once. Knows no limits
and no storage.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thinkaug.dialogue import Ask, Constraint, Dialogue, Failed, Reply, Sampling
from thinkaug.records import Thinking
from thinkaug.templates import Templates

TEMPLATES = {"rubric.j2": frozenset({"before", "target", "placement", "thought", "asked"})}
FEATURES = frozenset({"chat", "constraint"})
"""What is asked of the engine."""
SCORES = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it.

    Args:
        scores: criterion -> its score, 1 to 5; without those that could not be had.
        failed: how many requests could not be served.
        unreadable: how many replies were no score.
        problem: what the first request that failed met with, if one did.
        prompt_tokens: of all requests.
        output_tokens: of all replies.
    """

    scores: Mapping[str, int]
    failed: int = 0
    unreadable: int = 0
    problem: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0

    @property
    def requests(self) -> int:
        """How many requests it took."""
        return len(self.scores) + self.failed + self.unreadable

    @property
    def mean(self) -> float | None:
        """The mean over the criteria; None where one has no score: what is not known is not taken for bad, nor good."""
        if self.failed or self.unreadable or not self.scores:
            return None
        return sum(self.scores.values()) / len(self.scores)


def judge(
    rubric: Mapping[str, str], templates: Templates, sampling: Sampling, seed: int, *, before_chars: int
) -> Callable[[Thinking], Dialogue[Judged]]:
    """The judge that asks a model.

    Args:
        rubric: criterion -> what is asked about the thought. They are asked in the order of their names.
        templates: those of `TEMPLATES`.
        sampling: how its replies are drawn; temperature 0 gives the likeliest score.
        seed: of the drawing.
        before_chars: how much of the expert text before the stretch it is shown, from its end.

    The dialogue never raises `Failed`: what fails is counted. A reply that is anything else than one of the five, as
    from a server that takes no constraints, or that was cut off, is no score.
    """
    constraint = Constraint("choice", "\n".join(SCORES))

    def ask(thinking: Thinking) -> Dialogue[Judged]:
        before = thinking.passage.before(thinking.cut)
        shown = {
            "before": before[max(0, len(before) - before_chars) :],
            "target": thinking.target,
            "placement": thinking.placement,
            "thought": thinking.text,
        }
        scores: dict[str, int] = {}
        failures: list[str] = []
        replies: list[Reply] = []
        for name, asked in sorted(rubric.items()):
            messages = templates.render("rubric.j2", **shown, asked=asked)
            try:
                reply = yield Ask(messages, sampling, seed, constraint)
            except Failed as failure:
                failures.append(str(failure))
                continue
            replies.append(reply)
            if (said := reply.text.strip()) in SCORES and reply.finish != "length":
                scores[name] = int(said)
        return Judged(
            scores,
            failed=len(failures),
            unreadable=len(replies) - len(scores),
            problem=failures[0] if failures else "",
            prompt_tokens=sum(reply.prompt_tokens for reply in replies),
            output_tokens=sum(reply.output_tokens for reply in replies),
        )

    return ask
