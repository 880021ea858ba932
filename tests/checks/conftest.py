"""Good thoughts, hostile texts and the trial data, for the tests of checks."""
# ruff: noqa: E501 - one step a line

import os
from pathlib import Path
from typing import Protocol

import pytest

from thinkaug.records import Kind, Passage, Thinking, Thought


class Think(Protocol):
    """Make a thinking of one candidate."""

    def __call__(
        self, *steps: str, before: str = ..., target: str = ..., finish: str = ..., kind: Kind = ...
    ) -> Thinking:
        """The steps before `target`, after `before`."""


def make_thinking(
    *steps: str,
    before: str = "",
    target: str = "The next lines are of no concern here, for they only set the scene for what is checked.",
    finish: str = "stop",
    kind: Kind = "self_talk",
) -> Thinking:
    cut = len(before)
    passage = Passage("p", "d", 0, before + target, "", (cut,), "")
    return Thinking(passage, cut, 0, tuple(Thought(cut, 0, kind, step) for step in steps), finish)


@pytest.fixture(scope="session")
def think() -> Think:
    return make_thinking


@pytest.fixture(scope="session")
def trial_data() -> Path:
    """Real model outputs; see THINKAUG_TRIAL_DATA."""
    root = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if not (root / "llm_outputs").is_dir():
        pytest.skip(f"no trial data in {root}; set THINKAUG_TRIAL_DATA to the folder that holds llm_outputs/")
    return root / "llm_outputs"


METFORMIN = (
    "A 58-year-old man with type 2 diabetes is seen for review. His eGFR is 38 ml/min.",
    "Metformin was therefore reduced to 500 mg twice daily, and renal function will be checked every three months.",
)
POTASSIUM = (
    "The patient presents with weakness. Serum potassium is 6.8 mmol/l and the ECG shows tall T waves.",
    "Calcium gluconate was given at once, before insulin and glucose were prepared.",
)
HERNIA = (
    "On examination the swelling lies below and lateral to the pubic tubercle.",
    "This makes a femoral hernia likely, and early surgery is advised because of the risk of strangulation.",
)
CONTRACT = (
    "The offer was posted on 3 March and the acceptance on 5 March; the revocation reached the buyer on 6 March.",
    "A contract was concluded on 5 March, and the revocation came too late to prevent it.",
)
COPYRIGHT = (
    "Section 11 protects the author in his relation to the work. The author decides whether and how it is published.",
    "The right of first publication may not be transferred, although its exercise may be left to a publisher.",
)
TREATY = (
    "The interpretation of a treaty starts from the ordinary meaning of its text, read in context.",
    "Recourse to the preparatory work is only a supplementary means, where the meaning stays ambiguous.",
)
PRIMES = (
    "Suppose that there are only finitely many primes p_1, ..., p_k, and let N = p_1 p_2 ... p_k + 1.",
    "Hence N has a prime divisor which is none of the p_i, a contradiction.",
)
INTEGRAL = (
    r"We want $\int_0^1 x e^x\,dx$.",
    r"Integration by parts gives $[x e^x]_0^1 - \int_0^1 e^x\,dx = e - (e - 1) = 1$.",
)
GROUP = (
    "Let G be a group of order 15.",
    "Both Sylow subgroups are normal, so G is the direct product of cyclic groups of order 3 and 5, and is cyclic.",
)
GERMAN_MEDICINE = (
    "Die Patientin klagt seit drei Tagen über Schmerzen beim Wasserlassen; Fieber besteht nicht.",
    "Es handelt sich um eine unkomplizierte Zystitis, die mit Fosfomycin als Einmalgabe behandelt werden kann.",
)
GERMAN_LAW = (
    "Der Verkäufer hat die mangelhafte Sache geliefert, und der Käufer hat ihm keine Frist zur Nacherfüllung gesetzt.",
    "Ein Rücktritt scheidet daher aus, solange die Fristsetzung nicht entbehrlich ist.",
)
FRENCH_MEDICINE = (
    "Le patient présente une douleur thoracique constrictive depuis deux heures, avec un sus-décalage du segment ST.",
    "Une coronarographie doit être réalisée en urgence, dans les deux heures qui suivent le diagnostic.",
)
FRENCH_MATHS = (
    "Soit f une fonction continue sur [0, 1] et à valeurs dans [0, 1].",
    "Elle admet donc un point fixe d'après le théorème des valeurs intermédiaires appliqué à f(x) - x.",
)
RUSSIAN_MEDICINE = (
    "Больной 45 лет поступил с жалобами на боль в эпигастрии; при посеве выделен Helicobacter pylori.",
    "Назначена эрадикационная терапия на 14 дней с последующим контролем через месяц после её окончания.",
)
RUSSIAN_MATHS = (
    "Пусть последовательность монотонно возрастает и ограничена сверху.",
    "Следовательно, она имеет предел, равный точной верхней грани множества её значений.",
)
CHINESE_MEDICINE = (
    "患者男性，62岁，突发胸痛两小时，心电图示前壁导联ST段抬高，肌钙蛋白明显升高。",
    "应立即行急诊冠状动脉造影，并给予阿司匹林和替格瑞洛双联抗血小板治疗。",
)
CHINESE_LAW = (
    "合同成立后，因不可归责于双方当事人的事由，履行合同对一方明显不公平。",
    "受不利影响的一方可以与对方重新协商；协商不成的，可以请求人民法院变更或者解除合同。",
)
JAPANESE_MEDICINE = (
    "患者は七十歳の女性で、転倒してから股関節の痛みが続き、立ち上がることができない。",
    "大腿骨頸部骨折を疑い、まず単純エックス線写真を二方向で撮影する。",
)
JAPANESE_MATHS = (
    "関数は閉区間で連続であり、開区間で微分可能であるとする。",
    "したがって平均値の定理により、両端を結ぶ直線と平行な接線が存在する。",
)
ARABIC_MEDICINE = (
    "حضر المريض وهو يشكو من عطش شديد وكثرة التبول منذ أسبوعين، وكان مستوى السكر في الدم مرتفعا.",
    "لذلك يجب قياس الأجسام الكيتونية في الدم لاستبعاد الحماض الكيتوني السكري.",
)
ARABIC_LAW = (
    "أبرم الطرفان عقد بيع ولم يسلم البائع المبيع في الموعد المتفق عليه.",
    "يحق للمشتري أن يطلب التنفيذ العيني أو فسخ العقد مع التعويض.",
)

