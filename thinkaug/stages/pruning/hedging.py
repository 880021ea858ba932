"""Words of doubt: whether a statement has any, and how it gets some. English only, and without a model.

A statement that nothing could decide may still be right; what makes it harmful is that it sounds certain.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from thinkaug.measures.certainty import certainty
from thinkaug.records import Claim, Thought

OPENINGS = ("If I remember rightly, ", "As far as I know, ", "I may be wrong, but ", "I am not certain, but ")
"""Several, so that not every doubt begins alike. `certainty` knows each as one."""

_ENGLISH = frozenset(
    ["the", "of", "and", "is", "are", "was", "with", "which", "that", "for", "from", "this", "these", "it", "not"]
)
_CONTINUES = re.compile(
    r"(?:an?|the|this|that|these|those|its?|they|their|there|in|on|at|of|for|with|by|as|to|from|both|each|some|most|all|"
    r"many|such|one|two|patients|people|treatment|drugs|diseases)\b",
    re.IGNORECASE,
)
"""What a sentence may begin with that is no name."""
_SENTENCE = re.compile(r"\S(?:.*?[.!?\u2026]+(?=\s|$)|.*$)", re.DOTALL)


def confident(step: str, claim: str) -> bool:
    """Whether the sentence of a step that makes a claim has no word of doubt. A question is not confident.

    Where the claim's words stand in no single sentence of the step, all of it counts as the sentence.
    """
    start, end = _sentence(step, claim)
    sentence = step[start:end].rstrip()
    return not sentence.endswith("?") and certainty(sentence) != "hedged"


def hedge(step: Thought, claims: Sequence[Claim], language: str, seed: int) -> tuple[str, tuple[Claim, ...]] | None:
    """The step's words with a word of doubt before each sentence that makes one of the claims, and all its claims.

    Args:
        step: what is rewritten.
        claims: those of the step that are to be doubted.
        language: of the passage. Where none is stated, the step counts as English if it has a common English word.
        seed: which words of doubt are used.

    Returns:
        The claims that are doubted have the text of their new sentence. None where the step is not English.
    """
    if not _english(step.text, language):
        return None
    opening = OPENINGS[seed % len(OPENINGS)]
    sentences = {claim: _sentence(step.text, claim.text) for claim in claims}
    text = step.text
    for start, _ in sorted(set(sentences.values()), reverse=True):
        text = text[:start] + opening + _continued(text[start:])
    moved = (
        replace(claim, text=opening + _continued(step.text[slice(*sentences[claim])])) if claim in sentences else claim
        for claim in step.claims
    )
    return text, tuple(moved)


def _sentence(step: str, claim: str) -> tuple[int, int]:
    """Where the sentence that holds the claim's words begins and ends; the whole step, where none does."""
    place = step.find(claim)
    for sentence in _SENTENCE.finditer(step):
        if place >= 0 and sentence.start() <= place and place + len(claim.rstrip()) <= sentence.end():
            return sentence.span()
    return len(step) - len(step.lstrip()), len(step)


def _continued(sentence: str) -> str:
    """The sentence as it goes on after a comma: a name keeps its capital, and so does what might be one."""
    first = _CONTINUES.match(sentence)
    is_word = first is not None and first[0] == first[0].capitalize()
    return sentence[0].lower() + sentence[1:] if is_word else sentence


def _english(text: str, language: str) -> bool:
    if language:
        return language.lower().replace("_", "-").split("-")[0] in ("en", "eng", "english")
    return not _ENGLISH.isdisjoint(re.findall(r"[a-z]+", text.lower()))
