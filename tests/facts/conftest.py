"""A small corpus whose words are known, and guards on it."""

import pyarrow as pa
import pytest

from thinkaug.facts.guard import Guard
from thinkaug.facts.vocabulary import Vocabulary
from thinkaug.lexing.words import buffers

SENTENCES = (
    "The special patient with hypotension takes the drug each morning and some complications are common.",
    "Some common complications of hypertension and of the drug: take it in the morning, and each special patient can.",
    "An inflamed ileum, an inflamed ilium; the patient takes the drug.",
    "The ilium is a bone, the ileum is not; hypertension and hypotension are common. Now the house is like a horse.",
    "A horse in a house, now.",
)


def vocabulary(*texts: str) -> Vocabulary:
    known = Vocabulary.empty()
    known.add(*buffers(pa.array(texts, pa.string())))
    return known


@pytest.fixture(scope="session")
def known() -> Vocabulary:
    return vocabulary(*SENTENCES)


@pytest.fixture(scope="session")
def entities(known: Vocabulary) -> Guard:
    return Guard("entities", known)


@pytest.fixture(scope="session")
def numbers(known: Vocabulary) -> Guard:
    return Guard("numbers", known)