# (expert text before and after, the steps)
GOOD: list[tuple[tuple[str, str], tuple[str, ...]]] = [
    (
        METFORMIN,
        (
            "What does a falling filtration rate mean for a drug that leaves the body unchanged through the kidney?",
            "Metformin is not metabolised; it is cleared by tubular secretion, and it accumulates below an eGFR of 45.",
            "Accumulation raises the risk of lactic acidosis, but above 30 a halved dose is still accepted, so 38 fits.",
        ),
    ),
    (METFORMIN, ("Type 2 diabetes, type 2 kidney trouble on top: which of his tablets depend on the kidney?",)),
    (
        METFORMIN,
        (
            "Is stopping better than reducing?",
            "The limit for stopping is an eGFR of 30 ml/min/1.73 m².",
            "38 > 30. Reduce, then.",
        ),
    ),
    (
        POTASSIUM,
        (
            "Which danger comes first, the number or the heart?",
            "Calcium stabilises the membrane of the myocyte within minutes and leaves the serum level as it is.",
            "Insulin shifts K⁺ into the cell, yet needs 15 to 30 minutes; so it cannot come first.",
        ),
    ),
    (POTASSIUM, ("β₂-agonists act as well, but μg doses by mouth are too weak; α-blockade plays no part.",)),
    (
        POTASSIUM,
        ("I cannot exclude a haemolysed sample. Still, tall T waves make that unlikely, and waiting would be unsafe.",),
    ),
    (
        HERNIA,
        (
            "Above the ligament or below it?",
            "The femoral canal lies below and lateral to the tubercle, the superficial inguinal ring above and medial.",
            "A saphena varix lies there too; it would vanish on lying down.",
        ),
    ),
    (
        HERNIA,
        (
            "The passage of stool and wind has to be asked about: obstruction would change the plan.",
            "You feel for a cough impulse, and if there is none, the neck is tight.",
        ),
    ),
    (
        CONTRACT,
        (
            "When does an acceptance take effect, on posting or on arrival?",
            "Under the postal rule an acceptance is complete when it is posted; a revocation must arrive.",
            "Posted on the 5th, arrived on the 6th: the later one loses.",
        ),
    ),
    (CONTRACT, ("Of course the rule can be excluded by the terms of the offer. Nothing of the kind is said here.",)),
    (
        COPYRIGHT,
        (
            "Does the author lose control when he hands the manuscript over?",
            "Moral rights stay with the author; only rights of use are granted.",
            "So the author may license, not alienate.",
        ),
    ),
    (
        TREATY,
        (
            "If the text is clear, may one look further at all?",
            "Article 32 of the Vienna Convention admits the travaux only to confirm or where the result is absurd.",
        ),
    ),
    (
        TREATY,
        (
            "The question is whether silence in the text counts as ambiguity; I doubt it.",
            "Good faith limits how far a literal reading may go.",
        ),
    ),
    (
        PRIMES,
        (
            "What can divide a number that is one more than a multiple of everything?",
            "Every integer greater than 1 has a prime divisor.",
            "If p_i divided N, it would divide N - p_1 p_2 ... p_k = 1, which no prime does.",
        ),
    ),
    (PRIMES, ("Is N itself prime? Not needed: 2·3·5·7·11·13 + 1 = 30031 = 59·509.",)),
    (
        INTEGRAL,
        (
            "A product of a polynomial and an exponential: which factor gets simpler when differentiated?",
            r"Take $u = x$ and $dv = e^x\,dx$, so that $du = dx$ and $v = e^x$.",
            r"As a check, the integrand is at most $e x$ on the interval, so the value lies below \[ e/2 \approx 1.36. \]",
        ),
    ),
    (INTEGRAL, (r"Parts, with $u = x$: then only the exponential is left, and $$\int_0^1 e^x\,dx = e - 1$$",)),
    (
        GROUP,
        (
            "How many Sylow 5-subgroups can there be?",
            "n_5 divides 3 and is congruent to 1 mod 5, so n_5 = 1; n_3 divides 5 and is congruent to 1 mod 3, so n_3 = 1.",
            "Order 21 would behave otherwise: 7 is congruent to 1 mod 3.",
        ),
    ),
    (GROUP, ("gcd(3, 5 - 1) = 1, hence no non-trivial action exists and every group of this order is abelian.",)),
    (
        GERMAN_MEDICINE,
        (
            "Spricht etwas für eine Beteiligung der Nieren?",
            "Fieber und Flankenschmerz fehlen, also bleibt die Infektion auf die Blase beschränkt.",
            "Bei einer Schwangerschaft wäre die Lage anders; danach muss man noch fragen.",
        ),
    ),
    (
        GERMAN_LAW,
        (
            "Reicht der Mangel allein, oder muss der Käufer dem Verkäufer noch eine Gelegenheit geben?",
            "Nach § 323 Abs. 1 BGB setzt der Rücktritt eine angemessene Frist zur Nacherfüllung voraus.",
            "Entbehrlich ist sie nur in den Fällen der §§ 323 Abs. 2, 440 BGB, und dafür ist nichts ersichtlich.",
        ),
    ),
    (
        FRENCH_MEDICINE,
        (
            "Faut-il attendre la troponine avant de décider ?",
            "Le sus-décalage persistant signe une occlusion coronaire aiguë ; le dosage n'y changerait rien.",
            "La dissection aortique reste à écarter, surtout si les pouls sont asymétriques.",
        ),
    ),
    (
        FRENCH_MATHS,
        (
            "Quelle fonction auxiliaire s'annule exactement aux points cherchés ?",
            "Posons g(x) = f(x) - x : on a g(0) ≥ 0 et g(1) ≤ 0.",
        ),
    ),
    (
        RUSSIAN_MEDICINE,
        (
            "Какая схема подойдёт, если устойчивость к кларитромицину в регионе высока?",
            "Квадротерапия с висмутом: ИПП, тетрациклин, метронидазол (500 mg) и висмут.",
            "Контроль нужен не раньше чем через четыре недели, иначе тест на Helicobacter pylori ложноотрицателен.",
        ),
    ),
    (
        RUSSIAN_MATHS,
        (
            "Чем ограничить последовательность снизу, если известна только верхняя грань?",
            r"По определению супремума для любого ε > 0 найдётся член $x_n > \sup x_k - \varepsilon$.",
        ),
    ),
    (
        CHINESE_MEDICINE,
        (
            "先溶栓还是直接介入？",
            "发病在十二小时以内，并且能在九十分钟内完成PCI时，介入优于溶栓。",
            "还要排除主动脉夹层：双上肢血压是否对称？",
        ),
    ),
    (
        CHINESE_LAW,
        (
            "这里是情势变更还是不可抗力？",
            "不可抗力使履行成为不可能，情势变更只使履行显失公平。",
            "商业风险不在此列，因此需要先判断变化是否可以预见。",
        ),
    ),
    (
        JAPANESE_MEDICINE,
        (
            "転倒のあとに立てないとき、まず何を見逃してはいけないか。",
            "高齢女性では骨粗鬆症が背景にあり、わずかな外力でも骨折が起こる。",
            "写真で線がはっきりしなければ、MRIで確かめる必要がある。",
        ),
    ),
    (
        JAPANESE_MATHS,
        (
            "どの補助関数を取れば、両端の値がそろうだろうか。",
            "両端の値が等しければロルの定理が使え、内部で微分係数が零になる点がある。",
        ),
    ),
    (
        ARABIC_MEDICINE,
        (
            "هل هذا سكري من النوع الأول أم من النوع الثاني؟",
            "العطش وكثرة التبول ينتجان عن إدرار أسموزي سببه الجلوكوز في البول.",
            "لا بد من قياس درجة الحموضة أيضا قبل استبعاد الحماض.",
        ),
    ),
    (
        ARABIC_LAW,
        (
            "ما الذي يستطيع المشتري أن يطلبه قبل أن يلجأ إلى الفسخ؟",
            "الأصل هو التنفيذ العيني متى كان ممكنا، والإعذار شرط للتعويض.",
        ),
    ),
    (
        ("", "Huntington's disease is caused by an expanded CAG repeat: CAG CAG CAG CAG CAG CAG in tandem."),
        ("What happens to a protein when one residue is repeated?", "CAG codes for glutamine, so the tract lengthens."),
    ),
]


