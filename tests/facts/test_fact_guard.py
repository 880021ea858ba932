"""What makes two texts state different things, and what does not."""
# ruff: noqa: E501 - one case a line

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.facts.guard import Difference, Guard
from thinkaug.facts.vocabulary import Vocabulary

LONG = (
    "The special patient takes the drug each morning. Some complications are common, and hypertension is one of them. "
    "The house stands by the river; in it lives a horse with its keeper, who is 52 years old and weighs 81.5 kg."
)
TAIL = " The keeper has seen the river rise, too, and stays."


def compare(guard: Guard, a: str, b: str) -> Difference:
    return guard.compare(guard.facts_of(a), guard.facts_of(b))


def differing_words(guard: Guard, a: str, b: str) -> tuple[str, ...]:
    return guard.differing_words(guard.facts_of(a), guard.facts_of(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Take 5 mg daily.", "Take 10 mg daily."),  # dose
        ("Take 5 mg daily.", "Take 5 g daily."),  # unit
        ("Take 5 mg for 5 days.", "Take 5 mg for 5 weeks."),  # unit: one of two
        ("Give 2.5 ml.", "Give 25 ml."),
        ("It was -5 degrees there.", "It was 5 degrees there."),
        ("Give 10 mg in the morning and 20 mg in the evening.", "Give 20 mg in the morning and 10 mg in the evening."),
        ("About 5% of men, 90% of women", "About 90% of men, 5% of women"),
        ("It is not inherited.", "It is inherited."),
        ("It isn't inherited.", "It is inherited."),
        ("It cannot spread.", "It can spread."),
        ("The disease has no cure.", "The disease has a cure."),
        ("Patients without pain recover.", "Patients with pain recover."),
        ("They don't cause pain.", "They do cause pain."),
        ("Is it so? It is not. They are.", "Is it so? It is. They are not."),
        ("Inherited? Yes.", "Inherited? No."),
        ("Significant at p < 0.05 here.", "Significant at p > 0.05 here."),
        ("Type I of it is rare.", "Type II of it is rare."),
        ("Vitamin A helps.", "Vitamin K helps."),
        ("Mutations of SLC5A1 cause it.", "Mutations of SLC5A2 cause it."),
        ("The level of IL-6 rises.", "The level of IL-8 rises."),
        ("Non-small cells grow.", "Small cells grow."),
        ("Er hat keine Heilung.", "Er hat eine Heilung."),
        ("Это не опасно.", "Это опасно."),
        ("هذا المرض ليس معديا", "هذا المرض معديا"),
        ("糖尿病不是遗传病。", "糖尿病是遗传病。"),
        ("每日服用5毫克。", "每日服用5克。"),
        ("每日服用5毫克。", "每日服用6毫克。"),
    ],
)  # fmt: skip
def test_numbers_units_signs_and_negations_keep_texts_apart(numbers: Guard, entities: Guard, a: str, b: str) -> None:
    for guard in (numbers, entities):
        difference = compare(guard, a, b)
        assert difference.apart
        assert not compare(guard, a + TAIL, a).apart
        assert compare(guard, a + TAIL, b).apart, "also where one has a sentence more"


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("Is arginase deficiency inherited?", "Is biotinidase deficiency inherited?", ("arginase", "biotinidase")),
        ("The pattern is autosomal dominant.", "The pattern is autosomal recessive.", ("dominant", "recessive")),
        ("He treats hypertension.", "He treats hypotension.", ("hypertension", "hypotension")),
        ("A symptomatic carrier.", "An asymptomatic carrier.", ("symptomatic", "asymptomatic")),
        ("The inflamed ileum.", "The inflamed ilium.", ("ileum", "ilium")),  # one letter, and both are words
        ("A mutation of TRPSA.", "A mutation of TRPSD.", ("TRPSA", "TRPSD")),  # unknown both, and acronyms
        ("胃癌是常见的疾病。", "肺癌是常见的疾病。", ("胃癌", "肺癌")),
        ("داء السكري شائع", "داء كرون شائع", ("السكري", "كرون")),
        ("प्रसिद्ध अस्पताल", "प्रसिद्ध विद्यालय", ("अस्पताल", "विद्यालय")),
    ],
)  # fmt: skip
def test_other_names_keep_texts_apart_only_where_words_count(
    entities: Guard, numbers: Guard, a: str, b: str, words: tuple[str, ...]
) -> None:
    difference = compare(entities, a, b)
    assert (difference.a_only, difference.b_only, difference.apart) == (True, True, True)
    assert differing_words(entities, a, b) == words
    assert not compare(numbers, a, b).apart


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("a special patient", "a specail patient"),
        ("a special patient", "a pecial patient"),
        ("a special patient", "a speciall patient"),
        ("in the morning and", "in the morning abd"),
        ("the house is", "the hnuse is"),
        ("IL-6 and B-12", "IL6 and B12"),
        ("the well-known X-linked kind", "the wellknown XLINKED kind"),
        ("a thera-\npy of it", "a therapy of it"),
        ("the woman's house", "the womanâ€™s house"),
        ("Ménière's disease", "MÃ©niÃ¨re's disease"),
        ("Ménière", "Me\u0301nie\u0300re"),
        ("an afflicted ﬁnger", "an aff\u200blicted fin\u00adger"),
        ("It isn't so.", "It is not so."),
        ("1,000 mg of it", "1000 mg of it"),
        ("5mg of it", "5 mg of it"),
        ("The drug.", "THE DRUG"),
        ("p &lt; 0.05 &amp; more", "p < 0.05 and more".replace("and ", "")),
    ],
)  # fmt: skip
def test_spelling_states_nothing(entities: Guard, a: str, b: str) -> None:
    assert compare(entities, a, b) == Difference(False, False, False)
    assert differing_words(entities, a, b) == ()


