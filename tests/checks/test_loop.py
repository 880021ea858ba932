"""Thoughts that go round in circles."""
# ruff: noqa: E501 - phrases in the letters of their languages

import random
from collections.abc import Callable

import pytest

from thinkaug.checks.loop import loop
from thinkaug.records import Thinking

Think = Callable[..., Thinking]

SENTENCE = "Metformin is cleared by the kidney and must be reduced. "


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (["Aaaaaaaargh, that hurts a lot today."], "repeated_character"), (["What is that?!!!!!!!! Nobody knows it."], "repeated_character"),
        (["It is very very very very very low today."], "repeated_in_a_row"), (["Then I think I think I think I think I think so."], "repeated_in_a_row"), (["\u5242\u91cf" * 5 + "\u3002"], "repeated_in_a_row"),
        (["What is the right dose?", "It is low.", "what is the right dose"], "repeated_step"),
        ([SENTENCE + "Is that so? " + SENTENCE], "repeated_sentence"), (["\u5148\u6392\u9664\u4e3b\u52a8\u8109\u5939\u5c42\u8fd9\u79cd\u75c5\u53d8\u3002\u7136\u540e\u3002\u5148\u6392\u9664\u4e3b\u52a8\u8109\u5939\u5c42\u8fd9\u79cd\u75c5\u53d8\u3002"], "repeated_sentence"),
        ([", ".join(f"and because the kidney clears the drug unchanged it is {w}" for w in ("low", "high", "safe", "dear", "rare", "old"))], "repeated_ngram"),
        ([" ".join(f"red dog {w}" for w in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"])], "repeated_ngram"),
        (["(-) " * 200], "compressible"),
    ],
)  # fmt: skip
def test_each_kind_of_loop_is_found(think: Think, steps: list[str], reason: str) -> None:
    assert loop()(think(*steps)) == reason


@pytest.mark.parametrize(
    "steps",
    [
        ["It is very, very low."], ["And then?", "It is low.", "And then?"], ["0 0 0 0 0 0 0 1 is a row of the matrix."], ["0.000000001 mol/l is 1 nmol/l; 1000000000 nmol/l is 1 mol/l."],
        ["Type 2 diabetes needs type 2 drugs, for type 2 is not type 1."], ["If ATP is required, it is not independent of ATP. If ATP is not required, it is independent of ATP."], [SENTENCE],
        ["High flow nasal cannulae and bubble CPAP support preterm infants. The noise of bubble CPAP comes from its water seal. High flow nasal cannulae hiss. So bubble CPAP should be louder than high flow nasal cannulae, and preterm infants sleep worse under it, unless the flow is raised."],
    ],
)  # fmt: skip
def test_natural_repetition_passes(think: Think, steps: list[str]) -> None:
    assert loop()(think(*steps)) == ""


def test_a_run_that_the_expert_writes_too_passes(think: Think) -> None:
    tail = "The tail AAAAAAAAAA is added last."
    assert loop()(think(tail)) == "repeated_character"
    assert loop()(think(tail, target="mRNA ends in AAAAAAAAAAAAA.")) == ""


def test_a_loop_at_the_end_of_a_long_thought_is_found(think: Think) -> None:
    draw = random.Random(1)
    long = " ".join("".join(draw.choices("abcdefghijklmnop", k=6)) for _ in range(3000))
    assert loop()(think(long)) == ""
    assert loop()(think(long + " (-)" * 2000)) == "compressible"


def test_limits_are_options(think: Think) -> None:
    assert loop(max_in_a_row=5)(think("It is very very very very very low today.")) == ""
    assert loop(max_character_run=9)(think("Aaaaaaaargh, that hurts a lot today.")) == ""
    twice = SENTENCE + "Is that so? " + SENTENCE
    assert loop(max_repeated_sentences=0.6)(think(twice)) == ""
    dogs = " ".join(
        f"red dog {w}"
        for w in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"]
    )
    assert loop(min_words=100)(think(dogs)) == ""
    assert loop(gopher_multiple=5.0)(think(dogs)) == ""
    assert loop(max_compression=1000.0)(think("(-) " * 200)) == ""


CLAUSE = "the drug leaves the body unchanged through the kidney and so it piles up when filtration falls"
WORDY = f"In young adults {CLAUSE}; nothing else matters as much for them, and no test is needed beyond the one that was done last week. Turning now to older people with small muscle mass, {CLAUSE}."


def test_long_clauses_said_twice_are_found(think: Think) -> None:
    assert loop(max_compression=100.0)(think(WORDY)) == "repeated_ngram"


def test_gophers_shares_are_doubled_for_thoughts(think: Think) -> None:
    shorter = WORDY.replace("and so it piles up when filtration falls; nothing", "; nothing")
    assert loop(max_compression=100.0)(think(shorter)) == ""
    assert loop(max_compression=100.0, gopher_multiple=1.0)(think(shorter)) == "repeated_ngram"


def test_no_words_are_no_loop(think: Think) -> None:
    assert loop(min_words=0)(think("", "?!")) == ""
