"""passages: a claim and what an index has about it -> the verdict of a model that is held to three labels.

A dialogue of one turn, or of two where several entries were shown: the label, then which entry decided it. The two are
apart so that the first reply's log-probability is that of the label and of nothing else. Knows no steps and no storage.
"""

import math
from collections.abc import Callable

from thinkaug.claims import Statement
from thinkaug.dialogue import Ask, Constraint, Dialogue, Failed, Message, Reply, Sampling
from thinkaug.judges import decided, undecided
from thinkaug.knowledge.index import Hit, Index
from thinkaug.records import VERDICTS, Claim, Evidence
from thinkaug.templates import Templates

TEMPLATES = {"judge.j2": frozenset({"claim", "entries"}), "deciding.j2": frozenset({"verdict"})}
FEATURES = frozenset({"chat", "measured", "constraint"})
"""What is asked of the engine."""

_ROUNDING = 1e-3  # in nats: a sum of many log-probabilities may come out above 0 by that much


def judge(
    index: Index, templates: Templates, sampling: Sampling, seed: int, *, found: int = 3
) -> Callable[[Statement], Dialogue[Claim]]:
    """The judge that asks a model.

    Args:
        index: where entries are looked up, by the words of the claim.
        templates: those of `TEMPLATES`.
        sampling: how its replies are drawn; temperature 0 gives the likeliest label.
        seed: of the drawing.
        found: how many entries are shown.

    The dialogue raises `Failed` where its first request fails. Without an entry there is no request at all
    (`no_evidence`). A reply that is none of the labels, as from a server that takes no constraints, decides nothing
    (`unreadable_verdict`), nor does the label `unknown` (`not_settled`).
    """

    def ask(statement: Statement) -> Dialogue[Claim]:
        hits = index.look_up(statement.text, found)
        if not hits:
            return undecided(statement, "no_evidence", index.digest)
        opening = templates.render("judge.j2", claim=statement.text, entries=_numbered(hits))
        reply = yield Ask(opening, sampling, seed, Constraint("choice", "\n".join(VERDICTS)), measured=True)
        verdict = next((label for label in VERDICTS if label == reply.text.strip()), None)
        if verdict is None or reply.finish == "length":
            return undecided(statement, "unreadable_verdict", index.digest)
        if verdict == "unknown":
            return undecided(statement, "not_settled", index.digest)
        evidence = tuple(map(_evidence, hits))
        if len(hits) > 1:
            turns = Message("assistant", verdict), *templates.render("deciding.j2", verdict=verdict)
            numbers = [str(number) for number in range(1, len(hits) + 1)]
            which = Ask((*opening, *turns), sampling, seed, Constraint("choice", "\n".join(numbers)))
            place = yield from _place(which, numbers)
            evidence = evidence if place is None else evidence[place : place + 1]
        return decided(statement, verdict, "passages", evidence, index.digest, confidence(reply))

    return ask


def _place(which: Ask, numbers: list[str]) -> Dialogue[int | None]:
    """Which of the entries it was; None where that cannot be told, and all that were shown are the evidence."""
    try:
        reply = yield which
    except Failed:
        return None
    said = reply.text.strip()
    return numbers.index(said) if said in numbers else None


def confidence(reply: Reply) -> float | None:
    """The probability of the label among the three: `exp` of the sum of its tokens' log-probabilities.

    So it is where log-probabilities under a constraint are those among the tokens that it allows, as in this program's
    vLLM engine; a server that gives those of the unconstrained model gives less.

    Returns:
        A probability in (0, 1]; None where log-probabilities are missing, not numbers or impossible, or where they are
        not of the label alone because the model thought first.
    """
    if not reply.log_probabilities or reply.reasoning:
        return None
    total = sum(reply.log_probabilities)
    if not math.isfinite(total) or total > _ROUNDING:
        return None
    return math.exp(min(total, 0.0)) or None


def _numbered(hits: list[Hit]) -> str:
    return "\n".join(f"[{place}] {_said(hit)}" for place, hit in enumerate(hits, start=1))


def _said(hit: Hit) -> str:
    """The quote, with its subject where it does not name it."""
    title = hit.entry.title
    return hit.quote if not title or title.casefold() in hit.quote.casefold() else f"{title}: {hit.quote}"


def _evidence(hit: Hit) -> Evidence:
    return Evidence(hit.entry.id, hit.quote, hit.entry.source, hit.entry.version)
