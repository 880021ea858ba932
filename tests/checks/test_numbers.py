"""Thoughts that give a quantity another value than the expert does."""
# ruff: noqa: E501 - one case a line

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from thinkaug.checks.numbers import numbers
from thinkaug.records import Passage, Thinking, Thought

Think = Callable[..., Thinking]

CONTRADICTED = [
    (
        "Serum potassium of 5.8 mmol/l makes the heart unstable.",
        "Serum potassium is 6.8 mmol/l and the ECG shows tall T waves.",
    ),
    (
        "The serum potassium was 6.8 µmol/l at that time.",
        "The patient presents with weakness. Serum potassium is 6.8 mmol/l and the ECG shows tall T waves.",
    ),
    ("Metformin has to be reduced to 500 g here.", "Metformin was therefore reduced to 500 mg twice daily."),
    (
        "Metformin reduced to 850 mg twice daily fits his kidneys.",
        "Metformin was therefore reduced to 500 mg twice daily.",
    ),
    ("His body temperature is 38.9 °C.", "The body temperature was 36.6 °C on arrival."),
    ("Ninety-five: the oxygen saturation was 95 % on air.", "Oxygen saturation was 82 % on air."),
    ("Aspirin 300 mg is given by mouth at once.", "He was given aspirin 75 mg by mouth and sent home."),
    (
        "The loan carries an interest rate of 7 % a year.",
        "The interest of the loan, set at the outset, is fixed. The loan carries an interest rate of 4.5 % a year.",
    ),
    ("Blood glucose was 3.1 mmol/l.", "Blood glucose was 31 mmol/l; ketones were raised."),
    ("The pipe diameter is 12 cm.", "The pipe diameter is 12 mm."),
    ("Seizures lasted for 40 minutes.", "The seizures lasted for 4 minutes."),
    ("Tumour diameter was 3 to 4 cm on ultrasound.", "The tumour diameter was 6 to 8 cm on ultrasound."),
    ("La glycémie capillaire était de 5,2 mmol/l.", "La glycémie capillaire était de 15,2 mmol/l."),
]
LEFT_ALONE = [
    ("0.5 g of metformin: metformin reduced to 0.5 g.", "Metformin was reduced to 500 mg twice daily."),
    ("Serum potassium above 6.5 mmol/l is an emergency.", "Serum potassium is 6.8 mmol/l."),
    ("Is the serum potassium 5.8 mmol/l?", "Serum potassium is 6.8 mmol/l."),
    ("If serum potassium were 5.8 mmol/l, one could wait.", "Serum potassium is 6.8 mmol/l."),
    ("Serum sodium is 138 mmol/l.", "Serum potassium is 6.8 mmol/l."),
    ("The maximum daily dose of metformin is 2 g.", "The starting daily dose of metformin is 500 mg."),
    (
        "Metformin reduced to 850 mg or metformin reduced to 500 mg?  Metformin reduced to 500 mg.",
        "Metformin was reduced to 500 mg.",
    ),
    ("Dose 0.5 mg/kg x 70 kg = 35 mg of serum potassium is 3 mg.", "Serum potassium is 6.8 mg."),
    ("Body temperature is 98.6 °F.", "The body temperature is 37 °C."),
    ("The small intestine measures 20 feet.", "The large intestine measures 5 feet."),
    ("Seizures lasted after 40 minutes.", "The seizures lasted for 4 minutes."),
    ("Serum potassium rose to about 6.7 mmol/l.", "Serum potassium rose to 6.75 mmol/l."),
    ("Interest rate 5% for the first loan.", "Interest rate 7% for the second loan."),
    ("Blood pressure was 140 mmHg systolic.", "Blood pressure was 90 mmHg diastolic."),
    ("Mortality was 5 % in children.", "Mortality was 15 % in adults."),
    ("Tumour diameter was 4 to 7 cm.", "The tumour diameter was 6 to 8 cm."),
    ("", "Serum potassium is 6.8 mmol/l."),
    ("Serum potassium is 6.8 mmol/l.", ""),
    ("血钾浓度为5.8 mmol/l。", "血钾浓度为6.8 mmol/l。"),
]


