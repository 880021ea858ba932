"""What the demo's model reads last: texts with thoughts in them, and corrections of what was recalled wrong."""

import re
from collections.abc import Iterator
from itertools import islice

import pytest

from thinkaug.demo.claims import Reader
from thinkaug.demo.corpus import corpus
from thinkaug.demo.corrections import correction
from thinkaug.demo.examples import second_phase, writer_world
from thinkaug.demo.facts import Fact, World
from thinkaug.demo.rendered import rendered
from thinkaug.demo.splits import Splits
from thinkaug.demo.talks import Conversation
from thinkaug.demo.voice import Voice
from thinkaug.steps import read_steps
from thinkaug.templates import Templates

_THOUGHT = re.compile(r"<thinking>\n(.+?)\n</thinking>\n", re.DOTALL)


@pytest.fixture(scope="module")
def here(facts: tuple[Fact, ...], splits: Splits) -> World:
    return writer_world(facts, splits)


@pytest.fixture(scope="module")
def texts(here: World) -> list[tuple[str, str]]:
    """Every note of a corpus, as it stands and rendered."""
    voice = Voice(3)
    notes = corpus(here, voice)
    return [(note.text, rendered(note, notes, here, voice)) for note in notes]


def test_without_its_thoughts_a_text_is_the_note(texts: list[tuple[str, str]]) -> None:
    assert all(_THOUGHT.sub("", text) == note for note, text in texts)


def test_some_stretches_have_a_thought_and_some_have_none(texts: list[tuple[str, str]]) -> None:
    stretches = sum(note.count("\n\n") + 1 for note, _ in texts)
    thoughts = sum(len(_THOUGHT.findall(text)) for _, text in texts)
    assert 0.6 < thoughts / stretches < 0.8


def test_nearly_all_thoughts_belong_where_they_stand(texts: list[tuple[str, str]]) -> None:
    """Those of other notes name nothing that their stretch names."""
    strange = count = 0
    for _, text in texts:
        for match in _THOUGHT.finditer(text):
            target = set(re.findall(r"\w{5,}", text[match.end() :].partition("<thinking>")[0].lower()))
            strange += not target & set(re.findall(r"\w{5,}", match[1].lower()))
            count += 1
    assert 0.02 < strange / count < 0.25


def corrections(here: World) -> Iterator[Conversation]:
    voice, templates = Voice(5), Templates(brief=True)
    while True:
        yield correction(here, templates, voice)


def test_a_correction_makes_a_wrong_step_right(here: World) -> None:
    reader = Reader(here)
    for talk in islice(corrections(here), 400):
        wrong, found = re.fullmatch(
            r"Thought:\n```\n(.+)\n```\nFound:\n```\n(.+)\n```", talk[-2].content, re.S
        ).groups()  # type: ignore[union-attr]
        [(kind, right)] = read_steps(talk[-1].content)
        assert kind == "recall"
        assert not all(map(reader.true, reader.claims(wrong)))
        claims = reader.claims(right)
        assert claims
        assert all(map(reader.true, claims))
        assert claims[0].object.lower() in found.lower()


def test_the_phase_mixes_texts_corrections_and_conversations(facts: tuple[Fact, ...], splits: Splits) -> None:
    seen = list(islice(second_phase(facts, splits, 1), 600))
    texts = [example for example in seen if isinstance(example, str)]
    corrected = [example for example in seen if not isinstance(example, str) and "Thought:\n" in example[-2].content]
    assert 0.1 < len(texts) / len(seen) < 0.3
    assert 0.04 < len(corrected) / len(seen) < 0.2
    withheld = re.compile("|".join(rf"\b{re.escape(drug)}\b" for drug in splits.withheld.values()), re.I)
    assert not any(withheld.search(text) for text in texts)
