"""em: candidates are weighed by a model of the training text against the one that wrote them, and one is drawn.

Needs the log-probability of each thought when it was written (`Generation.log_q`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from thinkaug.dialogue import Failed, Score
from thinkaug.measures.em import draw, elbo, log_weights
from thinkaug.records import Draft, Thought
from thinkaug.rendering import Style, thinking_of
from thinkaug.stage import Kept, Outcome, Quarantined, seed_of
from thinkaug.stages.scoring import Answers, standing


@dataclass(frozen=True)
class Em:
    """The weights of BoLT's expectation-maximisation (`thinkaug.measures.em`).

    Args:
        style: how a thought stands in the training text.
        seed: of the drawing.
        count_tokens: how many tokens each text has for the model.
    """

    style: Style
    seed: int
    count_tokens: Callable[[Sequence[str]], list[int]]

    def requests(self, draft: Draft) -> Sequence[Score]:
        """Thought and stretch together, for every candidate."""
        return list(dict.fromkeys(score for found in self._scores(draft).values() for score in found.values()))

    def settle(self, draft: Draft, answers: Answers) -> Outcome:
        """Store the weights, and drop the candidates that were not drawn; a draft with no weight is quarantined."""
        log_q = {(g.cut, g.candidate): g.log_q for g in draft.generations}
        weight: dict[tuple[int, int], float] = {}
        drawn: dict[int, int] = {}
        problems: list[str] = []
        bound = 0.0
        for cut, scores in self._scores(draft).items():
            log_p: dict[int, float] = {}
            problem = ""
            for candidate, score in scores.items():
                answer = answers[score]
                if isinstance(answer, Failed):
                    problem = str(answer)
                else:
                    log_p[candidate] = sum(answer.log_probabilities)
            if problem:
                problems.append(problem)
            if not log_p:
                continue
            asked = [log_q[cut, candidate] for candidate in log_p]
            weights = log_weights(list(log_p.values()), [q for q in asked if q is not None])
            weight.update({(cut, c): float(w) for c, w in zip(log_p, weights, strict=True)})
            drawn[cut] = list(log_p)[draw(weights, seed_of(draft.id, cut, "em", self.seed))]
            bound += elbo(weights)
        tally = {
            "stretches_weighed": len(drawn),
            "not_weighed": len(problems),
            "elbo_millinats": round(1000 * bound),
            "elbo_tokens": sum(self.count_tokens([draft.passage.target(cut) for cut in draft.passage.cuts])),
        }
        if problems and not drawn:
            return Quarantined(draft, "request_failed", problems[0], tally=tally)
        thoughts = tuple(_judged(thought, weight, drawn) for thought in draft.thoughts)
        generations = tuple(replace(g, log_weight=weight.get((g.cut, g.candidate))) for g in draft.generations)
        return Kept(draft, (replace(draft, thoughts=thoughts, generations=generations),), tally)

    def _scores(self, draft: Draft) -> dict[int, dict[int, Score]]:
        """By cut and candidate, what is asked."""
        passage, found = draft.passage, {}
        for cut, candidates in standing(draft).items():
            before, target = passage.before(cut), passage.target(cut)
            found[cut] = {
                candidate: Score(before, thinking_of(steps, before, self.style) + target)
                for candidate, steps in candidates.items()
            }
        return found


def _judged(thought: Thought, weight: Mapping[tuple[int, int], float], drawn: Mapping[int, int]) -> Thought:
    if thought.drop:
        return thought
    if (thought.cut, thought.candidate) not in weight:
        return replace(thought, drop="not_weighed")
    return thought if drawn[thought.cut] == thought.candidate else replace(thought, drop="not_drawn")
