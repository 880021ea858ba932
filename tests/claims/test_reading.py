"""reading: what sentences state, in words of our own, in the demo's, and in hostile ones."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claims.conftest import FACTS, Said
from tests.claims.sentences import FIRST, SECOND, THIRD
from thinkaug.claims.reading import Reader
from thinkaug.demo import wording_thoughts as frames
from thinkaug.demo.facts import World, read_facts, world
from thinkaug.demo.names import fill
from thinkaug.knowledge.facts import Facts

Say = Callable[[str], set[Said]]


@pytest.fixture(scope="module")
def truth() -> World:
    return world(read_facts(FACTS))


def shown(statement: Said) -> str:
    subject, object_, relation, qualifier, negated, reason = statement
    text = f"{subject or '-'} | {'!' * negated}{relation} | {object_ or '-'}"
    return text + (f" ({qualifier})" if qualifier else "") + (f" ?{reason}" if reason else "")


@pytest.mark.parametrize(("text", "expected"), FIRST + SECOND + THIRD)
def test_sentences_in_words_of_our_own(said: Say, text: str, expected: list[str]) -> None:
    assert sorted(map(shown, said(text))) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So allopurinol is used in gout?", []),
        ("Allopurinol is used in gout-like states.", ["allopurinol | used_in | - ?unknown_object"]),
        ("Bepridil is used in hypertension of the lung.", ["bepridil | used_in | - ?unknown_object"]),
        (
            "Baclofen eases symptoms by altering the course of multiple sclerosis.",
            ["baclofen | used_in | multiple sclerosis (DM)"],
        ),
        ("Skin cancer is a cancer risk.", []),
        ("Zafirlukast does not treat gout and ease migraine.", ["zafirlukast | !used_in | gout"]),
        (
            "Loxapine is not used in epilepsy but in schizophrenia.",
            ["loxapine | !used_in | epilepsy", "loxapine | used_in | schizophrenia"],
        ),
        ("Allopurinol is one treatment. It is used in gout.", ["allopurinol | used_in | gout"]),
        ("Allopurinol is used in gout" + " and so on" * 200 + ".", []),
        ("Allopurinol is not, as is often said, used in asthma.", ["allopurinol | used_in | asthma ?ambiguous"]),
    ],
    ids=range(10),
)
def test_what_could_mislead(said: Say, text: str, expected: list[str]) -> None:
    assert sorted(map(shown, said(text))) == sorted(expected)


def uses(drugs: list[str], disease: str, effect: str = "") -> set[Said]:
    return {(drug, disease, "used_in", effect, False, "") for drug in drugs}


@pytest.mark.parametrize("several", [1, 2, 3])
@pytest.mark.parametrize("frame", [*frames.CHANGES, *frames.EASES, *frames.TREATS])
def test_every_frame_about_drugs_is_read(said: Say, truth: World, frame: str, several: int) -> None:
    effect = "DM" if frame in frames.CHANGES else "SYM" if frame in frames.EASES else ""
    for disease in truth.diseases:
        drugs = truth.used_in(disease)[:several]
        if drugs:
            assert said(fill(frame, drugs, d=disease)) == uses(drugs, disease, effect)


@pytest.mark.parametrize("frame", frames.NEIGHBOUR)
def test_every_frame_about_another_drug_is_read(said: Say, truth: World, frame: str) -> None:
    for disease in truth.diseases:
        for drug in truth.used_in(disease)[:2]:
            assert said(fill(frame, ["x"], d=disease, n=drug)) == uses([drug], disease)


@pytest.mark.parametrize("frame", [*frames.FORM, *frames.PARENT_KIND, *frames.SISTER, *frames.KIND, *frames.FORM_KIND])
def test_every_frame_about_diseases_is_read(said: Say, truth: World, frame: str) -> None:
    for disease, place in truth.diseases.items():
        form: Said = (disease, place.parent, "form_of", "", False, "")
        kind: Said = (disease, place.group, "belongs_to", "", False, "")
        expected = {form} if frame in frames.FORM else {form, kind} if frame in frames.FORM_KIND else {kind}
        if frame in frames.PARENT_KIND:
            expected = {(place.parent, place.group, "belongs_to", "", False, "")}
        assert said(fill(frame, [disease], k=place.group, q=place.parent, n=disease)) == expected


@pytest.mark.parametrize("frame", frames.KIND_SEVERAL)
def test_every_frame_about_several_diseases_is_read(said: Say, truth: World, frame: str) -> None:
    for group in truth.groups():
        for one, other in pairwise(truth.members(group)):
            expected = {(each, group, "belongs_to", "", False, "") for each in (one, other)}
            assert said(fill(frame, [one, other], k=group)) == expected


ASKING = [frame for name in ("USE", "KIND", "PLACE", "BRANCH") for frame in getattr(frames, f"ASK_{name}")]
CHECKING = [frame for name, group in vars(frames).items() if name.startswith("CHECK_") for frame in group]


@pytest.mark.parametrize("frame", ASKING)
def test_a_question_to_oneself_states_nothing(said: Say, truth: World, frame: str) -> None:
    for disease, place in truth.diseases.items():
        names = truth.used_in(disease)[:2] if frame not in frames.ASK_KIND else [disease]
        if names:
            assert not said(fill(frame, names, d=disease, k=place.group, q=place.parent))


@pytest.mark.parametrize("frame", CHECKING)
def test_a_check_states_what_is_so_or_nothing(said: Say, truth: World, frame: str) -> None:
    for disease, place in truth.diseases.items():
        drugs = truth.used_in(disease)
        about_drugs = any(
            frame in getattr(frames, f"CHECK_{name}") for name in ("CHANGES", "EASES", "SINGLE", "NEIGHBOUR")
        )
        about_drugs |= frame in (*frames.CHECK_PLACE, *frames.CHECK_PLACE_SEVERAL)
        if about_drugs and not drugs:
            continue
        names, other = (drugs[:2], drugs[-1]) if about_drugs else ([disease], disease)
        right = uses(drugs, disease) | {(disease, place.parent, "form_of", "", False, "")}
        right |= {(each, place.group, "belongs_to", "", False, "") for each in (disease, place.parent)}
        assert said(fill(frame, names, d=disease, k=place.group, q=place.parent, n=other)) <= right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gout is painful. It is treated with allopurinol.", {"allopurinol | used_in | gout"}),
        ("Gout and asthma differ. It is treated with allopurinol.", set()),
        ("Allopurinol lowers uric acid! It is used in gout.", {"allopurinol | used_in | gout"}),
        ("Allopurinol and probenecid are old. They are used in gout.", set()),
        ("Is allopurinol old? It is used in gout.", set()),
        ('He said "allopurinol." It is used in gout.', {"allopurinol | used_in | gout"}),
        ("It is used in gout.", set()),
    ],
)
def test_it_means_what_alone_was_spoken_of(said: Say, text: str, expected: set[str]) -> None:
    assert set(map(shown, said(text))) == expected


def test_the_text_of_a_statement_is_its_sentence(reader: Reader) -> None:
    text = "Think of gout.\n\n  Allopurinol is used in gout.  Is it? Cabergoline relieves Parkinson\u2019s disease."
    sentences = [each.text for each in reader.read(text)]
    assert sentences == ["Allopurinol is used in gout.", "Cabergoline relieves Parkinson\u2019s disease."]


def test_a_statement_comes_once_for_each_sentence(reader: Reader) -> None:
    assert len(reader.read("Allopurinol is used in gout, and allopurinol treats gout.")) == 1
    assert len(reader.read("Allopurinol is used in gout. Allopurinol treats gout.")) == 2


def test_what_a_sentence_affirms_and_denies_is_ambiguous(said: Say) -> None:
    (statement,) = said("Allopurinol is used in gout, but allopurinol is not used in gout.")
    assert shown(statement) == "allopurinol | used_in | gout ?ambiguous"


def test_a_name_of_two_entities_is_ambiguous(read_with: Callable[..., Reader]) -> None:
    reader = read_with("C:1\tXolair\tused_in\tD:1\tgout", "C:2\tXolair\tused_in\tD:1\tgout")
    (statement,) = reader.read("Xolair is used in gout.")
    assert (statement.subject, statement.object, statement.reason) == ("", "D:1", "ambiguous")


def test_two_candidates_are_ambiguous(said: Say) -> None:
    assert {each[-1] for each in said("Allopurinol with zafirlukast is used in gout.")} == {"ambiguous"}


QUANTITIES = """
relations:
  dose:
    world: closed
    cues: ["[dose|dosage] of", dose is]
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The daily dose of xolair is 500 mg.", ["500 mg"]),
        ("The dose of xolair is 2,000 mg.", ["2,000 mg"]),
        ("Xolair: the dose is large.", []),
        ("The dose of xolair is 5 mg/kg.", ["5 mg/kg"]),
        ("The dose of xolair is not 500 mg.", ["500 mg"]),
        ("The dose of xolair is 20 or 40 mg.", [""]),
        ("The dose of xolair is 20 mg or 40 mg.", [""]),
    ],
)
def test_quantities_are_objects(read_with: Callable[..., Reader], text: str, expected: list[str]) -> None:
    reader = read_with("C:1\tXolair\tdose\t\t500 mg", relations=QUANTITIES)
    found = reader.read(text)
    assert [each.object for each in found] == expected
    assert all(each.negated == ("not" in text) for each in found)
    assert all(bool(each.reason) == (not each.object) for each in found)


