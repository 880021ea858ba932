"""Judges: one small file each, from a statement to a `Claim` with verdict, evidence and reason. They know no stage.

    facts       a table of facts                    decides at once
    source      the expert text itself              decides at once
    passages    a model, shown entries of an index  a dialogue

Whatever a judge cannot decide is `unknown`, with a reason; it never guesses. Here stands what they share.
"""

from collections.abc import Callable
from dataclasses import replace

from thinkaug.claims import Statement
from thinkaug.records import Claim, Evidence, Verdict

Judge = Callable[[Statement], Claim]
"""One that decides at once."""


def decided(
    statement: Statement,
    verdict: Verdict,
    judge: str,
    evidence: tuple[Evidence, ...],
    index: str,
    confidence: float | None = None,
) -> Claim:
    """The claim with its verdict, what decided it, and the digest of the index that was asked."""
    return Claim(
        text=statement.text,
        verdict=verdict,
        judge=judge,
        confidence=confidence,
        evidence=evidence,
        index=index,
        subject=statement.subject,
        relation=statement.relation,
        object=statement.object,
        qualifier=statement.qualifier,
        negated=statement.negated,
    )


def undecided(statement: Statement, reason: str, index: str, evidence: tuple[Evidence, ...] = ()) -> Claim:
    """The claim that could not be decided, and the snake_case word for why."""
    return replace(decided(statement, "unknown", "", evidence, index), reason=reason)
