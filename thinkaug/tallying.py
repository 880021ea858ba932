"""Scored drafts -> what a profile is made of: totals over a corpus, and two numbers a passage. Knows no files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import fmean

from thinkaug.measures.dominance import Contribution
from thinkaug.measures.procedural import manner
from thinkaug.records import Draft, Thought, Worth

_REASONING = ("self_talk", "verification")


@dataclass
class Tally:
    """What was added up so far. Only thoughts that stand are counted.

    Args:
        gains: of each passage, in nats a target token.
        contributions: of each passage whose kinds were measured apart.
        scorers: the models whose likelihood it is.
        target_tokens: of all stretches that were scored, each once.
        gain_nats: summed over these.
        mismatched: gains for the stretches of other passages in nats, and their target tokens.
        unmeasured: thoughts with a gain, but not with one for each kind.
        procedural: steps that say how something is done.
        factual: steps that say what is so.
        supported: claims.
        contradicted: claims.
        unknown: claims.
    """

    gains: list[float] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    scorers: set[str] = field(default_factory=set)
    target_tokens: int = 0
    gain_nats: float = 0.0
    mismatched: tuple[float, int] = (0.0, 0)
    unmeasured: int = 0
    procedural: int = 0
    factual: int = 0
    supported: int = 0
    contradicted: int = 0
    unknown: int = 0

    @property
    def gain(self) -> float | None:
        """Nats a target token, over the corpus."""
        return self.gain_nats / self.target_tokens if self.target_tokens else None

    @property
    def mismatched_gain(self) -> float | None:
        """The same of mismatched thoughts; None where there are none."""
        return self.mismatched[0] / self.mismatched[1] if self.mismatched[1] else None

    @property
    def procedural_share(self) -> float | None:
        """Of the steps that state something; None where none does."""
        stated = self.procedural + self.factual
        return self.procedural / stated if stated else None

    def add(self, draft: Draft) -> None:
        """Count one passage. Where several candidates of a stretch stand, it has their mean."""
        steps: dict[tuple[int, int], list[Thought]] = {}
        for thought in draft.thoughts:
            if not thought.drop:
                steps.setdefault((thought.cut, thought.candidate), []).append(thought)
                self._count(thought)
        scored = [
            (generation.cut, generation.worth, steps[generation.cut, generation.candidate])
            for generation in sorted(draft.generations, key=lambda generation: generation.cut)
            if generation.worth is not None and (generation.cut, generation.candidate) in steps
        ]
        tokens, nats = 0, 0.0
        parts: list[Contribution] = []
        for _, group in groupby(scored, key=lambda item: item[0]):
            stretch = list(group)
            tokens += stretch[0][1].target_tokens
            nats += fmean(worth.target_tokens * worth.gain for _, worth, _ in stretch)
            found = [part for _, worth, theirs in stretch if (part := self._contribution(worth, theirs)) is not None]
            if found:
                parts.append(Contribution(fmean(p.recall for p in found), fmean(p.reasoning for p in found)))
        if tokens:
            self.gains.append(nats / tokens)
            self.target_tokens += tokens
            self.gain_nats += nats
        if parts:
            self.contributions.append(Contribution(sum(p.recall for p in parts), sum(p.reasoning for p in parts)))

    def _contribution(self, worth: Worth, steps: Sequence[Thought]) -> Contribution | None:
        """What the stretch loses without each kind, in nats; a kind that the thought does not have adds nothing."""
        self.scorers.add(worth.scorer)
        if worth.mismatched is not None:
            nats, tokens = self.mismatched
            self.mismatched = nats + worth.target_tokens * worth.mismatched, tokens + worth.target_tokens
        kinds = {step.kind for step in steps}
        without_recall = worth.without_recall if "recall" in kinds else worth.gain
        without_reasoning = worth.without_reasoning if kinds & set(_REASONING) else worth.gain
        if without_recall is None or without_reasoning is None or not kinds & {"recall", *_REASONING}:
            self.unmeasured += 1
            return None
        return Contribution(
            worth.target_tokens * (worth.gain - without_recall), worth.target_tokens * (worth.gain - without_reasoning)
        )

    def _count(self, thought: Thought) -> None:
        if thought.kind != "observation":  # it was looked up, and is nobody's thinking
            says = manner(thought.text, len(thought.executed))
            self.procedural += says == "procedural"
            self.factual += says == "factual"
        for claim in thought.claims:
            self.supported += claim.verdict == "supported"
            self.contradicted += claim.verdict == "contradicted"
            self.unknown += claim.verdict == "unknown"
