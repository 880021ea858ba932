"""gain: what each thought, and each step of it, is worth to the stretch it is about. Drops nothing.

The stretch is read as training text: after the expert's words alone, and after them with the thought between. Whatever
the placement of the draft, the thought stands before its stretch here.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from thinkaug.dialogue import Failed, Score
from thinkaug.measures.leakage import contained, copied, named_first
from thinkaug.records import Draft, Kind, Thought, Worth
from thinkaug.rendering import Style
from thinkaug.stage import Kept, Outcome, Quarantined
from thinkaug.stages.scoring import Answers, standing
from thinkaug.stages.scoring.partners import Partners
from thinkaug.stages.scoring.reading import Reader, Steps, Stretch

Gains = tuple[float | None, float | None]
"""`gain` and `gain_alone` of a step."""
RECALL: tuple[Kind, ...] = ("recall",)
REASONING: tuple[Kind, ...] = ("self_talk", "verification")


@dataclass(frozen=True)
class Gain:
    """Information gain, as `thinkaug.measures.infogain` has it.

    Args:
        scorer: the model whose likelihood it is.
        style: how a thought stands in the training text. Steps of kinds that it does not show are not scored.
        partners: stretches of other documents to hold each thought against; None not to.
        steps: whether to measure what each step adds after those before it.
        leave_out: whether to measure what is lost when a step alone is left out.
        kinds: whether to measure the gain without recall, and without reasoning.
    """

    scorer: str
    style: Style
    partners: Partners | None
    steps: bool
    leave_out: bool
    kinds: bool

    def requests(self, draft: Draft) -> Sequence[Score]:
        """Each stretch after every reading that is wanted, and the partner's stretch; sorted by what stands before."""
        wanted: dict[Score, None] = {}
        for stretch in self._stretches(draft):
            readings = {reading for steps in stretch.candidates.values() for reading in self._readings(steps)}
            wanted.update(dict.fromkeys(sorted(map(stretch.after, {(), *readings}), key=_context)))
            if stretch.partner is not None:
                after = [stretch.partner_after(steps) for steps in ((), *stretch.candidates.values())]
                wanted.update(dict.fromkeys(sorted(after, key=_context)))
        return [score for score in wanted if score.target]

    def settle(self, draft: Draft, answers: Answers) -> Outcome:
        """The draft with the worth of its candidates; one of which nothing could be scored is quarantined."""
        worths: dict[tuple[int, int], Worth] = {}
        gains: dict[tuple[int, int], list[Gains]] = {}
        problems: list[Failed] = []
        tally: Counter[str] = Counter()
        for stretch in self._stretches(draft):
            for candidate, steps in stretch.candidates.items():
                reader = Reader(stretch, answers)
                try:
                    worth = self._worth(reader, steps)
                except Failed as failure:
                    problems.append(failure)
                    continue
                worths[stretch.cut, candidate] = worth
                gains[stretch.cut, candidate] = self._of_steps(reader, steps)
                tally.update(_counted(worth), incomplete=int(reader.missing > 0))
        tally.update(stretches=len({cut for cut, _ in worths}), not_scored=len(problems))
        tally.update(f"not_scored_{problem.kind}" for problem in problems)
        if problems and not worths:
            return Quarantined(draft, problems[0].kind, str(problems[0]), tally=dict(tally))
        generations = tuple(replace(g, worth=worths.get((g.cut, g.candidate))) for g in draft.generations)
        scored = replace(draft, thoughts=tuple(self._with_gains(draft, gains)), generations=generations)
        return Kept(draft, (scored,), dict(tally))

    def _stretches(self, draft: Draft) -> list[Stretch]:
        passage, found = draft.passage, []
        for cut, candidates in standing(draft).items():
            shown = {number: tuple(step for step in steps if self._shows(step)) for number, steps in candidates.items()}
            shown = {number: steps for number, steps in shown.items() if steps}
            if shown:
                partner = self.partners.of(draft, cut) if self.partners else None
                found.append(Stretch(cut, passage.before(cut), passage.target(cut), shown, partner, self.style))
        return found

    def _readings(self, steps: Steps) -> set[Steps]:
        """The parts of a thought after which the stretch is read."""
        found = {steps}
        if self.steps:
            found.update(_beginnings(steps))
        if self.leave_out:
            found.update(_without_each(steps))
        if self.kinds:
            found.update((_without(steps, RECALL), _without(steps, REASONING)))
        return found

    def _worth(self, reader: Reader, steps: Steps) -> Worth:
        """Raises `Failed` where the gain itself cannot be had; of the rest, what is missing is None."""
        stretch = reader.stretch
        own = [step.text for step in steps if step.kind != "observation"]
        about = (stretch.target, stretch.before)
        return Worth(
            self.scorer,
            target_tokens=len(reader.read(stretch.after(()))),
            gain=reader.gain(steps),
            mismatched=reader.mismatched(steps),
            without_recall=reader.gain_or_none(_without(steps, RECALL)) if self.kinds else None,
            without_reasoning=reader.gain_or_none(_without(steps, REASONING)) if self.kinds else None,
            containment=contained("\n".join(own), *about),
            copied=copied(own, *about),
            named_first=named_first("\n".join(own), *about),
        )

    def _of_steps(self, reader: Reader, steps: Steps) -> list[Gains]:
        added: Sequence[float | None] = [None] * len(steps)
        lost: list[float | None] = [None] * len(steps)
        if self.steps:
            added = reader.stepwise([*_beginnings(steps), steps]) or added
        if self.leave_out:
            whole = reader.gain(steps)
            rests = [reader.gain_or_none(rest) for rest in _without_each(steps)]
            lost = [None if rest is None else whole - rest for rest in rests]
        return list(zip(added, lost, strict=True))

    def _with_gains(self, draft: Draft, gains: Mapping[tuple[int, int], Sequence[Gains]]) -> Iterator[Thought]:
        """The thoughts of the draft; what was found of an earlier scoring is forgotten."""
        upcoming = {key: iter(found) for key, found in gains.items()}
        for thought in draft.thoughts:
            mine = upcoming.get((thought.cut, thought.candidate))
            gain, alone = next(mine) if mine and not thought.drop and self._shows(thought) else (None, None)
            yield replace(thought, gain=gain, gain_alone=alone)

    def _shows(self, step: Thought) -> bool:
        return step.kind in self.style.kinds


def _context(score: Score) -> str:
    """What requests are sorted by: those that begin alike come to stand together."""
    return score.context


def _beginnings(steps: Steps) -> list[Steps]:
    return [steps[:number] for number in range(len(steps))]


def _without_each(steps: Steps) -> list[Steps]:
    return [steps[:number] + steps[number + 1 :] for number in range(len(steps))]


def _without(steps: Steps, kinds: Collection[Kind]) -> Steps:
    return tuple(step for step in steps if step.kind not in kinds)


def _counted(worth: Worth) -> Mapping[str, int]:
    counts = {
        "candidates_scored": 1,
        "target_tokens": worth.target_tokens,
        "gain_millinats": _millinats(worth, worth.gain),
        "helpful": int(worth.gain > 0),
        "harmful": int(worth.gain < 0),
    }
    if worth.mismatched is None:
        return counts
    # Beside the gains of the same candidates, weighed by the tokens of their own stretch, so that they can be compared.
    return {
        **counts,
        "mismatched": 1,
        "mismatched_millinats": _millinats(worth, worth.mismatched),
        "matched_millinats": _millinats(worth, worth.gain),
    }


def _millinats(worth: Worth, gain: float) -> int:
    return round(1000 * gain * worth.target_tokens)
