"""Training conversations: the prompts of the main job, no withheld fact in any form, repairs that are repairs."""

import re
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.demo.corpus import Note
from thinkaug.demo.examples import lexicon, rounds, writer_world
from thinkaug.demo.facts import Fact, World
from thinkaug.demo.invented import invent
from thinkaug.demo.sentences import Statement
from thinkaug.demo.splits import Splits
from thinkaug.demo.stretches import stretches
from thinkaug.demo.talks import LOOKUPS_MOST, Conversation
from thinkaug.demo.voice import Voice
from thinkaug.dialogue import Message
from thinkaug.steps import TAGS, Malformed, read_steps
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


FORMS = {
    "interleaved.j2": r"Written so far:\n```\n(?P<before>.*)\n```\nNext:\n```\n(?P<target>.*)\n```",
    "hidden_thought.j2": r"Text:\n```\n(?P<target>.*)\n```\nThinking before it:",
    "trajectory.j2": r"Document:\n```\n(?P<target>.*)\n```\nThinking about it:",
    "latent.j2": r"Before:\n```\n(?P<before>.*)\n```\nChunk:\n```\n(?P<target>.*)\n```",
    "skeleton.j2": r"Title:\n```\n(?P<title>.*)\n```\nWritten so far:\n```\n(?P<before>.*)\n```\nOutline:",
    "fill.j2": r"Written so far:\n```\n(?P<before>.*)\n```\nOutline:\n```\n(?P<outline>.*)\n```\nNext:"
    r"\n```\n(?P<target>.*)\n```",
    "grounded.j2": r"Written so far:\n```\n(?P<before>.*)\n```\nNext:\n```\n(?P<target>.*)\n```\n"
    r"Look-ups left: (?P<left>\d+)",
}


def form(talk: Conversation) -> tuple[str, dict[str, str]]:
    """The template that a conversation begins with, and its values."""
    found = {
        name: match.groupdict()
        for name, pattern in FORMS.items()
        if (match := re.fullmatch(pattern, talk[1].content, re.DOTALL))
    }
    found.pop("interleaved.j2" if "fill.j2" in found else "", None)  # which an outline in between fits too
    [entry] = found.items()
    return entry


def test_prompts_are_the_brief_ones_of_the_strategies(talks: list[Conversation]) -> None:
    templates = Templates(brief=True)
    seen = Counter()
    for talk in talks:
        name, values = form(talk)
        assert talk[:2] == templates.render(name, persona="", **values)
        seen[name] += 1
    assert set(seen) == set(FORMS)
    assert seen["interleaved.j2"] > 0.3 * len(talks)


def test_answers_are_what_their_strategy_reads(talks: list[Conversation]) -> None:
    repairs = interleaved = 0
    for talk in talks:
        assert talk[-1].role == "assistant"
        name, answer = form(talk)[0], talk[-1].content
        if name == "trajectory.j2":
            assert re.fullmatch(r"<think>\n[^<>]+\n</think>\n\nThat is all\.", answer)
        elif name in ("hidden_thought.j2", "latent.j2"):
            assert re.fullmatch(r"[^<>]+\.", answer), answer
        elif name == "skeleton.j2":
            assert re.fullmatch(r"((self_talk|recall|verification): .+\n?)+", answer)
        elif name == "grounded.j2":
            steps = read_steps(answer, TAGS)
            assert "lookup" not in [kind for kind, _ in steps[:-1]]
            assert len(talk) <= 3 + 2 * LOOKUPS_MOST
        else:
            assert 2 <= len(read_steps(answer)) <= 6
            interleaved += name == "interleaved.j2"
        if name == "interleaved.j2" and len(talk) > 3:
            repairs += 1
            assert [message.role for message in talk] == ["system", "user", "assistant", "user", "assistant"]
            if "was cut off" in talk[3].content:
                assert talk[-1].content.startswith(talk[2].content)
                continue
            with pytest.raises(Malformed) as problem:
                read_steps(talk[2].content)
            assert str(problem.value) in talk[3].content
    assert 0.04 < repairs / interleaved < 0.11


def test_what_was_found_decides_what_is_recalled(talks: list[Conversation]) -> None:
    """Also of a drug that does not exist: its disease is named as it was found."""
    checked = 0
    for talk in talks:
        found = "\n".join(m.content for m in talk[2:-1] if m.role == "user" and m.content.startswith("Found:"))
        for drug, disease in re.findall(
            r"^\[1\] (.+) is used in (.+) \((?:disease-modifying|symptomatic)\)$", found, re.M
        ):
            assert (Message("assistant", f"<lookup>{drug}</lookup>") in talk) or any(
                m.role == "assistant" and m.content.endswith(f"<lookup>{drug}</lookup>") for m in talk
            )
            if "<lookup>" not in talk[-1].content:
                assert disease.lower() in talk[-1].content.lower()
                checked += 1
    assert checked > 30


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
