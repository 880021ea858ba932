"""seeds: how procedural a passage is, by hand-made ones, by properties, and by real ones that a person has labelled."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from tests.measures.seed_passages import LABELS, held_out, text_of
from thinkaug.measures.procedural import manner
from thinkaug.measures.seeds import WEIGHTS, features, procedural

PROCEDURAL = (
    "1. Weigh the sample.\n2. Dissolve it in 5 ml of water.\n3. Heat until it is clear, then let it cool.",
    "To find the dose, multiply the weight by 0.5 and divide by the concentration. Then check it against the limit.",
    "\\begin{proof}\nLet $x$ be in $A$. Since $A$ is open, we can choose a ball. Hence $x$ is inner, which proves it.\n"
    "\\end{proof}",
    "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n    return total / 2\n",
    "Within 30 days after notice is given, the applicant shall file a petition, and the court shall hold a hearing.",
    "If the fever lasts, test the blood and treat with antibiotics by mouth. Stop when the culture is negative.",
    "Cells were washed twice and incubated for an hour. Absorbance was measured, and rates were calculated by fitting.",
)
FACTUAL = (
    "Gout is a disease in which crystals are found in the joints. It is common in men, and about 4 percent have it.",
    'The term "owner" means a person who is known as the holder of a title. There are several types of owners.',
    "The town was founded in 1842. It had about 3,000 people in 1900, and most of them were miners.",
    "\\begin{lemma}\n\\label{lemma-flat}\nA module that is free is flat.\n\\end{lemma}",
    "The whale is the largest animal that has ever been known. Its heart is as large as a car.",
)


@pytest.mark.parametrize("text", PROCEDURAL)
def test_what_says_how_is_procedural(text: str) -> None:
    assert procedural(text) > 0.5


@pytest.mark.parametrize("text", FACTUAL)
def test_what_says_what_is_so_is_not(text: str) -> None:
    assert procedural(text) < 0.35


CUES = {
    "duty": "It shall be so.",
    "condition": "It is so if it rains.",
    "means": "It is done using a scale.",
    "inference": "It is so, hence it holds.",
    "care": "It is treated.",
    "experiment": "It was measured.",
    "office": "The court may grant it.",
    "we": "There we go.",
    "to be": "It is so.",
    "definition": "It is called so.",
    "frequency": "It is often so.",
    "account": "The symptoms vary.",
    "reason": "It would be easier.",
    "by doing": "It goes by slowly heating it.",
    "orders": "So it is.\n- Divide the dose.",
    "order": "Then it goes.",
    "numbered": "  2. Salt",
    "statements": "x = 1\n    return x",
    "declarations": "import salt",
    "proof": "Proof of it.",
    "stated": "\\begin{lemma}\nIt holds.",
    "equations": "x = y",
    "years": "In 1984 it went.",
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_each_feature_is_seen_in_its_cue_and_not_in_what_is_without(name: str) -> None:
    place = list(WEIGHTS).index(name)
    assert features(CUES[name])[place] > 0
    assert features("Salt, pepper.")[place] == 0


def test_orders_and_definitions_pull_apart() -> None:
    assert procedural("Divide the dose. Write it down.") > procedural("Salt and pepper. Cats and dogs.")
    assert procedural("Gout is called so.") < procedural("Gout goes.")


@given(st.text() | st.sampled_from((*PROCEDURAL, *FACTUAL)).flatmap(lambda text: st.text().map(text.__add__)))
def test_the_score_of_any_text_is_between_0_and_1_and_always_the_same(text: str) -> None:
    score = procedural(text)
    assert 0 <= score <= 1
    assert score == procedural(text)
    assert all(0 <= value <= 1 for value in features(text))
    assert len(features(text)) == len(WEIGHTS)


@pytest.mark.parametrize("text", ["", " \n\t", "123 + 4 = 127", "...", "痛風は関節の病気である。", "Болезнь суставов."])
def test_a_text_without_a_word_of_ours_is_0(text: str) -> None:
    assert procedural(text) == 0


@pytest.mark.parametrize("unit", ["\n", " ", "a", ". ", "= ", "1. ", "\n1. ", "x, ", "by ", "step ", "9", "(a) "])
def test_long_runs_take_no_longer_than_their_length(unit: str) -> None:
    assert 0 <= procedural(f"{unit * (1_000_000 // len(unit))}) a word") <= 1  # a quadratic one would not come back


def test_the_score_does_not_hang_on_the_length() -> None:
    for text in (*PROCEDURAL, *FACTUAL):
        assert procedural("\n".join([text] * 20)) == pytest.approx(procedural(text), abs=0.1)


def baseline(text: str) -> float:
    """The share of its sentences that the measure of single steps calls procedural."""
    sentences = [part for part in text.replace("\n\n", ". ").split(". ") if part.strip()]
    return sum(manner(sentence) == "procedural" for sentence in sentences) / len(sentences)


def auroc(scores: Any, labels: Any) -> float:
    """How often a procedural passage has a higher score than a factual one; half for a tie."""
    high, low = scores[labels == 1][:, None], scores[labels == 0]
    return float((high > low).mean() + (high == low).mean() / 2)


def test_it_agrees_with_a_person_on_passages_it_was_not_fitted_to(trial_data: Path) -> None:
    rows = held_out()
    assert len(rows) > 120
    labels = np.array([LABELS[row.label] for row in rows])
    texts = [text_of(row, trial_data) for row in rows]
    told, stated = (np.array([score(text) for text in texts]) for score in (procedural, baseline))
    clear = labels != 0.5
    assert auroc(told[clear], labels[clear]) > 0.82  # measured 0.872; the baseline 0.57
    assert auroc(told[clear], labels[clear]) > auroc(stated[clear], labels[clear]) + 0.2
    assert ((told[clear] >= 0.5) == (labels[clear] == 1)).mean() > 0.79  # measured 0.840; always factual 0.726
    assert spearmanr(told, labels).statistic > 0.45  # measured 0.532; the baseline 0.13
