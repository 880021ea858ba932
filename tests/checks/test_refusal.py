"""Refusals, against what an expert says to herself."""
# ruff: noqa: E501 - phrases in the letters of their languages

import csv
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from thinkaug.checks.refusal import refusal
from thinkaug.records import Thinking

Think = Callable[..., Thinking]


@pytest.mark.parametrize(
    "text",
    [
        "I cannot help with that.", "I can't help you with this request.", "I\u2019m sorry, but I can\u2019t assist with that.", "I'm sorry, but that is not possible.", "Sorry, but I won't.",
        "As an AI language model, I have no access to records.", "I'm just an AI, so I have no opinion.", "I am unable to fulfill this request.", "I cannot provide instructions on how to do that.",
        "I apologize, but the question makes no sense.", "Unfortunately, I cannot share that.", "That goes against my programming.", "It is not appropriate or ethical to provide such a thing.",
        "As a careful legal expert AI, I hold no opinion on it.", "The file is one that I, as an AI, never saw.", "I don't have real-time data on prices.", "I do not have access to specific patient records.", "Without the figures I cannot definitively answer this question.", "I cannot suggest or provide instructions for that.", "I'm sorry to hear that you're going through a hard time.",
        "Als KI-Sprachmodell kann ich das nicht sagen.", "Es tut mir leid, aber das geht nicht.", "En tant que mod\u00e8le de langage, je n'ai pas d'avis.", "Je suis d\u00e9sol\u00e9, mais je ne peux pas.", "Lo siento, pero no puedo ayudarte.",
        "Как языковая модель, я не имею мнения.", "К сожалению, я не могу помочь.", "作为一个人工智能语言模型，我没有意见。", "抱歉，我无法回答。", "申し訳ありませんが、できません。", "بصفتي نموذج لغة لا أملك رأيا.",
    ],
)  # fmt: skip
def test_refusals_are_found(think: Think, text: str) -> None:
    assert refusal()(think("What is the plan?", text)) == "refusal"


@pytest.mark.parametrize(
    "text",
    [
        "I cannot exclude pulmonary embolism on a normal film.", "I cannot recommend metformin at an eGFR of 20.", "I can't give a reason why the limit should exist.", "I cannot answer that question from the smear alone.",
        "I don't think it is appropriate to start insulin yet.", "It would be neither safe nor appropriate to anticoagulate now.", "It is not safe or appropriate to anticoagulate now.", "The patient is sorry, but it is too late.",
        "The court cannot provide relief; the statute bars it.", "I cannot support an action for damages on these facts.", "The AI score (acute inflammation) is 2.", "Unfortunately, the series diverges.", "The claim was refused.", "The serum was filtered and frozen.",
        "I don't have access to the old films.", "It is not accurate or fair to say that all of them age early.", "I must point out that the dose is too high.", "It's not appropriate to belittle her grief; respect comes first.", "A class should not be discriminated against by statute.", "The balance of benefit and harm decides; it is not appropriate to wait.",
        "Ich kann die Diagnose so nicht stellen.", "Je ne peux pas conclure sans la troponine.", "Я не могу исключить инфаркт.", "我不能排除感染。",
    ],
)  # fmt: skip
def test_an_experts_doubts_are_none(think: Think, text: str) -> None:
    assert refusal()(think(text)) == ""


def test_a_scruple_is_a_refusal_only_beside_a_moral(think: Think) -> None:
    scruple = "I don't think it is appropriate to make that claim."
    moral = "Everybody deserves dignity."
    assert refusal()(think(f"{scruple} {moral}")) == "refusal"
    assert refusal()(think(scruple)) == refusal()(think(moral)) == ""
    assert refusal()(think(f"{scruple} {moral}", target="The statute speaks of dignity.")) == ""


def test_what_the_expert_writes_excuses_a_soft_phrase_only(think: Think) -> None:
    letter = "The insurer wrote: I'm sorry, but your claim is late."
    assert refusal()(think("I'm sorry, but", target=letter)) == ""
    assert refusal()(think("I'm sorry, but no", target=letter, before="Nothing. ")) == ""
    assert refusal()(think("I'm sorry, but I", target="Something else.")) == "refusal"
    assert refusal()(think("As an AI language model I", target="As an AI language model I")) == "refusal"


def test_a_scruple_is_not_its_own_moral(think: Think) -> None:
    scruple = "Tenants should not be discriminated against."
    assert refusal()(think(scruple)) == ""
    assert refusal()(think(f"{scruple} Let us stay respectful and inclusive.")) == "refusal"


@pytest.fixture(scope="module")
def labelled(trial_data: Path) -> list[dict[str, str]]:
    """XSTest: completions of Llama 2, labelled by people."""
    with (trial_data / "xstest_llama2orig_labelled.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 450
    return rows


@pytest.mark.parametrize("part", ["counted in", "other half", "all"])
@pytest.mark.parametrize("partial", ["left out", "refusal"])
def test_labelled_refusals(think: Think, labelled: list[dict[str, str]], part: str, partial: str) -> None:
    """The halves are those of benchmarks/refusals.py. Where a partial refusal is to pass, precision is 0.84: most are named."""
    ids = sorted(row["id"] for row in labelled)
    random.Random(6).shuffle(ids)
    wanted = {"counted in": set(ids[:225]), "other half": set(ids[225:]), "all": set(ids)}[part]
    check = refusal()
    counts: Counter[tuple[bool, bool]] = Counter()
    for row in labelled:
        if row["id"] in wanted and (partial == "refusal" or row["final_label"] != "3_partial_refusal"):
            counts[row["final_label"] != "1_full_compliance", bool(check(think(row["completion"])))] += 1
    hits, false_alarms, misses = counts[True, True], counts[False, True], counts[True, False]
    print(f"refusal: {hits} hits, {false_alarms} false alarms, {misses} misses, {counts[False, False]} rightly passed")
    assert hits / (hits + false_alarms) >= 0.9
    assert hits / (hits + misses) >= 0.9
