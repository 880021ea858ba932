"""The grammar: sentences that read well, thoughts that parse, are true, and say nothing they must not say."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.demo import wording_texts, wording_thoughts
from thinkaug.demo.claims import Claim, Reader
from thinkaug.demo.corpus import corpus
from thinkaug.demo.evaluate import copies, talks_about_text
from thinkaug.demo.facts import Use, World
from thinkaug.demo.names import article, fill, listed, plural
from thinkaug.demo.sentences import Statement, paragraph
from thinkaug.demo.thoughts import thoughts
from thinkaug.demo.voice import Voice
from thinkaug.steps import read_steps, write_steps

STATEMENTS = st.sampled_from(
    [
        Statement("drug", ("allopurinol",), "gout"),
        Statement("drug", ("allopurinol", "probenecid"), "gout"),
        Statement("drug", ("vorinostat",), "peripheral nervous system neoplasm"),
        Statement("disease", ("gout", "osteoarthritis"), "bone disease"),
        Statement("disease", ("narcolepsy",), "sleep disorder"),
        Statement("conclusion", ("allopurinol", "etodolac"), "bone disease"),
        Statement("conclusion", ("vorinostat",), "cancer"),
        Statement("conclusion", ("ramelteon",), "sleep disorder"),
    ]
)
SEEDS = st.integers(0, 10**6)
# a sentence starts with a capital and ends; nothing is doubled or left unfilled
_BAD = re.compile(r"  |\s[.,:;?]|[{}\0]|\b(\w+) \1\b|[.?!] [a-z]|\ba [aeio]|\ban [^aeiou]|\bs\b")


def assert_clean(text: str) -> None:
    assert text[0].isupper(), text
    assert text[-1] in ".?", text
    assert not _BAD.search(text), text


def test_agreement_articles_and_plurals() -> None:
    frame = "{X} {is} {a_k} and {has} {its} place."
    assert fill(frame, ("gout",), k="immune system disease") == "Gout is an immune system disease and has its place."
    assert fill(frame, ("gout", "asthma"), k="cancer") == "Gout and asthma are cancers and have their place."
    assert fill("Used in {d}.", ("",), d="brain neoplasm") == "Used in a brain neoplasm."
    assert article("urinary system disease") == "a"
    assert article("ulcer") == "an"
    assert plural("developmental disorder of mental health") == "developmental disorders of mental health"
    assert listed(["a", "b", "c"]) == "a, b and c"


@given(statement=STATEMENTS, seed=SEEDS)
def test_paragraphs_are_clean_sentences(statement: Statement, seed: int) -> None:
    text = paragraph(statement, Voice(seed))
    assert text.endswith(".")
    assert_clean(text)
    assert len(text) >= 80
    assert all(subject in text.lower() for subject in statement.subjects)
    assert statement.object.lower() in text.lower()


@given(statement=STATEMENTS, seed=SEEDS)
def test_thoughts_parse_and_keep_to_the_style(statement: Statement, seed: int, small: World) -> None:
    voice = Voice(seed)
    target = paragraph(statement, voice)
    steps = thoughts(statement, small, voice)
    assert read_steps(write_steps(steps)) == steps
    assert 2 <= len(steps) <= 6
    text = "\n".join(step for _, step in steps)
    assert not talks_about_text(text), text
    assert not copies(text, target, before=""), (text, target)
    for _, step in steps:
        assert_clean(step)


@given(statement=STATEMENTS, seed=SEEDS)
def test_recall_is_read_back_and_true(statement: Statement, seed: int, small: World) -> None:
    reader = Reader(small)
    for kind, step in thoughts(statement, small, Voice(seed)):
        if kind == "recall":
            claims = reader.claims(step)
            assert claims, step
            assert all(map(reader.true, claims)), step


@given(disease=st.sampled_from(["gout", "osteoarthritis"]), seed=SEEDS)
def test_thoughts_about_drugs_name_no_class_and_about_diseases_no_drug(disease: str, seed: int, small: World) -> None:
    drug = Statement("drug", tuple(small.used_in(disease)), disease)
    said = write_steps(thoughts(drug, small, Voice(seed)))
    assert "bone" not in said
    assert "arthritis" not in said.replace("osteoarthritis", "")
    kind = Statement("disease", (disease,), "bone disease")
    said = write_steps(thoughts(kind, small, Voice(seed))).lower()
    assert not any(name in said for name in small.drugs)


def test_a_conclusion_recalls_the_disease_between(truth: World) -> None:
    for seed, drug in enumerate(truth.drugs):
        statement = Statement("conclusion", (drug,), truth.group(drug))
        recalled = [step for kind, step in thoughts(statement, truth, Voice(seed)) if kind == "recall"]
        claims = [claim for step in recalled for claim in Reader(truth).claims(step)]
        disease = truth.drugs[drug].disease
        assert Claim("used_in", drug, disease) in claims
        assert Claim("belongs_to", disease, truth.group(drug)) in claims


def test_a_drug_fact_recalls_what_the_drug_does(truth: World) -> None:
    for seed, (drug, use) in enumerate(truth.drugs.items()):
        steps = thoughts(Statement("drug", (drug,), use.disease), truth, Voice(seed))
        claims = [claim for kind, step in steps if kind == "recall" for claim in Reader(truth).claims(step)]
        assert Claim("used_in", drug, use.disease, use.effect) in claims


def test_a_disease_fact_recalls_the_parent(truth: World) -> None:
    for seed, (disease, place) in enumerate(truth.diseases.items()):
        steps = thoughts(Statement("disease", (disease,), place.group), truth, Voice(seed))
        claims = [claim for kind, step in steps if kind == "recall" for claim in Reader(truth).claims(step)]
        assert Claim("form_of", disease, place.parent) in claims


def test_a_wrong_recall_is_read_as_wrong(small: World) -> None:
    wrong = replace(small, drugs={**small.drugs, "allopurinol": Use("osteoarthritis", "SYM")})
    reader = Reader(small)
    for seed in range(40):
        steps = thoughts(Statement("conclusion", ("allopurinol",), "bone disease"), wrong, Voice(seed))
        claims = [claim for kind, step in steps if kind == "recall" for claim in reader.claims(step)]
        assert any(not reader.true(claim) for claim in claims)


def test_openings_vary(truth: World) -> None:
    voice = Voice(1)
    firsts = [thoughts(statement, truth, voice)[0][1] for note in corpus(truth, voice) for statement in note.statements]
    openings = Counter(" ".join(first.split()[:4]) for first in firsts)
    assert openings.most_common(1)[0][1] <= 0.1 * len(firsts)


@pytest.mark.parametrize("module", [wording_texts, wording_thoughts])
def test_every_frame_can_be_filled_and_none_stands_twice(module: object) -> None:
    lists = [value for name, value in vars(module).items() if name.isupper()]
    assert lists
    for choices in lists:
        assert len(set(choices)) == len(choices)
        for frame in choices:
            for subjects in (("gout",), ("gout", "asthma")):
                assert "{" not in fill(frame, subjects, d="acne", k="skin disease", q="rash", n="eczema")


@settings(max_examples=20)
@given(SEEDS)
def test_a_voice_repeats_nothing_before_all_is_said(seed: int) -> None:
    voice = Voice(seed)
    frames = ("a", "b", "c", "d")
    assert sorted(voice.pick(frames) for _ in range(8)) == sorted(frames * 2)