@pytest.fixture(params=range(len(GOOD)), ids=lambda index: f"good{index}")
def good(request: pytest.FixtureRequest) -> Thinking:
    (before, target), steps = GOOD[request.param]
    return make_thinking(*steps, before=before + " ", target=target)


HOSTILE = {
    "nothing": "",
    "spaces": " \n\t" * 300_000,
    "one_letter": "a" * 1_000_000,
    "one_zero": "0" * 1_000_000,
    "zeros": "0 " * 500_000,
    "a_the": "the " * 250_000,
    "long_words": " ".join(f"{'x' * 40}{i}" for i in range(20_000)),
    "distinct": " ".join(f"w{i}" for i in range(130_000)),
    "the_text": "the text, " * 100_000,
    "the_question": "the question contains the " * 40_000,
    "cannot": "I cannot provide " * 60_000,
    "open_tags": "<" * 1_000_000,
    "open_tags_spaced": "< " * 500_000,
    "pipes": "<|" * 500_000,
    "dollars": "$" * 1_000_000,
    "dollar_pairs": "$x" * 500_000,
    "apostrophes": "a'" * 500_000,
    "marks": "e\u0301\u0327" + "\u0301\u0327" * 300_000,
    "one_han": "\u4e00" * 300_000,
    "han": "".join(chr(0x4E00 + i % 20_000) for i in range(300_000)),
    "mixed_scripts": "\u4e00a\u0431" * 200_000,
    "cyrillic": "\u0431\u0435\u0433 " * 200_000,
    "surrogates": "\ud800\udfff" * 100_000,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 " * 50_000,
    "rtl": "\u202e\u0627\u0644" * 100_000,
    "nul": "\x00" * 500_000,
    "lines": "\n".join("ab" for _ in range(300_000)),
    "sentences": ". ".join("ab cd ef gh" for _ in range(80_000)),
}


@pytest.fixture(params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]
