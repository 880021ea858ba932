"""What becomes of the steps of one candidate: the wrong, the unproved, what leans on them, what carries nothing.

Reasons, as they stand in the ledger: `contradicted`, `candidate_contradicted`, `unsupported`, `leans_on_dropped`,
`carries_nothing`, `nothing_left`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from thinkaug.records import Claim, Thought
from thinkaug.stages.pruning.candidates import SEARCH, Candidate
from thinkaug.stages.pruning.config import Config
from thinkaug.stages.pruning.hedging import confident, hedge


@dataclass(frozen=True, slots=True)
class Mended:
    """A step as it was written again, and what it states now, with verdicts."""

    text: str
    claims: tuple[Claim, ...]


Hedging = Callable[[int], tuple[str, int]]
"""Place of a step in its candidate -> the language of the passage, and a seed."""


def prune_steps(candidate: Candidate, config: Config, mended: Mapping[int, Mended], hedging: Hedging) -> Candidate:
    """The candidate with its steps judged one after the other.

    Args:
        candidate: with claims and gains, where there are any.
        config: the policies.
        mended: by the step's place in the candidate, the contradicted steps that were written again and hold.
        hedging: language and seed for a step that is to be doubted.
    """
    if config.contradicted == "drop_candidate" and any(contradicted(step) for step in candidate.standing):
        return _all_gone(candidate)
    judged = [_judge(step, place, config, mended, hedging) for place, step in enumerate(candidate.steps)]
    judged = _without_leaning(candidate.steps, judged)
    least = config.limits.get("least_alone")
    if least is not None:
        judged = [replace(step, drop="carries_nothing") if _carries_less(step, least) else step for step in judged]
    pruned = replace(candidate, steps=tuple(judged))
    lost = any(_taken_out(old, new) for old, new in zip(candidate.steps, judged, strict=True))
    return pruned.drop("nothing_left") if lost and not _answers(pruned) else pruned


def contradicted(step: Thought) -> bool:
    """Whether a step that stands states something that is contradicted."""
    return not step.drop and step.kind not in SEARCH and any(claim.verdict == "contradicted" for claim in step.claims)


def _all_gone(candidate: Candidate) -> Candidate:
    wrong = (replace(step, drop="contradicted") if contradicted(step) else step for step in candidate.steps)
    return replace(candidate, steps=tuple(wrong)).drop("candidate_contradicted")


def _judge(step: Thought, place: int, config: Config, mended: Mapping[int, Mended], hedging: Hedging) -> Thought:
    if contradicted(step) and config.contradicted != "keep":
        if place not in mended:
            return replace(step, drop="contradicted")
        step = _rewritten(step, mended[place].text, mended[place].claims)
    if step.drop or step.kind in SEARCH or config.unsupported == "keep":
        return step
    unproved = [claim for claim in step.claims if claim.verdict == "unknown" and confident(step.text, claim.text)]
    if not unproved:
        return step
    doubted = hedge(step, unproved, *hedging(place)) if config.unsupported == "hedge" else None
    return _rewritten(step, *doubted) if doubted else replace(step, drop="unsupported")


def _rewritten(step: Thought, text: str, claims: tuple[Claim, ...]) -> Thought:
    """The step in other words. Its gains were those of the old ones."""
    return replace(step, text=text, claims=claims, written=step.written or step.text, gain=None, gain_alone=None)


def _without_leaning(before: tuple[Thought, ...], judged: list[Thought]) -> list[Thought]:
    """The steps without those that lean on one that was taken out or put right.

    A verification looks back on all that was thought since the verification before it; where something of that is
    gone, it checks what nobody says any more. A step of any kind leans, too, when it speaks of the same two things as
    what is gone. A step whose claims are all supported stands by itself, whatever is gone. A question may stay open:
    the expert text, or a later step, goes on to answer it. A hedged step is still there, so nothing fell with it.
    """
    kept: list[Thought] = []
    gone_since_check = False
    pairs: set[frozenset[str]] = set()
    for old, new in zip(before, judged, strict=True):
        leans = not (new.drop or new.kind in SEARCH or _sure(new)) and (
            (new.kind == "verification" and gone_since_check) or not pairs.isdisjoint(_pairs(new.claims))
        )
        if leans:
            kept.append(replace(new, drop="leans_on_dropped"))
            continue
        if _taken_out(old, new) or (contradicted(old) and new.text != old.text):
            gone_since_check = True
            pairs |= _pairs(old.claims)
        elif new.kind == "verification" and not new.drop:
            gone_since_check = False
        kept.append(new)
    return kept


def _taken_out(old: Thought, new: Thought) -> bool:
    return bool(new.drop) and not old.drop and new.drop != "carries_nothing"


def _sure(step: Thought) -> bool:
    return bool(step.claims) and all(claim.verdict == "supported" for claim in step.claims)


def _pairs(claims: tuple[Claim, ...]) -> set[frozenset[str]]:
    """The two things that each claim speaks of, where it could be read and was not supported."""
    return {
        frozenset((claim.subject, claim.object))
        for claim in claims
        if claim.verdict != "supported" and claim.subject and claim.object
    }


def _carries_less(step: Thought, least: float) -> bool:
    """Whether the stretch is as likely without the step.

    Of two steps that say the same, neither is missed alone, and without both much is lost: so a step stays, too, that
    added something when it came (`gain`), and the later one goes.
    """
    if step.drop or step.kind in SEARCH or step.gain_alone is None:
        return False
    return step.gain_alone < least and (step.gain is None or step.gain < least)


def _answers(candidate: Candidate) -> bool:
    """Whether more stands than questions and searches: where the answer was taken out, the rest leads nowhere."""
    return any(step.kind not in (*SEARCH, "self_talk") for step in candidate.standing)
