"""procedural: steps that say how something is done, and those that say what is so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.procedural import manner

STEPS = {
    "procedural": (
        "Divide the dose by the weight.",
        "First, check the potassium.",
        "To find the mean, add them all and divide by their number.",
        "In order to compare them, bring both to milligrams.",
        "First the salt is dissolved, and then the acid is added.",
        "3 * 12 = 36.",
        "x = a + b",
        "The area is found by multiplying the sides: A = l * w.",
        "One first checks whether the renal function allows it.",
        "The diagnosis is made by excluding everything else.",
        "You should stop it before the operation.",
        "Then subtract what was paid.",
        "Is it so? 3 + 4 = 7, so it is.",
    ),
    "factual": (
        "Allopurinol is used in gout.",
        "A week has 7 days.",
        "Metformin is given in type 2 diabetes.",
        "Test results are normal.",
        "Checks and balances limit the court.",
        "The order of two givens is of no account.",
        "Notes of the meeting were kept.",
        "Type 2 diabetes is a metabolic disease, so the placement holds.",
        "E. coli grows at 37.5 degrees.",
        "What is it for? It lowers urate.",
        "Let's Encrypt is a certificate authority.",
    ),
    "neither": ("What is it given for?", "", "...", "Which of them comes first? And then?"),
}
ROWS = [(text, says) for says, texts in STEPS.items() for text in texts]


@pytest.mark.parametrize(("text", "says"), ROWS)
def test_a_step_is_told_by_its_wording(text: str, says: str) -> None:
    assert manner(text) == says


def test_what_was_calculated_is_a_procedure() -> None:
    assert manner("Twelve times seven is 84.") == "factual"
    assert manner("Twelve times seven is 84.", calculations=1) == "procedural"


@given(st.text())
def test_any_text_has_a_manner(text: str) -> None:
    assert manner(text) in STEPS
