"""What each of two readings states alone, and how early that is known. The rule is told again here, slowly."""
# ruff: noqa: E501 - one case a line

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.facts.explaining import denying, left_over
from thinkaug.facts.guard import Guard
from thinkaug.facts.reading import Reading, read
from thinkaug.facts.vocabulary import Vocabulary
from thinkaug.lexing.letters import letters
from thinkaug.lexing.words import words_of


def left(one: str, other: str, known: Vocabulary, most: int = 1 << 30, *, all_words: bool = True) -> tuple[list[str], list[str]]:  # fmt: skip
    a, b = (read(text.encode("utf-8", "surrogatepass")) for text in (one, other))
    mine, its = left_over(a, b, all_words, letters().folds, known.tables, denying(), most)
    return _words(a, mine), _words(b, its)


def _words(reading: Reading, numbers: np.ndarray) -> list[str]:
    raw = reading.data.tobytes()
    places = reading.places[numbers]
    return [raw[reading.starts[place] : reading.ends[place]].decode("utf-8", "replace") for place in places]


def test_what_is_left_comes_in_the_order_of_the_text_and_once(known: Vocabulary) -> None:
    one = "zebra here, a yak here, a zebra; and 12 yaks"
    assert left(one, "here, and", known) == (["zebra", "yak", "12", "yaks"], [])
    assert left(one, "here, and", known, all_words=False) == (["12"], [])
    assert left(one, "here, and", known, most=2) == (["zebra", "yak"], [])


def test_words_written_together_explain_both_sides_wherever_they_stand(known: Vocabulary) -> None:
    assert left("of the X-linked kind: well-known", "WELLKNOWN: the kind of xlinked", known) == ([], [])
    assert left("it is a typical case", "it is atypical case", known)[1] == ["atypical"], "an a denies"
    assert left("of 2 5 mg", "of 25 mg", known)[1] == ["25"], "numbers are not joined"
    long = "letters" * 9  # 63 of them, and 70
    assert left(long[:30] + " " + long[30:], long, known) == ([], [])
    assert left(long + " letters", long + "letters", known)[1] == [long + "letters"], "hardly a word"


def test_after_eight_unexplained_words_no_more_are_tried(known: Vocabulary) -> None:
    others = "ox elk cow owl yak gnu emu cat"
    assert "houze" not in left(f"{others[:-4]} the houze is", "the house is", known)[0]
    assert "houze" in left(f"{others} the houze is", "the house is", known)[0]


def test_a_slip_stands_beside_the_same_word_at_any_of_its_places_or_at_the_same_edge(known: Vocabulary) -> None:
    assert left("the houze", "the ox, the cow, the house", known)[0] == [], "after the same word"
    assert left("houze now", "ox now, cow now, house now", known)[0] == [], "before it"
    assert left("houze yak", "house gnu", known)[0] == ["yak"], "first of both"
    assert left("yak houze", "gnu house", known)[0] == ["yak"], "last of both"
    assert left("houze yak", "x house gnu", known)[0] == ["houze", "yak"]
    assert left("sodalis one, sodalis two", "yak one, sodalin two", known)[0] == [], "the second place of the word"
    assert left("houze", "", known) == (["houze"], [])


@pytest.mark.parametrize(
    ("word", "other"),
    [("TRPSA", "TRPSD"), ("ТРПСА", "ТРПСД"), ("SLC5A1", "SLC5AI"), ("xii", "xiv"), ("B\u00adC", "B\u00adD")],
)
def test_acronyms_codes_and_roman_numbers_are_no_slips(known: Vocabulary, word: str, other: str) -> None:
    assert left(f"the {word} is", f"the {other} is", known) == ([word], [other])


@pytest.mark.parametrize(
    ("word", "other"), [("TRPSAB", "TRPSAD"), ("Trpsa", "Trpsd"), ("السكري", "السكرو"), ("ﬁnger", "finser"), ("naïve", "naive")]
)  # fmt: skip
def test_words_are(known: Vocabulary, word: str, other: str) -> None:
    assert left(f"the {word} is", f"the {other} is", known) == ([], [])


pieces = st.sampled_from(["the", "house", "houze", "hou", "se", "ho", "use", "12", "IL6", "IL", "6", "a", "typical", "atypical", "type", "II", "without", "with", "out", "不是", "ا", "ﷺ", "\ud800", "❤️", "e\u0301", "X", "ox"])  # fmt: skip
texts = st.lists(pieces, max_size=14).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(one=texts | st.text(max_size=40), other=texts | st.text(max_size=40), all_words=st.booleans())
def test_the_first_that_is_left_decides(known: Vocabulary, one: str, other: str, all_words: bool) -> None:
    every = left(one, other, known, all_words=all_words)
    first = left(one, other, known, most=1, all_words=all_words)
    assert first == (every[0][:1], every[1][:1])


@settings(max_examples=300, deadline=None)
@given(one=texts | st.text(max_size=40), other=texts | st.text(max_size=40))
def test_nothing_is_left_that_the_other_has_too(known: Vocabulary, one: str, other: str) -> None:
    """But for what is no word of its own: a number with the word before it, and pairs of single letters."""
    has = set(words_of(other).hashes.tolist())
    for word in left(one, other, known)[0]:
        assert (
            set(words_of(word).hashes.tolist()) - has or "type" in one + other or any(char > "\u0900" for char in one)
        )


def test_facts_of_one_text_are_not_changed_by_comparing(entities: Guard) -> None:
    facts = entities.facts_of("the houze is well-known, 12 of the house")
    before = [np.copy(value) for value in facts.reading]
    for text in ("the house is wellknown", "", "不是糖尿病", "type II"):
        entities.compare(facts, entities.facts_of(text))
    assert all(np.array_equal(one, other) for one, other in zip(before, facts.reading, strict=True))
