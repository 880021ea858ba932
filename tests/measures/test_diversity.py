"""diversity: repetition is measured as it is defined, whatever the order of the texts."""
# ruff: noqa: E501 - one case a line

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.diversity import corpus_diversity, distinct, opening_share, self_bleu

TEXTS = st.lists(st.lists(st.sampled_from("abcde"), max_size=9).map(" ".join), max_size=7)


@pytest.mark.parametrize(
    ("texts", "n", "share"),
    [
        (["a b", "a c"], 1, 3 / 4), (["a b", "a b"], 2, 1 / 2), (["a a a"], 2, 1 / 2), (["A, a!"], 1, 1 / 2), (["a"], 2, None), ([], 1, None), (["", "!"], 1, None),
    ],
)  # fmt: skip
def test_distinct(texts: list[str], n: int, share: float | None) -> None:
    assert distinct(texts, n) == share


def test_openings_are_three_words() -> None:
    texts = ["First, what is it?", "first what is that", "Next, what is it?", "Last of all."]
    assert opening_share(texts, top=1) == 2 / 4
    assert opening_share(texts, top=2) == 3 / 4
    assert opening_share(texts, top=4) is None  # it would be 1 whatever they say
    assert opening_share([], top=1) is None


def slow_self_bleu(texts: list[str], order: int = 4) -> float | None:
    """By the formula, text by text and reference by reference."""
    found = [text.split() for text in texts if text]
    if len(found) < 2:
        return None
    scores = []
    for place, text in enumerate(found):
        others = found[:place] + found[place + 1 :]
        nearest = min((abs(len(other) - len(text)), len(other)) for other in others)[1]
        m = min(order, len(text))
        product = 1.0
        for n in range(1, m + 1):
            counts = [Counter(zip(*(words[i:] for i in range(n)), strict=False)) for words in (text, *others)]
            shared = sum(min(times, max(other[gram] for other in counts[1:])) for gram, times in counts[0].items())
            product *= shared / counts[0].total()
        scores.append(math.exp(min(0.0, 1 - nearest / len(text))) * product ** (1 / m))
    return sum(scores) / len(scores)


@given(TEXTS)
def test_self_bleu_is_what_its_formula_says(texts: list[str]) -> None:
    expected = slow_self_bleu(texts)
    assert self_bleu(texts) == (expected if expected is None else pytest.approx(expected, abs=1e-9))


@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_the_texts_does_not_matter(texts: list[str], random: object) -> None:
    mixed = list(texts)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a Random
    before, after = self_bleu(texts), self_bleu(mixed)
    assert after == (before if before is None else pytest.approx(before))


def test_copies_are_wholly_foretold_and_strangers_not_at_all() -> None:
    assert self_bleu(["one two three four five"] * 3) == pytest.approx(1)
    assert self_bleu(["one two three four five", "six seven eight nine ten"]) == 0
    assert self_bleu(["one two three"]) is None


def test_a_corpus_is_measured_in_one_pass() -> None:
    same = [f"What comes next here? Thing {number} of many." for number in range(300)]
    varied = [f"w{number} x{number} y{number} z{number} v{number}" for number in range(300)]
    repeated, fresh = corpus_diversity(iter(same)), corpus_diversity(iter(varied))
    assert (repeated.thoughts, repeated.compared, repeated.opening_share) == (300, 300, 1.0)
    assert fresh.opening_share == pytest.approx(20 / 300)
    assert repeated.self_bleu is not None
    assert fresh.self_bleu is not None
    assert repeated.distinct_1 is not None
    assert repeated.self_bleu > 0.5 > fresh.self_bleu
    assert repeated.distinct_1 < 0.3
    assert fresh.distinct_1 == 1


def test_of_a_large_corpus_some_are_compared_evenly_and_the_same_each_time() -> None:
    # Half of the corpus says one thing: whichever half it is, half of the words are new.
    halves = [["a b c d"] * 500, [f"w{number} x{number} y{number} z{number}" for number in range(500)]]
    for texts in (halves[0] + halves[1], halves[1] + halves[0]):
        found = corpus_diversity(texts, compared=100)
        assert found == corpus_diversity(texts, compared=100)
        assert (found.thoughts, found.compared) == (1000, 100)
        assert found.distinct_1 == pytest.approx(0.5, abs=0.2)


def test_nothing_is_none() -> None:
    empty = corpus_diversity([])
    assert (empty.thoughts, empty.compared) == (0, 0)
    assert {empty.distinct_1, empty.distinct_2, empty.opening_share, empty.self_bleu} == {None}
    assert corpus_diversity(["", " "]).self_bleu is None