WORDS = st.sampled_from(
    """allopurinol gout asthma migraine cancer lung cabergoline is not used in , . ; but and no it treats relieves if a
    form of the cancers ? ( ) without changing its course - one Parkinson's disease disease-modifying \u00e9 \0
    \u0301""".split()  # noqa: SIM905 - one word a line is no easier to read
)


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)))
def test_whatever_is_read_is_a_piece_of_the_step(reader: Reader, facts: Facts, text: str) -> None:
    found = reader.read(text)
    assert all(each.text in text and each.relation for each in found)
    assert all(each.reason or (each.subject in facts and each.object in facts) for each in found)
    assert all(each.subject or each.object or each.reason for each in found)
    assert reader.read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "\ud800 gout \ue000 \uf8ff",
        "gout " * 20_000,
        "allopurinol is used in gout and " * 3_000,
        "a" * 100_000,
        "\u0301" * 100_000,
        "allopurinol treats " + "(" * 50_000,
        "not " * 25_000 + "allopurinol gout",
        "allopurinol, " * 8_000 + "is used in gout",
        "\U0001f600 " * 30_000,
        "\u75db\u98ce" * 50_000,
        "\n" * 100_000,
        ". " * 50_000,
    ],
    ids=range(14),
)
def test_hostile_steps_are_read_without_complaint(reader: Reader, text: str) -> None:
    assert all(each.text in text for each in reader.read(text))


def test_noise_around_a_sentence_is_no_matter(said: Say) -> None:
    plain = said("Allopurinol is used in gout.")
    for text in ("\0Allopurinol is used in gout.", "\U0001f600 Allopurinol is used in gout \U0001f600.", "Allopurinol \u0007 is\tused\nin gout"):  # fmt: skip # noqa: E501
        assert said(text) == plain, text


def test_an_empty_dictionary_states_nothing(tmp_path: object, read_with: Callable[..., Reader]) -> None:
    reader = read_with("5\t5\tused_in\t6\t6")  # names of digits are none
    assert reader.read("Allopurinol is used in gout, and 5 is used in 6.") == ()
