"""Talk about the text and to a user, against talk about the matter."""
# ruff: noqa: E501 - phrases in the letters of their languages

from collections.abc import Callable

import pytest

from thinkaug.checks.addressed import addressed
from thinkaug.records import Thinking

Think = Callable[..., Thinking]

ABOUT = [
    "The text goes on to the dose.", "This passage deals with renal function.", "The author wants to show the risk.", "The following paragraph is about dosing.", "The question asks for the diagnosis.", "As mentioned above, 38 is low.",
    "Based on the given passage, it is low.", "The next stretch must name the dose.", "The user wants a diagnosis.", "The article describes two cases.", "Therefore the answer choice is B.", "This question is asking about risk.", "The readers will know.", "The author weighs both sides here.", "The reader will want the dose next.",
    "Der Text nennt die Dosis.", "Wie oben erw\u00e4hnt, ist sie niedrig.", "Ce texte parle du rein.", "L'auteur insiste sur le risque.", "Comme mentionn\u00e9 ci-dessus, elle est basse.", "Как указано выше, доза мала.", "В тексте сказано иначе.", "这段文字讨论剂量。", "作者认为剂量过高。", "如上所述，剂量过高。", "この文章は用量について述べる。", "上記の通り、用量は多い。", "في هذا النص جرعة عالية.", "كما ذكر أعلاه فالجرعة عالية.",
]  # fmt: skip
TO_A_USER = [
    "Sure, here is the thought.", "Sure! The dose is low.", "Certainly! It is low.", "Of course! It is low.", "Let me know if that is enough.", "You should ask a doctor.", "I hope this helps.", "Your answer is right.", "Here are the steps:", "Feel free to ask.", "Great question! It is low.", "Please provide the value.", "Is there anything else?", "Consult your doctor first.", "I must point out that the question is unclear.", "As of my last update, it was not licensed.", "As of my current knowledge, it is not licensed.", "That lies after my knowledge cutoff.", "As requested, a list.", "If you have any further questions, ask.", "Do you want me to go on?", "You should always seek medical advice.", "Here is a revised version of it:", "You asked for the dose.",
    "Gerne! Die Dosis ist niedrig.", "Ich hoffe, das hilft.", "Bien s\u00fbr ! Elle est basse.", "N'h\u00e9sitez pas \u00e0 demander.", "Конечно! Доза мала.", "Надеюсь, это поможет.", "当然！剂量过高。", "希望这对你有帮助。", "もちろん！用量は多い。", "بالتأكيد! الجرعة عالية.",
]  # fmt: skip


@pytest.mark.parametrize("text", ABOUT)
def test_talk_about_the_text(think: Think, text: str) -> None:
    assert addressed()(think("What is the dose?", text)) == "about_the_text"


@pytest.mark.parametrize("text", TO_A_USER)
def test_talk_to_a_user(think: Think, text: str) -> None:
    assert addressed()(think("What is the dose?", text)) == "to_a_user"


@pytest.mark.parametrize(
    "text",
    [
        "The passage of a stone would hurt more.", "The question is whether the limit exists.", "You divide both sides by n.", "Of course the bound holds.", "Sure of the diagnosis? Not yet.", "To answer this question I need the anion gap.",
        "The answer is no.", "The author of the work holds the copyright.", "In this context the dose is low.", "The given function is even.", "Texture and colour matter.", "The section is 5 cm long.", "The article of the treaty is silent.", "Certainly a bounded sequence need not converge.", "Of the options, surgery is the safest; her consent decides.",
        "You can see the pattern after three terms.", "You should ask the patient about travel.", "Step out, so that you can speak with the patient alone.", "If you want more precision, take n larger.", "If you have any epsilon, a delta follows.", "Why do you need compactness here?", "If you wrote it as a sum, the bound would fail.", "He cooperates as requested by the chief.", "Here is a relative version of the lemma.",
        "Whoever is liable under this paragraph pays twice.", "For the purposes of this paragraph a child is a person.", "This paragraph shall not bar the claim.", "The last case is left to the reader.", "The reader may easily verify the claim.", "In that trial the authors saw no effect.", "The text token is masked.", "The passage by the court of a decree ends it.", "It must carry the statement provided for in section 2.",
        "Der Kontext ist ein anderer.", "Konkret: bien s\u00fbr que non.", "Конечно, предел существует.", "当然可以排除。",
    ],
)  # fmt: skip
def test_talk_about_the_matter(think: Think, text: str) -> None:
    assert addressed()(think(text)) == ""


def test_the_experts_own_noun_excuses_it(think: Think) -> None:
    thought = "Does the author keep the right? The text is silent."
    assert addressed()(think(thought, target="Section 11 protects authors, whatever the texts say.")) == ""
    assert addressed()(think(thought, before="The author of a text is protected. ")) == ""
    assert addressed()(think(thought, target="Section 11 protects the author.")) == "about_the_text"
    assert addressed()(think("The text is silent.", target="The context is silent.")) == "about_the_text"


def test_the_experts_own_phrase_excuses_it(think: Think) -> None:
    statute = "Subject to the following paragraph, the claim lapses."
    assert addressed()(think("Does the following paragraph apply?", target=statute)) == ""
    assert addressed()(think("Does the following section apply?", target=statute)) == "about_the_text"


def test_nothing_excuses_the_unmistakable(think: Think) -> None:
    phrase = "I hope this helps. The given text is clear."
    assert addressed()(think(phrase, target=phrase)) == "to_a_user"
    assert addressed()(think("The given text is clear.", target=phrase)) == "about_the_text"