@pytest.mark.parametrize(("thought", "text"), CONTRADICTED)
def test_another_value_in_the_same_frame_is_seen_before_and_after(think: Think, thought: str, text: str) -> None:
    assert numbers()(think(thought, target=text)) == "contradicts_numbers"
    assert numbers()(think(thought, target="Nothing.", before=text + " ")) == "contradicts_numbers"


@pytest.mark.parametrize(("thought", "text"), LEFT_ALONE)
def test_what_says_nothing_against_the_text_passes(think: Think, thought: str, text: str) -> None:
    assert numbers()(think(thought, target=text)) == ""


@pytest.mark.parametrize(
    "thought", ["Serum potassium is 5.8 mmol/l", "Serum potassium is 6800 nmol/l", "Serum potassium is 8 - 9 mmol/L"]
)
def test_what_the_text_says_anywhere_is_no_contradiction(think: Think, thought: str) -> None:
    text = "Serum potassium is 6.8 mmol/l. "
    assert numbers()(think(thought, before=text)) == "contradicts_numbers"
    for said in ("It had been 5.8 mmol/l.", "It had been 6.8 umol/l.", "It had been 7 to 8.5 mmol/l."):
        reason = numbers()(think(thought, before=text, target=said))
        fits = {"5.8 mmol/l": "5.8 m", "6800 nmol/l": "umol", "8 - 9 mmol/L": "8.5"}[thought.split(" is ")[1]] in said
        assert reason == ("" if fits else "contradicts_numbers"), said


def test_the_same_thing_in_another_unit_agrees(think: Think) -> None:
    text = "Metformin was reduced to 500 mg twice daily."
    for same in (
        "0.5 g",
        "500 mg",
        "500mg",
        "500,000 \u00b5g",
        "0,5 g",
        "500 milligrams",
        "505 mg",
        "400-600 mg",
        "450 to 550 mg",
    ):
        assert numbers()(think(f"Metformin reduced to {same} is right.", target=text)) == "", same
    for other in ("5 g", "500 g", "500 \u00b5g", "0.05 g", "50 mg", "600-700 mg"):
        assert numbers()(think(f"Metformin reduced to {other} is right.", target=text)) == "contradicts_numbers", other
    for unlike in ("500 ml", "500 mg/kg", "500 mg/day", "500", "500 tablets", "50 %"):
        assert numbers()(think(f"Metformin reduced to {unlike} is right.", target=text)) == "", unlike


def test_tolerance_is_an_option(think: Think) -> None:
    thinking = think("Serum potassium is 6.1 mmol/l.", target="Serum potassium is 6.8 mmol/l.")
    assert numbers()(thinking) == "contradicts_numbers"
    assert numbers(tolerance=0.2)(thinking) == ""


@pytest.mark.parametrize(
    "lead", ["If", "Suppose", "Would it matter that", "It is not true that", "In a typical case the"]
)
def test_what_is_supposed_or_denied_passes(think: Think, lead: str) -> None:
    text = "Serum potassium is 6.8 mmol/l."
    assert numbers()(think(f"{lead} serum potassium is 5.8 mmol/l.", target=text)) == ""
    assert numbers()(think(f"{lead} a thing is. Serum potassium is 5.8 mmol/l.", target=text)) == "contradicts_numbers"


def test_a_frame_with_several_values_says_nothing(think: Think) -> None:
    table = "Serum potassium was 6.8 mmol/l. Later serum potassium was 4.1 mmol/l."
    assert numbers()(think("Serum potassium is 5.8 mmol/l.", target=table.split(". ")[0])) == "contradicts_numbers"
    assert (
        numbers()(
            think(
                "Serum potassium is 5.8 mmol/l.",
                target="Serum potassium was 6.8 mmol/l. Serum potassium was 4.1 mmol/l.",
            )
        )
        == ""
    )


def test_calculations_are_not_held_against_the_text(think: Think) -> None:
    text = "The loading dose of phenytoin sodium was 1400 mg."
    assert (
        numbers()(think("The loading phenytoin sodium is 1050 mg.", target="The loading phenytoin sodium was 1400 mg."))
        == "contradicts_numbers"
    )
    assert numbers()(think("15 mg/kg x 70 kg = loading phenytoin sodium 1050 mg.", target=text)) == ""


