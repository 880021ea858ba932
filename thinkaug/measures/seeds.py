"""seeds: a passage of expert text -> how procedural it is, from 0 (says what is so) to 1 (says how something is done).

That what trains reasoning is procedure, met in many documents, is the finding of arXiv 2411.12580; the score by wording
and layout, below, is ours. English only: of a text in another language it says next to nothing. Knows no records.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping

_GROUPS: Mapping[str, str] = {
    "duty": "ensure must necessary need needs require required requires shall should",
    "condition": "after again before else if otherwise then unless until upon when whenever while",
    "means": "algorithm by method procedure process step steps use used uses using via with",
    "inference": (
        "assume because choose conclude consider denote finish finishes follows hence holds implies let "
        "obtain proof proofs prove proves proving show shows since suffices suppose thus therefore whence"
    ),
    "care": (
        "antibiotics avoid biopsy diagnose diagnosed diagnosis doctor dose drug drugs exam examine give given "
        "injection injections medication medications medicine medicines monitor prescribe prescribed prevent "
        "provider recommend recommended surgery take test tests therapy treat treated treatment treatments"
    ),
    "experiment": (
        "added administered analysed analyzed applied calculated carried collected computed conducted "
        "estimated excluded extracted followed incubated injected measured obtained performed randomly "
        "recorded selected washed"
    ),
    "office": (
        "application apply applies commissioner court days determination director file filed filing finding "
        "grant hearing inform issue mayor notice notify order petition request review submit submitted within "
        "written"
    ),
    "we": "i me my our us we you your",
    "to be": "am are be been had has have is was were",
    "definition": (
        "called class classes defined definition known mean meaning means named refer refers term terms type types"
    ),
    "frequency": (
        "about approximately common commonly few frequently generally less likely many more most often "
        "percent rare rarely several some sometimes typically usually"
    ),
    "account": (
        "although associated cause caused causes disorder evidence found however including institute observed "
        "people research result results studies study suggest support supports symptoms"
    ),
    "reason": "avoid better bug change design different easier goal important issue motivation not possible risk would",
}
_GROUP = {word: place for place, words in enumerate(_GROUPS.values()) for word in words.split()}
_WORD = re.compile(r"[a-z]+")
_BEGINNING = re.compile(r"(?:\n[ \t]*|[.!?:;] {1,3})(?:[-*\u2022][ \t]+|\(?(?:\d{1,2}|[a-z])[.)][ \t]+)?([a-z]+)")
_DO_WORDS = (
    "add adjust apply ask assume avoid begin bring buy calculate call check choose collect combine compare "
    "compile compute configure confirm connect consider convert copy count create define delete determine "
    "divide draw enter estimate exclude execute factor fill find follow get give go identify insert install "
    "integrate keep let list load look make measure mix monitor move multiply note open place press proceed "
    "put read record remove repeat replace return rewrite run select send set simplify solve split square "
    "start stop store submit substitute subtract sum take talk teach test treat try use verify wait wash write"
)
_DO = frozenset(_DO_WORDS.split())
_ORDER_WORDS = (
    "afterwards after before by finally first hence if next once otherwise second since so suppose then "
    "therefore third thus to unless until upon using when whence whenever"
)
_ORDER = frozenset(_ORDER_WORDS.split())
# All that is looked for in lines begins with a line feed, for which a search can skip ahead.
_NUMBERED = re.compile(r"\n[ \t]*(?:\d{1,2}[.)] |step \d)")
_STATEMENT = re.compile(
    r"\n[ \t]*[\w.\[\]]+(?:, ?[\w.]+)* [+\-*/]?= "
    r"|\n[ \t]+(?:(?:return|yield|for|while|if|elif|else|with|try|except|assert|raise)\b|[\w.]+\()"
)
_DECLARED = re.compile(r"\n[ \t]*(?:from |import |class |def |#|//|%|@|\\usepackage|\\def|\w+ ?: )")
_STATED = re.compile(r"\\begin\{(?:lem|theorem|thm|cor|prop|def|remark|eg)")
_BY_DOING = re.compile(r" by (?:\w+ly )?\w+ing\b")
_PURPOSE = re.compile(
    r" to (?:avoid|calculate|check|compute|determine|ensure|find|help|prevent|reduce|see|show|test)\b"
)
_NUMBER = re.compile(r"\d[\d.,%]*")
_DATES = ("18", "19", "20")

WEIGHTS: Mapping[str, float] = {
    "duty": 2.2,
    "condition": 0.6,
    "means": 1.4,
    "inference": 1.7,
    "care": 2.8,
    "experiment": 2.3,
    "office": 1.8,
    "we": 1.6,
    "to be": -1.8,
    "definition": -1.0,
    "frequency": -0.7,
    "account": -1.6,
    "reason": -1.1,
    "by doing": 1.5,
    "orders": 3.0,
    "order": 2.7,
    "numbered": 1.8,
    "statements": 2.9,
    "declarations": -2.4,
    "proof": 2.0,
    "stated": -2.5,
    "equations": 1.8,
    "years": -1.1,
}
"""Of the features, in their order. Logistic regression on half of the passages of tests/measures/seed_labels.tsv, drawn
towards weights that were set by hand, and held to their signs; mixed passages count half."""
BIAS = -1.3


def procedural(text: str) -> float:
    """How procedural a passage is by its wording, in [0, 1]; 0.5 stands between the two.

    `1 / (1 + exp(-(BIAS + sum of weight * feature)))`, over

    - shares of words: duty ("shall"), condition ("if"), means ("using"), inference ("hence"), care ("treat"),
      experiment ("measured"), office ("file"), we and you; against to be, definition ("called"), frequency ("often"),
      account ("symptoms") and reason ("design");
    - "by doing ..." and "to find ...", a word;
    - orders and order: sentences and items that begin with an imperative, or with a word that puts steps in order;
    - layout, a line: numbered items and statements of code, against declarations, comments and preambles;
    - proofs and equations a word, against statements of theorems and definitions, years and percentages.

    A rule of thumb by words: a fact in the form of an order counts as procedural. A text without a Latin letter is 0.
    """
    found = features(text)
    if not any(found) and not _WORD.search(text.lower()):
        return 0.0
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS.values(), found, strict=True))
    return 1 / (1 + math.exp(-total))


def features(text: str) -> tuple[float, ...]:
    """What the score is made of, in the order of `WEIGHTS`, each in [0, 1]."""
    lower = f"\n{text.lower()}"
    words = _WORD.findall(lower)
    if not words:
        return (0.0,) * len(WEIGHTS)
    counts = Counter(words)
    groups = [0] * len(_GROUPS)
    for word in counts.keys() & _GROUP.keys():
        groups[_GROUP[word]] += counts[word]
    beginnings = Counter(_BEGINNING.findall(lower))
    sentences = max(1, beginnings.total())
    lines = lower.count("\n")
    numbers = _NUMBER.findall(lower)

    def a_word(count: int, scale: int) -> float:
        return min(1.0, scale * count / len(words))

    return (
        *(a_word(count, 10) for count in groups),
        a_word(len(_BY_DOING.findall(lower)) + len(_PURPOSE.findall(lower)), 20),
        sum(beginnings[word] for word in beginnings.keys() & _DO) / sentences,
        sum(beginnings[word] for word in beginnings.keys() & _ORDER) / sentences,
        min(1.0, len(_NUMBERED.findall(lower)) / lines),
        min(1.0, (len(_STATEMENT.findall(lower)) + lower.count(");\n")) / lines),
        min(1.0, len(_DECLARED.findall(lower)) / lines),
        a_word(counts["proof"] + counts["qed"], 20),
        a_word(len(_STATED.findall(lower)), 40),
        a_word(lower.count("=") - 2 * lower.count("=="), 10),
        a_word(sum(n[-1] == "%" or (len(n) == 4 and n[:2] in _DATES) for n in numbers), 10),
    )
