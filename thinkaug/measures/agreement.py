"""agreement: the claims of all candidates about one stretch -> how far the candidates agree on each of them.

It is the only confidence that a claim has of itself: what a model says of its own certainty is not asked for. Drawing
several answers and counting how many agree is after Wang et al., "Self-consistency" (arXiv 2203.11171), and Manakul et
al., "SelfCheckGPT" (arXiv 2303.08896). Knows nothing of passages, judges or verdicts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thinkaug.records import Claim
from thinkaug.words import words


def agreement(candidates: Sequence[Sequence[Claim]]) -> tuple[tuple[float | None, ...], ...]:
    """For each claim of each candidate the share of the candidates that say the same.

    A claim that was read as a fact answers a question, its slot: what stands in this relation to this subject? It is

        share = |candidates with this answer| / |candidates that answer the slot|

    where two or more answer it. Two answers are the same if they name the same object, both affirm or both deny it, and
    do not name two different qualifiers; one that names no qualifier agrees with any. Where nobody else answers it,
    nobody has confirmed or disputed it, and 1/1 would be praise for having said what no other did: the claim then has
    one vote among all K candidates, 1/K. So has a claim that was not read as a fact: it has no slot, and its share is
    that of all K candidates who state the same words, case and punctuation aside. A candidate that says a thing twice
    has one vote.

    Args:
        candidates: the claims of each candidate about one stretch; one that claims nothing is there too, empty.

    Returns:
        Shares in (0, 1], in the shape of the input; None everywhere where there is one candidate: it agrees with
        itself, which means nothing.
    """
    if len(candidates) < 2:
        return tuple((None,) * len(claims) for claims in candidates)
    votes = _Votes()
    for number, claims in enumerate(candidates):
        for claim in claims:
            votes.cast(number, claim)
    return tuple(tuple(votes.share(claim, len(candidates)) for claim in claims) for claims in candidates)


@dataclass(frozen=True, slots=True)
class _Votes:
    """Which candidates answered which slot, and what they answered."""

    speakers: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    answers: dict[tuple[str, str, str, bool], dict[str, set[int]]] = field(default_factory=dict)
    sentences: dict[tuple[str, ...], set[int]] = field(default_factory=dict)

    def cast(self, candidate: int, claim: Claim) -> None:
        if not _is_fact(claim):
            self.sentences.setdefault(words(claim.text), set()).add(candidate)
            return
        self.speakers.setdefault((claim.subject, claim.relation), set()).add(candidate)
        self.answers.setdefault(_answer(claim), {}).setdefault(claim.qualifier, set()).add(candidate)

    def share(self, claim: Claim, candidates: int) -> float:
        if not _is_fact(claim):
            return len(self.sentences[words(claim.text)]) / candidates
        speakers = len(self.speakers[claim.subject, claim.relation])
        same = _compatible(self.answers[_answer(claim)], claim.qualifier)
        return len(same) / (speakers if speakers > 1 else candidates)


def _is_fact(claim: Claim) -> bool:
    return bool(claim.subject and claim.relation and claim.object)


def _answer(claim: Claim) -> tuple[str, str, str, bool]:
    return claim.subject, claim.relation, claim.object, claim.negated


def _compatible(by_qualifier: Mapping[str, set[int]], qualifier: str) -> set[int]:
    """Those who name this qualifier or none; where it is none itself, all."""
    if not qualifier:
        return set().union(*by_qualifier.values())
    return by_qualifier[qualifier] | by_qualifier.get("", set())
