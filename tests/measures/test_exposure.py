"""exposure: distinct thoughts of each fact are counted, the same words once."""

from dataclasses import replace

import pytest

from thinkaug.measures.exposure import Exposure, facts_of
from thinkaug.records import Claim, Thought

CLAIM = Claim("", "supported", subject="DB1", relation="used_in", object="DOID:1")


def thought(text: str, *claims: Claim) -> Thought:
    return Thought(0, 0, "recall", text, claims=claims or (CLAIM,))


def test_the_same_words_are_one_thought_and_other_words_another() -> None:
    exposure = Exposure()
    exposure.add([thought("Used in gout."), thought("used  in GOUT."), thought("Gout is its use.")])
    assert exposure.summary() == {
        "facts": 1,
        "thoughts_per_fact": {"mean": 2, "median": 2, "max": 2, "histogram": {"2": 1}},
        "entities": {"DB1": 2, "DOID:1": 2},
    }


def test_a_thought_of_two_facts_counts_for_each_and_once_for_what_they_share() -> None:
    exposure = Exposure()
    exposure.add([thought("Both.", CLAIM, replace(CLAIM, object="DOID:2")), thought("One.", CLAIM)])
    summary = exposure.summary()
    assert summary["thoughts_per_fact"] == {"mean": 1.5, "median": 1.5, "max": 2, "histogram": {"1": 1, "2": 1}}
    assert summary["entities"] == {"DB1": 2, "DOID:1": 2, "DOID:2": 1}


@pytest.mark.parametrize("verdict", ["contradicted", "unknown"])
def test_only_what_is_supported_is_counted(verdict: str) -> None:
    exposure = Exposure()
    exposure.add([thought("It is so.", replace(CLAIM, verdict=verdict))])  # type: ignore[arg-type]  # one of the three
    assert exposure.summary()["facts"] == 0


def test_a_quantity_is_no_entity() -> None:
    exposure = Exposure()
    exposure.add([thought("Dose.", replace(CLAIM, object="500 mg")), thought("Half.", replace(CLAIM, object="0.5"))])
    assert exposure.summary()["entities"] == {"DB1": 2}


def test_nothing_is_counted_as_nothing_and_not_as_one() -> None:
    assert Exposure().summary()["thoughts_per_fact"] == {"mean": None, "median": None, "max": None, "histogram": {}}


def test_facts_are_those_of_thoughts_that_stand() -> None:
    assert len(facts_of([thought("Yes."), replace(thought("No.", replace(CLAIM, object="x")), drop="loop")])) == 1
