"""A draft and its thoughts -> the reasons that checks give, and what becomes of the draft. Knows no check by name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from thinkaug.checks import Check
from thinkaug.records import Draft, Thinking, Thought
from thinkaug.stage import Dropped, Kept, Outcome, Shard

Key = tuple[int, int]
"""The cut and the candidate of a thought."""
Reasons = Mapping[Key, str]


@runtime_checkable
class Observing(Protocol):
    """A check that must have seen every thought before it judges one."""

    def observe(self, thinking: Thinking) -> None:
        """Called once for each thought of the whole input."""

    def __call__(self, thinking: Thinking) -> str:
        """As a `Check`."""


def key_of(thinking: Thinking) -> Key:
    """What tells the thought from others of its draft."""
    return thinking.cut, thinking.candidate


def observing_in(checks: Sequence[Check]) -> list[Observing]:
    """Those that must see all thoughts first."""
    return [check for check in checks if isinstance(check, Observing)]


def show_everything(checks: Sequence[Check], everything: Iterable[Shard]) -> None:
    """Let the checks that must see all thoughts first see them. Where none must, nothing is read."""
    observing = observing_in(checks)
    if not observing:
        return
    for shard in everything:
        for row in shard:
            for thinking in row.thinkings() if isinstance(row, Draft) else ():
                for check in observing:
                    check.observe(thinking)


def objected(draft: Draft, checks: Sequence[Check]) -> dict[Key, str]:
    """The thoughts that a check objects to, with the reason of the first that does."""
    return {
        key_of(thinking): reason
        for thinking in draft.thinkings()
        if (reason := next(filter(None, (check(thinking) for check in checks)), ""))
    }


def settled(draft: Draft, reasons: Reasons, without_thoughts: str) -> Outcome:
    """The draft with the reasons on its thoughts; dropped or raw where none is left."""
    thoughts = tuple(_judged(thought, reasons) for thought in draft.thoughts)
    counts = Counter(reasons.values())
    tally = {f"thought_{reason}": count for reason, count in counts.items()}
    if any(not thought.drop for thought in thoughts):
        return Kept(draft, (replace(draft, thoughts=thoughts),), tally)
    if not draft.passage.cuts:  # sent on raw on purpose: there was no thought to lose
        return Kept(draft, (draft,), {"raw": 1})
    if without_thoughts == "raw":
        return Kept(draft, (replace(draft, thoughts=thoughts),), {**tally, "raw": 1})
    reason = counts.most_common(1)[0][0] if counts else "no_thought"
    return Dropped(replace(draft, thoughts=thoughts), reason, tally=tally)


def _judged(thought: Thought, reasons: Reasons) -> Thought:
    reason = reasons.get((thought.cut, thought.candidate), "")
    return replace(thought, drop=reason) if reason and not thought.drop else thought