def test_a_sign_that_got_lost_is_no_clash(numbers: Guard) -> None:
    assert not compare(numbers, "at p < 0.05 here", "at p 0.05 here").clash


def test_a_roman_number_is_one_with_the_word_before_it(numbers: Guard) -> None:
    assert compare(numbers, "It is type I, of class II.", "It is type II, of class I.").a_only


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        lambda text: text.replace("'", "").replace(",", "").replace(".", "").replace(";", "").upper(),
        lambda text: f'<html><body><p class="c0">{text}</p><BR/><b>Home</b></body></html>',
        lambda text: "Home | About us | Site map " + text + " Copyright. All rights reserved.",
        lambda text: text[: len(text) * 2 // 3],
        lambda text: ". ".join(reversed(text.split(". "))),
        lambda text: text.replace(" ", " \u200b"),
        lambda text: text.replace("complications", "complcations").replace("house", "houze"),
        lambda text: "\n".join(text.split()) + TAIL,
    ],
    ids=["upper", "lower", "bare", "tags", "menu", "cut", "shuffled", "zero_width", "typos", "longer"],
)
def test_a_copy_of_one_text_stays_with_it(entities: Guard, numbers: Guard, change: Callable[[str], str]) -> None:
    for guard in (entities, numbers):
        difference = compare(guard, LONG, change(LONG))
        assert not difference.apart, difference


def test_a_decimal_point_is_no_lost_punctuation(numbers: Guard) -> None:
    words = "the patient takes the drug each morning and some complications are common " * 4
    assert compare(numbers, f"{words}of 2.5 mg", f"{words}of 25 mg").apart
    assert not compare(numbers, f"{words}of 2.5 mg, of 3.", f"{words}of 25 mg of 3").apart
    chinese = "这种疾病在老年人中十分常见患者应当每日服用药物并且定期复查" * 2
    assert compare(numbers, f"{chinese}共2.5毫克。", f"{chinese}共25毫克。").apart


def test_the_rarer_of_two_misspelt_words_must_stand_alone(entities: Guard) -> None:
    """A name that a text has again and again is no slip of the pen."""
    once, twice = "the sodalis patient", "the sodalis patient and the sodalis patient"
    assert not compare(entities, once, once.replace("sodalis", "sodalin")).apart
    assert compare(entities, twice, twice.replace("sodalis", "sodalin")).apart


def test_a_slip_elsewhere_is_another_word(entities: Guard) -> None:
    assert not compare(entities, "special is the patient", "specail is the patient").apart
    assert compare(entities, "special is the patient", "patient is the specail").apart


