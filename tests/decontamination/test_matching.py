"""matching: an item is found in whatever dress, with its place; another question of the same kind is not."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.decontamination.index import index_of
from thinkaug.decontamination.items import Item, Matching
from thinkaug.decontamination.matching import Match, Matcher
from thinkaug.decontamination.sets import items_of, named

MakeMatcher = Callable[..., Matcher]

LONG = (
    "A gardener plants 14 rows of tulips with 23 bulbs in each row, and after a frosty night she finds that 37 of the "
    "bulbs have been dug up by a badger. How many bulbs does she still have in the ground?"
)
NUMBERED = "A baker has 14 trays of 23 rolls each and sells 37 of them before 6 in the morning; how many has she left?"
MEDIUM = "Does early removal of the gall bladder shorten the stay in hospital?"
SHORT = ("Simplify $\\sqrt{242}$.", "$11\\sqrt2$")
FILLER = "The committee met on Thursdays, and the minutes were kept by whoever arrived last. "


def rules(matches: list[Match]) -> list[tuple[str, str]]:
    return [(match.item.id, match.rule) for match in matches]


@pytest.mark.parametrize(
    "disguised",
    [
        LONG,
        LONG.upper(),
        LONG.replace(",", "").replace(".", ""),
        "> " + LONG.replace(" in ", "\n> in "),
        "**" + LONG.replace(" ", "\u00a0") + "**",
        LONG.replace("bulbs", "*bulbs*").replace(" 37", " $37$"),
        "".join(char + ("\u0301" if char in "aeiou" else "") for char in LONG),
    ],
)
def test_the_same_words_are_found_in_any_dress(matcher: MakeMatcher, disguised: str) -> None:
    (found,) = matcher(LONG).find(f"{FILLER}\n\n{disguised}\n\n{FILLER}")
    assert (found.item.id, found.rule, found.share) == ("1", "ngram", 1.0)


def test_the_place_is_that_of_the_words_in_code_points(matcher: MakeMatcher) -> None:
    text = f"😀 漢字 é\u0301 {LONG} 😀"
    (found,) = matcher(LONG).find(text)
    assert text[found.start : found.end] == LONG.rstrip("?")


def test_other_numbers(matcher: MakeMatcher) -> None:
    other = NUMBERED.replace("14", "9").replace("23", "170").replace("37", "1,004").replace("6", "11")
    assert rules(matcher(NUMBERED).find(other)) == [("1", "numbers")]
    assert rules(matcher(NUMBERED).find(NUMBERED)) == [("1", "ngram")]
    assert rules(matcher(NUMBERED, numbers="exact").find(other)) == []
    assert rules(matcher(NUMBERED, numbers="exact").find(NUMBERED)) == [("1", "ngram")]


def test_split_over_two_paragraphs_with_another_between(matcher: MakeMatcher) -> None:
    words = LONG.split()
    text = f"{' '.join(words[:18])}\n\n{FILLER}\n\n{' '.join(words[18:])}"
    (found,) = matcher(LONG).find(text)
    assert (found.start, found.end) == (0, len(text) - 1)


def test_the_two_halves_far_apart_are_no_item(matcher: MakeMatcher) -> None:
    words = LONG.split()
    text = f"{' '.join(words[:18])} {FILLER * 40} {' '.join(words[18:])}"
    assert matcher(LONG, min_ngrams=30, min_share=1, parts_share=0.8).find(text) == []


def test_a_short_quotation_is_no_item(matcher: MakeMatcher) -> None:
    quoted = "she finds that 37 of the bulbs have been dug up by a badger"
    assert matcher(LONG).find(f"{FILLER} {quoted} {FILLER}") == []
    assert rules(matcher(LONG, min_ngrams=1).find(f"{FILLER} {quoted} {FILLER}")) == [("1", "ngram")]


def test_a_set_phrase_tells_of_no_item(matcher: MakeMatcher) -> None:
    phrase = "which of the following is the most likely diagnosis in this patient with these complaints and findings"
    stories = [" ".join(f"{word}{number}x" for word in ("alpha", "beta", "gamma") * 7) for number in range(4)]
    found = matcher(*(f"{story} {phrase}" for story in stories), min_ngrams=1)
    assert found.index.left.common_ngrams == len(phrase.split()) - 12
    assert found.find(f"{FILLER} {phrase}.") == []
    assert rules(found.find(f"{stories[2]} {phrase}")) == [("3", "ngram")]


def test_a_row_of_numbers_tells_of_no_item(matcher: MakeMatcher) -> None:
    rows = " + ".join(map(str, range(1, 31)))
    assert matcher(f"What remains of {rows} modulo 4?", min_ngrams=1).find(f"The line reads {rows} and so on.") == []


def test_a_question_of_eight_words_is_enough(matcher: MakeMatcher) -> None:
    assert rules(matcher(MEDIUM).find(f"{FILLER}{MEDIUM.lower()} {FILLER}")) == [("1", "short")]
    assert matcher(MEDIUM).find(MEDIUM.replace("gall", "urinary")) == []


@pytest.mark.parametrize("between", ["", "Here it comes. ", FILLER])
def test_a_shorter_one_is_found_with_its_answer(matcher: MakeMatcher, between: str) -> None:
    text = f"{FILLER}Simplify \\( \\sqrt{{242}} \\). {between}It is $11\\sqrt{{2}}$. {FILLER}"
    (found,) = matcher(SHORT).find(text)
    assert found.rule == "short"
    assert text[found.start : found.end].startswith("Simplify")
    assert text[found.start : found.end].endswith("2")


def test_a_shorter_one_is_not_found_without_it(matcher: MakeMatcher) -> None:
    assert matcher(SHORT).find(f"{SHORT[0]} {FILLER}") == []
    assert matcher(SHORT).find(f"{SHORT[0]} {FILLER * 10} {SHORT[1]}") == []
    assert rules(matcher(SHORT).find(f"{SHORT[1]} is what you get. {SHORT[0]}")) == [("1", "short")]


@pytest.mark.parametrize("item", ["Yes", "", "...", ("Yes", "no"), "Why so?", "x y z"])
def test_an_item_that_says_nothing_is_left_out(matcher: MakeMatcher, item: str | tuple[str, str]) -> None:
    found = matcher(item, LONG)
    assert found.find("Yes. Why so? x y z no ...") == []
    assert found.index.left.too_short + found.index.left.without_words == 1
    assert rules(found.find(LONG)) == [("2", "ngram")]


def test_items_alike_are_all_named(matcher: MakeMatcher) -> None:
    found = matcher(LONG, LONG.upper(), LONG, LONG)
    assert found.index.left.alike == 3
    assert [match.item.id for match in found.find(LONG)] == ["1", "2", "3", "4"]


def test_the_same_question_with_other_answers_is_found_by_its_answer(matcher: MakeMatcher) -> None:
    found = matcher(("Simplify $\\sqrt{8}$", "two root two"), ("Simplify $\\sqrt{8}$", "2.83"))
    assert rules(found.find("Simplify $\\sqrt 8$: about 2.83.")) == [("2", "short")]


def test_an_answer_is_looked_for_when_asked(matcher: MakeMatcher) -> None:
    pair = ("Does it help when the gardener is out at night?", LONG)
    assert matcher(pair).find(LONG) == []
    (found,) = matcher(pair, answers=True).find(LONG)
    assert (found.item.id, found.rule) == ("1", "ngram")


def test_letters_without_spaces_count_half(matcher: MakeMatcher) -> None:
    asked = "从前有一座山山里有一座庙庙里住着三个和尚他们每天要挑几桶水才够喝"
    found = matcher(asked)
    assert rules(found.find(f"问题：{asked}？答案")) == [("1", "ngram")]
    assert found.find(f"他说{asked[:13]}的故事") == []  # thirteen letters are no thirteen words
    assert matcher("三个和尚有几桶水").index.left.too_short == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a" * 5000,
        "a " * 5000,
        "\u0301" * 50,
        "漢" * 3000,
        "👩‍👩‍👧" * 200,
        "\ud800 x \udfff",
        "مرحبا " * 300,
        "\\" * 999,
        "&" * 999,
    ],
)
def test_hostile_texts_hold_nothing(matcher: MakeMatcher, text: str) -> None:
    found = matcher(LONG, MEDIUM, SHORT)
    assert found.find(text) == []
    assert found.suspects([text.encode("utf-8", "surrogatepass")]) == []


def test_no_items_and_no_texts(matcher: MakeMatcher) -> None:
    assert matcher().find(LONG) == []
    assert matcher().suspects([LONG.encode()]) == []
    assert matcher(LONG).suspects([]) == []
    assert matcher(LONG).suspects([b""]) == []


def test_an_item_over_and_over_is_one_stretch(matcher: MakeMatcher) -> None:
    text = f"{LONG} " * 20_000  # 4 MB
    found = matcher(LONG).find(text)
    assert [(match.start, match.end) for match in found] == [(0, len(text) - 2)]


def test_a_surrogate_beside_an_item(matcher: MakeMatcher) -> None:
    text = f"\ud800{LONG}\udfff"
    (found,) = matcher(LONG).find(text)
    assert text[found.start : found.end] == LONG.rstrip("?")


def test_texts_are_told_apart(matcher: MakeMatcher) -> None:
    texts = [FILLER, LONG, "", FILLER + MEDIUM, SHORT[0], " ".join(SHORT), FILLER]
    assert matcher(LONG, MEDIUM, SHORT).suspects([text.encode() for text in texts]) == [1, 3, 5]


WORDS = [*"abcdefgh", "12", "7", "$\\frac12$", "&amp;", "漢", ".", "\n\n"]


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(3, 40), st.integers(0, 60))
def test_what_find_finds_is_suspected(seed: int, length: int, noise: int) -> None:
    """The first look may be wrong only on one side."""
    draw = random.Random(seed)
    items = [Item("toy", str(n), " ".join(draw.choices(WORDS, k=length)), draw.choice(WORDS)) for n in range(4)]
    matching = Matching(min_ngrams=draw.choice([1, 8]), numbers=draw.choice(["any", "exact"]))
    found = Matcher(index_of(items, matching), matching)
    words = f"{items[0].question} {items[0].answer}".split(" ")
    for _ in range(noise // 10):
        words.insert(draw.randrange(len(words) + 1), "noise")
    text = " ".join([*draw.choices(WORDS, k=noise), *words])
    if found.find(text):
        assert found.suspects([b"x", text.encode(), b"y"]) == [1]


def test_all_real_items_are_found_in_themselves(trial_data: Path) -> None:
    names = ("gsm8k_test.jsonl", "math500.jsonl", "medqa_us4_test.jsonl", "pubmedqa_ori_pqal.json")
    items = items_of(named([str(trial_data / "eval" / name) for name in names], "t"), "t", lambda text: None)
    matching = Matching()
    found = Matcher(index_of(items, matching), matching)
    missed = [item.id for item in items if item not in [m.item for m in found.find(f"{item.question}\n{item.answer}")]]
    assert len(items) == 4092
    assert missed == []
