"""panel: a step of a thought -> its claims with verdicts. Where claims come from, and which judge is asked after which.

Everything is a dialogue, also what asks nobody: `at_once` carries such a one out without an engine. Knows nothing of
config, storage or what is done about a claim that is wrong.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from thinkaug.claims import Statement
from thinkaug.claims.listing import Listed
from thinkaug.dialogue import Dialogue, Failed
from thinkaug.errors import PromiseBroken
from thinkaug.judges import Judge, undecided
from thinkaug.records import Claim, Passage, Thought

Result = TypeVar("Result")
Asking = Callable[[Statement], Dialogue[Claim]]
"""A judge of any sort, as a dialogue."""
Read = Callable[[str], Sequence[Statement]]
List = Callable[[str, str], Dialogue[Listed]]
"""A step, and the steps before it -> the claims that a model lists."""

_FAULTS = ("request_failed", "unreadable_verdict")  # reasons that no other judge's reason should hide


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is looked at: its place in the draft, the words of the steps before it, the passage it is about."""

    place: int
    thought: Thought
    before: str
    judges: tuple[Asking, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The claims of the step at `place`; `spent` counts what it took, `problem` is what failed first, if anything."""

    place: int
    claims: tuple[Claim, ...]
    spent: Counter[str] = field(default_factory=Counter)
    problem: str = ""


@dataclass(frozen=True)
class Panel:
    """Who finds claims and who judges them.

    Args:
        index: digest of the index that is asked; every claim names it.
        judges: of a passage, in order: the first that decides gives the verdict.
        read: a text -> what it states, as far as it can be read; None where nobody reads.
        listed: a model that lists claims; None where they are read out of the steps themselves.
    """

    index: str
    judges: Callable[[Passage], tuple[Asking, ...]]
    read: Read | None = None
    listed: List | None = None

    def check(self, step: Step) -> Dialogue[Checked]:
        """Find the claims of a step and judge them. What fails leaves an unknown claim with the reason."""
        spent: Counter[str] = Counter()
        claims, problem = yield from _counted(self._claims(step, spent), spent)
        return Checked(step.place, tuple(replace(claim, index=self.index) for claim in claims), spent, problem)

    def _claims(self, step: Step, spent: Counter[str]) -> Dialogue[tuple[list[Claim], str]]:
        claims: list[Claim] = []
        problem = ""
        try:
            statements = yield from self._statements(step, spent)
        except Failed as failure:
            return [undecided(_unread(step.thought.text), failure.kind, self.index)], str(failure)
        for statement in statements:
            claim, failed = yield from self._judged(statement, step.judges)
            claims.append(claim)
            problem = problem or failed
        return claims, problem

    def _statements(self, step: Step, spent: Counter[str]) -> Dialogue[Sequence[Statement]]:
        """What the step states; of a listed claim that reads as several facts, each of them."""
        if self.listed is None:
            assert self.read is not None, "claims are read or listed"
            return self.read(step.thought.text)
        listed = yield from self.listed(step.thought.text, step.before)
        spent.update(claims_repeated=listed.repeated, claims_strange=listed.strange, repaired=int(listed.repaired))
        found: list[Statement] = []
        for claim in listed.claims:
            read = self.read(claim) if self.read else ()
            found += [replace(statement, text=claim) for statement in read] or [_unread(claim)]
        return found

    def _judged(self, statement: Statement, judges: Sequence[Asking]) -> Dialogue[tuple[Claim, str]]:
        """The first verdict; where there is none, the first judge's reason, or the fault of a later one."""
        open_: list[Claim] = []
        problem = ""
        for ask in judges:
            try:
                claim = yield from ask(statement)
            except Failed as failure:
                claim, problem = undecided(statement, failure.kind, self.index), problem or str(failure)
            if claim.verdict != "unknown":
                return claim, problem
            open_.append(claim)
        fault = next((claim for claim in open_ if claim.reason in _FAULTS), open_[0])
        return replace(fault, judge="", confidence=None), problem


def without_asking(judge: Judge) -> Asking:
    """A judge that asks nobody, as a dialogue."""

    def ask(statement: Statement) -> Dialogue[Claim]:
        yield from ()
        return judge(statement)

    return ask


def at_once(dialogue: Dialogue[Result]) -> Result:
    """The result of a dialogue that asks nobody.

    Raises:
        PromiseBroken: it asked after all.
    """
    try:
        request = next(dialogue)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # a dialogue returns its result
    raise PromiseBroken(f"a model is asked where none was to be started: {request!r:.200}")


def _unread(text: str) -> Statement:
    return Statement(text=text, subject="", relation="", object="", qualifier="", negated=False, reason="not_read")


def _counted(dialogue: Dialogue[Result], spent: Counter[str]) -> Dialogue[Result]:
    """The dialogue, while its requests, those that failed, and their tokens are counted."""
    try:
        request = next(dialogue)
        while True:
            spent["requests"] += 1
            try:
                reply = yield request
            except Failed as failure:
                spent["requests_failed"] += 1
                request = dialogue.throw(failure)
            else:
                spent.update(prompt_tokens=reply.prompt_tokens, output_tokens=reply.output_tokens)
                request = dialogue.send(reply)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