def test_what_only_one_states_is_told_with_its_side(entities: Guard) -> None:
    longer = compare(entities, LONG + TAIL, LONG)
    assert (longer.a_only, longer.b_only, longer.clash) == (True, False, False)
    assert "seen" in differing_words(entities, LONG + TAIL, LONG)
    one, other = "Take 5 mg daily.", "Take 10 mg daily."
    assert compare(entities, one, other) == Difference(True, True, True)
    assert differing_words(entities, one, other) == ("5 mg", "10 mg")


texts = st.lists(
    st.sampled_from(
        [*"abx5不是糖尿病ا", "not", "no", "is", "the", "5", "10", "mg", "g", "%", "<", "type", "II", "special", "specail", "IL-6", "IL6", "\u0301", "👩‍👩‍👧", "<b>", "&lt;", "Ã©", "\ud800", ".", "\n", "house", "houses", "don't"]
    ),
    max_size=30,
).map(" ".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(a=texts | st.text(), b=texts | st.text())
def test_order_of_the_two_does_not_matter(entities: Guard, numbers: Guard, a: str, b: str) -> None:
    for guard in (entities, numbers):
        one, other = compare(guard, a, b), compare(guard, b, a)
        assert (one.a_only, one.b_only, one.clash) == (other.b_only, other.a_only, other.clash)
        words, its_words = differing_words(guard, a, b), differing_words(guard, b, a)
        assert sorted(words) == sorted(its_words)
        assert bool(words) <= (one.a_only or one.b_only or one.clash)


@settings(deadline=None)
@given(text=texts | st.text())
def test_a_text_states_what_it_states(entities: Guard, text: str) -> None:
    assert compare(entities, text, text) == Difference(False, False, False)


@settings(max_examples=300, deadline=None)
@given(text=texts | st.text(), more=texts)
def test_of_a_text_and_more_only_the_longer_states_more(entities: Guard, text: str, more: str) -> None:
    """With letters between, so that nothing joins what came before: no tag, no mojibake, no word."""
    difference = compare(entities, text, f"{text}\n\nzzz zzz zzz {more}")
    assert not difference.a_only
    assert not difference.clash


@pytest.mark.parametrize(
    "text",
    ["", " ", "word", "5", "不", "\u0301\u0301", "\ud800", "👩‍👩‍👧‍👦", "שלום", "<", "<p", "&", "&#0;", "%%%", "- - -", "\x00", "not", "not not", "type", "type I"],
)  # fmt: skip
def test_hostile_texts_are_compared(entities: Guard, text: str) -> None:
    assert not compare(entities, text, text).apart
    assert not compare(entities, text, "").apart
    assert not compare(entities, text, LONG).b_only or differing_words(entities, text, LONG)


def test_long_and_monotonous_texts_end(entities: Guard) -> None:
    """One step that is quadratic, and this test does not end."""
    for one, other in [
        ("x" * 10**6, "x" * (10**6 - 1)),
        ("a " * 300_000, "a" * 200_000 + "b"),
        ("< p " * 200_000, "<p " * 200_000),
        ("<p a=b " * 100_000, "&amp " * 100_000),
        ("5 " * 300_000, "6 " * 300_000),
        ("<b" + " " * 10**6, "Ã" * 10**5),
        (
            " ".join(f"w{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(15_000)),
            LONG * 2_000,
        ),
    ]:
        compare(entities, one, other)
        differing_words(entities, one, other)


def test_both_bars_hold_on_real_texts(trial_data: Path) -> None:
    """Of what was injected into MedQuAD, nearly all is found; of boilerplate about two diseases, nearly all is kept."""
    from benchmarks import guard as benchmark

    injected, natural, texts = benchmark.load(trial_data / "neardup_medquad")
    guard = Guard("entities", benchmark.vocabulary(texts))
    alike = [pair for pair in injected if pair.alike and not pair.changed]
    assert len(alike) > 300
    assert benchmark.found(alike, benchmark.compared(alike, guard)) >= benchmark.BAR_FOUND
    near = [pair for pair in natural if pair.candidate]
    assert len(near) > 70
    for pairs in (natural, near):
        assert 1 - benchmark.found(pairs, benchmark.compared(pairs, guard)) >= benchmark.BAR_KEPT
    changed = [pair for pair in injected if pair.kind == "numbers_changed" and pair.changed]
    assert all(each.apart for each in benchmark.compared(changed, Guard("numbers", Vocabulary.empty())))
