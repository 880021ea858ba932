"""Training conversations: the prompts of the main job, no withheld fact in any form, repairs that are repairs."""

import re
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.demo.corpus import Note
from thinkaug.demo.examples import Conversation, lexicon, rounds, stretches, writer_world
from thinkaug.demo.facts import Fact, World
from thinkaug.demo.invented import invent
from thinkaug.demo.sentences import Statement
from thinkaug.demo.splits import Splits
from thinkaug.demo.voice import Voice
from thinkaug.steps import Malformed, read_steps
from thinkaug.templates import Templates


@pytest.fixture(scope="module")
def talks(facts: tuple[Fact, ...], splits: Splits) -> list[Conversation]:
    """About three rounds."""
    return list(islice(rounds(facts, splits, seed=5), 2500))


def test_no_withheld_drug_occurs_in_training(talks: list[Conversation], splits: Splits) -> None:
    said = "\n".join(message.content for talk in talks for message in talk).lower()
    words = set(re.findall(r"[\w-]+", said))
    for drug in splits.withheld.values():
        if " " in drug:
            assert drug.lower() not in said
        else:
            assert drug.lower() not in words


def test_every_known_drug_occurs(talks: list[Conversation], facts: tuple[Fact, ...], splits: Splits) -> None:
    said = "\n".join(message.content for talk in talks for message in talk).lower()
    assert all(drug.lower() in said for drug in writer_world(facts, splits).drugs)


def test_prompts_are_those_of_the_strategy(talks: list[Conversation]) -> None:
    templates = Templates()
    for talk in talks[:300]:
        system, user = talk[:2]
        before, target = re.fullmatch(
            r"Written so far:\n```\n(.*)\n```\nNext:\n```\n(.*)\n```", user.content, re.DOTALL
        ).groups()  # type: ignore[union-attr]
        assert (system, user) == templates.render("interleaved.j2", before=before, target=target)
        assert target.strip()


def test_answers_can_be_read_and_repairs_follow_a_reply_that_cannot(talks: list[Conversation]) -> None:
    repairs = 0
    for talk in talks:
        assert talk[-1].role == "assistant"
        assert 2 <= len(read_steps(talk[-1].content)) <= 6
        if len(talk) > 3:
            repairs += 1
            assert [message.role for message in talk] == ["system", "user", "assistant", "user", "assistant"]
            if "was cut off" in talk[3].content:
                assert talk[-1].content.startswith(talk[2].content)
                continue
            with pytest.raises(Malformed) as problem:
                read_steps(talk[2].content)
            assert str(problem.value) in talk[3].content
    assert 0.02 < repairs / len(talks) < 0.07


def test_the_words_for_the_tokenizer_are_about_invented_drugs_only(facts: tuple[Fact, ...], splits: Splits) -> None:
    talks = list(islice(lexicon(facts, splits, seed=3), 600))
    words = set(re.findall(r"[\w-]+", "\n".join(message.content for talk in talks for message in talk).lower()))
    assert {"gout", "asthma"} <= words
    assert not words & {drug for drug in writer_world(facts, splits).drugs if " " not in drug}
    assert not words & set(splits.withheld.values())


def test_the_same_seed_gives_the_same_conversations(facts: tuple[Fact, ...], splits: Splits) -> None:
    first, second, other = (list(islice(rounds(facts, splits, seed), 50)) for seed in (1, 1, 2))
    assert first == second != other


@given(seed=st.integers(0, 10**6))
def test_invented_drugs_are_new_and_placed(seed: int, small: World) -> None:
    here = invent(small, 20, {"aspirin"}, ["gout", "symptoms"], Voice(seed))
    assert len(here.invented) == 20
    assert len(here.drugs) == 25
    assert not here.invented & {*small.drugs, "aspirin"}
    for name in here.invented:
        assert here.drugs[name].disease in small.diseases
        assert re.fullmatch(r"[a-z]{2,}( [a-z]+)?|[A-Z]{2}\d+", name), name


@given(
    st.lists(st.text(alphabet="ab .\n", min_size=1).filter(lambda text: text.strip() == text), min_size=1, max_size=4)
)
def test_stretches_tile_the_text(paragraphs: list[str]) -> None:
    statement = Statement("drug", ("x",), "y")
    note = Note("list", "t", (statement,) * len(paragraphs), tuple(paragraphs))
    cuts = stretches(note)
    assert "".join(target for _, target in cuts) == note.text
    assert all(note.text.startswith(before + target) for before, target in cuts)
    assert [target.removesuffix("\n\n") for _, target in cuts[:-1]] == paragraphs[:-1]


def test_unknown_drugs_get_diseases_of_many_kinds(facts: tuple[Fact, ...], splits: Splits) -> None:
    known = writer_world(facts, splits)
    here: World = invent(known, 400, (), ["symptoms"], Voice(0))
    assert len({here.drugs[name].disease for name in here.invented}) > len(here.diseases) // 2