@settings(deadline=None, max_examples=150)
@given(
    st.integers(1, 10**6),
    st.sampled_from([("g", "mg", 1000), ("mg", "\u00b5g", 1000), ("kg", "g", 1000), ("l", "ml", 1000), ("m", "cm", 100), ("h", "min", 60), ("mol", "mmol", 1000)]),
)  # fmt: skip
def test_conversions_agree_and_tenfold_errors_do_not(number: int, units: tuple[str, str, int]) -> None:
    large, small, factor = units
    text = f"The infusion volume measured {number} {large} at noon."

    def reason(thought: str) -> str:
        passage = Passage("p", "d", 0, text, "", (0,), "")
        return numbers()(Thinking(passage, 0, 0, (Thought(0, 0, "recall", thought),), "stop"))

    assert reason(f"The infusion volume measured {number * factor} {small} at noon.") == ""
    assert reason(f"The infusion volume measured {number * factor * 10} {small} at noon.") == "contradicts_numbers"
    assert reason(f"The infusion volume measured {number} {small} at noon.") == "contradicts_numbers"


def test_a_table_is_left_alone(think: Think) -> None:
    rows = [f"Serum potassium {chr(97 + i % 26)}{chr(97 + i // 26)}q is {i}.3 mmol/l. " for i in range(600)]
    thought = "Serum potassium is 9999 mmol/l."
    assert numbers()(think(thought, target="Serum potassium is 1.3 mmol/l.")) == "contradicts_numbers"
    assert numbers()(think(thought, target="".join(rows))) == ""
    assert numbers()(think("".join(rows), target="Serum potassium is 9999 mmol/l.")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "5 mg " * 100_000,
        "serum potassium 5 mg. " * 30_000,
        "1," * 300_000,
        "5 mg/" * 100_000,
        "9" * 300_000 + " mg",
        "5 \ud800g",
        "5 mg\u0301" * 50_000,
    ],
)
def test_large_texts_are_read(think: Think, text: str) -> None:
    assert numbers()(think(text, target=text, before=text)) == ""


def test_expert_texts_do_not_contradict_themselves(trial_answers: list[str]) -> None:
    halves = [(text[:cut], text[cut:]) for text in trial_answers if (cut := text.find(" ", len(text) // 2)) > 0]
    passages = [(Passage("p", "d", 0, after, "", (0,), ""), before) for before, after in halves]
    alarms = [numbers()(Thinking(p, 0, 0, (Thought(0, 0, "recall", before),), "stop")) for p, before in passages]
    assert len(alarms) > 2500
    assert sum(map(bool, alarms)) <= 2  # none when measured; 167 have quantities in both halves


def test_changed_copies_of_expert_sentences_are_seen(trial_answers: list[str]) -> None:
    tried = caught = 0
    for text in trial_answers[::4]:
        for sentence in re.split(r"(?<=[.!?])\s+|\n", text):
            if (
                len(
                    re.findall(
                        r"\d[\d.,]* ?(?:%|percent|m?g|ml|years?|months?|weeks?|days?|hours?|inches|feet)\b", sentence
                    )
                )
                == 1
            ):
                wrong = re.sub(
                    r"\d+(?:[.,]\d+)*", lambda number: str(int(float(number[0].replace(",", ""))) * 3 + 7), sentence
                )
                passage = Passage("p", "d", 0, text, "", (0,), "")
                tried += 1
                caught += bool(numbers()(Thinking(passage, 0, 0, (Thought(0, 0, "recall", wrong),), "stop")))
    assert tried > 100
    assert caught / tried > 0.2  # over a quarter when measured; it is meant to be precise


@pytest.fixture(scope="module")
def trial_answers(trial_data: Path) -> list[str]:
    files = sorted((trial_data.parent / "medquad_xml").glob("*/*.xml"))
    found = [(answer.text or "").strip() for file in files for answer in etree.parse(file).iter("Answer")]
    return [text for text in found if text]


def test_a_thought_that_has_the_right_value_too_weighs_them(think: Think) -> None:
    text = "Metformin was reduced to 500 mg twice daily."
    wrong = "Metformin reduced to 850 mg twice daily fits his kidneys."
    assert numbers()(think(wrong, target=text)) == "contradicts_numbers"
    assert numbers()(think(wrong, "Metformin 500 mg is safer.", target=text)) == ""
