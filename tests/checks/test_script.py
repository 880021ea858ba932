"""Thoughts in another script or language than the text."""
# ruff: noqa: E501 - phrases in the letters of their languages

from collections.abc import Callable

import pytest

from thinkaug.checks.script import script
from thinkaug.records import Thinking

Think = Callable[..., Thinking]

ENGLISH = "The patient was admitted with fever and a cough, and it was not clear from the film whether there was a pneumonia or an embolism."
ENGLISH_THOUGHT = "What is the danger if this is an embolism and we treat it as an infection? The dose of heparin is not in doubt, and it has to be given at once."
GERMAN = "Was ist die Gefahr, wenn das eine Embolie ist und wir sie als Infektion behandeln? Die Dosis des Heparins ist nicht zweifelhaft, und es muss sofort gegeben werden."
FRENCH = "Quel est le danger si c'est une embolie et que nous la traitons comme une infection ? La dose de l'héparine ne fait pas de doute, et elle doit être donnée par voie veineuse dans les plus brefs délais."
RUSSIAN = "Какая опасность, если это эмболия, а мы лечим её как инфекцию? Доза гепарина не вызывает сомнений, и его надо дать сразу, чтобы не было поздно, если это так."
CHINESE = "如果这是肺栓塞而我们按感染治疗，会有什么危险？肝素的剂量没有疑问，必须立即给药。"
JAPANESE = "これが肺塞栓であるのに感染症として治療すると、どのような危険があるだろうか。ヘパリンの量に疑いはない。"
ARABIC = "ما الخطر إذا كان هذا انسدادا رئويا وعالجناه على أنه عدوى؟ جرعة الهيبارين ليست موضع شك ويجب أن تعطى فورا."
TEXTS = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "ru": RUSSIAN, "zh": CHINESE, "ja": JAPANESE, "ar": ARABIC}
THOUGHTS = TEXTS | {"en": ENGLISH_THOUGHT}
SCRIPTS = {"en": 0, "de": 0, "fr": 0, "ru": 1, "zh": 2, "ja": 2, "ar": 3}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("thought", THOUGHTS)
def test_every_pair_of_languages(think: Think, text: str, thought: str) -> None:
    reason = "" if text == thought else "wrong_script" if SCRIPTS[text] != SCRIPTS[thought] else "wrong_language"
    assert script()(think(THOUGHTS[thought], target=TEXTS[text])) == reason


@pytest.mark.parametrize(
    ("text", "thought"),
    [
        (ENGLISH, "The α-helix and the β-sheet, Σx² over ∂f/∂λ, and 5 μg of γ-globulin at 20 °C."), (ENGLISH, "An ℵ₀ of 𝑥 and 𝔽, the group Ш, Å and naïve cafés."), (ENGLISH, "It is low 👍🏽."),
        (RUSSIAN, "Staphylococcus aureus устойчив к MRSA-терапии, доза 5 mg/kg, CRP 120 mg/l, Helicobacter pylori не найден."), (RUSSIAN, r"Пусть $\\int_0^1 f(x)dx = \\lim_{n\\to\\infty} \\sum_{k=1}^{n} f(k/n)/n$ существует для функции."),
        (CHINESE, "给予PCI治疗，阿司匹林300 mg，检测CRP和D-dimer，必要时做CT。"), (CHINESE, "World Health Organization的标准是多少？应当先查清楚再说。"), (JAPANESE, "MRIとCTのどちらを先に撮るべきか。DICOMの画像も確認する。"), (ARABIC, "جرعة الميتفورمين 500 mg وقيمة HbA1c مرتفعة عند المريض."),
    ],
)  # fmt: skip
def test_borrowed_letters_pass(think: Think, text: str, thought: str) -> None:
    assert script()(think(thought, target=text)) == ""


@pytest.mark.parametrize("glitch", ["需要", "инсулин", "الجرعة", "してください", "인슐린 투여"])
def test_a_switch_in_the_middle_is_found(think: Think, glitch: str) -> None:
    thought = f"The patient {glitch} at once, and the dose has to be halved if the kidney does not clear it."
    assert script()(think(thought, target=ENGLISH)) == "wrong_script"
    assert script()(think(thought, target=f"{ENGLISH} The label says {glitch}.")) == ""


def test_a_latin_sentence_inside_a_chinese_thought_is_found(think: Think) -> None:
    thought = (
        CHINESE
        + "However, this conclusion requires careful consideration because bleeding could occur during anticoagulation."
    )
    assert script()(think(thought, target=CHINESE)) == "wrong_script"
    assert script(max_latin_letters=200)(think(thought, target=CHINESE)) == ""


def test_a_short_thought_in_latin_letters_is_foreign_by_its_share(think: Think) -> None:
    thought = think("Heparin should therefore always precede warfarin.", target=RUSSIAN)
    assert script()(thought) == "wrong_script"
    assert script(max_foreign=1.0)(thought) == ""


def test_code_formulas_and_addresses_are_borrowed(think: Think) -> None:
    name = "clearance_from_creatinine_weight_height_surface_filtration_rate_adults_children"
    for code in (f"`{name}`", f"${name}$", f"https://example.org/{name}"):
        assert script()(think(f"Надо вычислить {code} и потом сравнить это с нормой.", target=RUSSIAN)) == ""
    assert script()(think(f"Надо вычислить {name} и потом сравнить это с нормой.", target=RUSSIAN)) == "wrong_script"


def test_one_step_in_another_language_is_found(think: Think) -> None:
    assert script()(think(ENGLISH_THOUGHT, ENGLISH_THOUGHT[::-1], GERMAN, target=ENGLISH)) == "wrong_language"


def test_thin_evidence_is_no_verdict(think: Think) -> None:
    assert script()(think(CHINESE, target="E = mc")) == ""
    assert script()(think("Und die Dosis ist nicht klar.", target=ENGLISH)) == ""
    assert script()(think(GERMAN, target="Na K Cl Ca Mg " * 10)) == ""
    assert script()(think("", target=ENGLISH)) == ""


def test_a_text_in_two_scripts_is_at_home_in_both(think: Think) -> None:
    both = ENGLISH + RUSSIAN
    assert script()(think(RUSSIAN, target=both)) == ""
    assert script(min_share=0.6)(think(RUSSIAN, target=both)) in ("wrong_script", "")


def test_limits_are_options(think: Think) -> None:
    word = think("The patient инсулин at once, and the dose has to be halved if it is not cleared.", target=ENGLISH)
    assert script(max_switch_letters=7)(word) == ""
    assert script(min_letters=1000)(word) == ""
    assert script(min_words=1000)(think(GERMAN, target=ENGLISH)) == ""
    assert script(min_common=0.9)(think(GERMAN, target=ENGLISH)) == ""
    assert script(min_lead=50.0)(think(GERMAN, target=FRENCH)) == ""
