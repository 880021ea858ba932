"""Which candidates of a stretch go on: first those that leak or are worth nothing go, then the best are chosen.

Reasons, as they stand in the ledger: `leak`, `no_worth`, `low_reward`, `not_scored`, `not_weighed`, `not_chosen`.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from thinkaug.measures.knowledge import count_verdicts, knowledge_index
from thinkaug.measures.reward import reward
from thinkaug.stages.pruning.candidates import Candidate
from thinkaug.stages.pruning.config import Config


def choose(candidates: Sequence[Candidate], config: Config, seed: int) -> list[Candidate]:
    """The candidates of one stretch, with at most `config.keep` of them standing.

    Args:
        candidates: after their steps were judged.
        config: the limits, and how to choose.
        seed: of the draw by `em`.
    """
    if config.rewards:
        candidates = [_rewarded(candidate, config) for candidate in candidates]
    candidates = [
        candidate.drop(reason) if candidate.thinks and (reason := _fault(candidate, config)) else candidate
        for candidate in candidates
    ]
    left = [place for place, candidate in enumerate(candidates) if candidate.thinks]
    chosen = set(_order([candidates[place] for place in left], left, config, seed)[: config.keep])
    return [
        candidate.drop("not_chosen") if place in left and place not in chosen else candidate
        for place, candidate in enumerate(candidates)
    ]


def _rewarded(candidate: Candidate, config: Config) -> Candidate:
    """With the reward of what stands: its gain (see `Candidate.gain`), its claims; the leakage is that of the whole."""
    gain, worth = candidate.gain, candidate.worth
    if gain is None or worth is None or not candidate.thinks:
        return candidate
    verdicts = count_verdicts(claim.verdict for step in candidate.standing for claim in step.claims)
    knowledge = knowledge_index(verdicts["supported"], verdicts["contradicted"])
    return replace(candidate, reward=reward(gain, worth.mismatched, knowledge, worth.containment, config.weights))


def _fault(candidate: Candidate, config: Config) -> str:
    """Why a candidate does not go on, or nothing. What was not measured is over no limit."""
    worth, limits = candidate.worth, config.limits
    if worth is not None:
        if _over(worth.containment, limits.get("most_containment")):
            return "leak"
        if _over(worth.copied, limits.get("most_copied")):
            return "leak"
        if _over(worth.named_first, limits.get("most_named_first")):
            return "leak"
    if config.worthless == "raw" and candidate.specific is not None and candidate.specific <= 0:
        return "no_worth"
    if config.rewards and candidate.reward is None:
        return "not_scored"
    if candidate.reward is not None and candidate.reward < limits.get("least_reward", candidate.reward):
        return "low_reward"
    if config.choose == "em" and _log_weight(candidate) is None:
        return "not_weighed"
    return ""


def _over(share: float | None, most: float | None) -> bool:
    return share is not None and most is not None and share > most


def _order(candidates: Sequence[Candidate], places: Sequence[int], config: Config, seed: int) -> list[int]:
    """The places of the candidates, the one to go on first. Of equal rewards the first candidate wins.

    By `em` they are drawn in proportion to their weights, one after the other and none twice: the largest of
    `log w + G` with G from the standard Gumbel distribution (Kool et al., arXiv 1903.06059).
    """
    if config.choose == "first" or not candidates:
        return list(places)
    if config.choose == "reward":
        values = [candidate.reward for candidate in candidates]
    else:
        noise = np.random.default_rng(seed).gumbel(size=len(candidates))
        values = [(_log_weight(candidate) or 0.0) + float(g) for candidate, g in zip(candidates, noise, strict=True)]
    ranked = sorted(zip(values, places, strict=True), key=lambda pair: (-(pair[0] or 0.0), pair[1]))
    return [place for _, place in ranked]


def _log_weight(candidate: Candidate) -> float | None:
    weight = candidate.generation.log_weight if candidate.generation else None
    return weight if weight is not None and np.isfinite(weight) else None
