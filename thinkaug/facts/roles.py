"""roles: the words that are more than their letters, by their hashes. Knows nothing of the texts they stand in."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.lexing.words import words_of

PLAIN = 0
NEGATION = 1
ARTICLE = 2  # nothing is stated by it, and a negation may stand in its place: "a cure", "no cure"
UNIT = 3
NUMBERED = 4  # a number, a letter or a Roman number after it names one of several: "type II", "vitamin K"
NEGATED = 5  # two words in one: "cannot"
AFFIRMATION = 6
NUMERAL = 7  # a Roman number

_WORDS = {
    NEGATION: "not no never none nor neither n't don't doesn't didn't nicht kein keine keinen keinem keiner keines "
    "nie niemals ne pas jamais non aucun aucune nunca ningún ninguna não nem mai nessun nessuna niet geen "
    "nooit inte ingen inget ikke не нет ни никогда без لا ليس ليست لم لن غير بدون لیس नहीं न 不 没 沒 無 无 非 "
    "未 别 別",
    ARTICLE: "a an the do does did ein eine einen einem einer eines un une una um uma een",
    AFFIRMATION: "yes oui ja sim نعم 是",
    UNIT: "kg g mg µg μg ug mcg ng pg l dl ml µl μl nl mol mmol µmol nmol pmol meq iu miu u unit units m cm mm "
    "µm nm km ft inch inches foot feet mile miles s sec second seconds min minute minutes h hr hrs hour "
    "hours day days week weeks month months year years decade decades century centuries ms pa kpa mpa "
    "mmhg bar atm hz khz mhz ghz v mv kv w kw mw j kj kcal cal ev kev gy mgy sv msv bq ci k c f ph bpm bp "
    "kb mb gb tb percent gram grams kilogram kilograms milligram milligrams microgram micrograms liter "
    "liters litre litres milliliter milliliters millilitre millilitres meter meters metre metres "
    "centimeter centimeters centimetre centimetres pound pounds lb lbs ounce ounces oz gallon gallons "
    "degree degrees thousand million billion trillion dollars euros "
    "毫 克 千 微 公 升 米 厘 小 分 秒 天 周 月 年 岁 歲 倍 万 萬 亿 億",
    NUMBERED: "type types stage grade class phase factor vitamin hepatitis group category level step part article "
    "section chapter title appendix figure table equation theorem lemma case schedule annex stadium typ "
    "typus grad tipo chromosome complex influenza streptococcus immunoglobulin apolipoprotein subtype",
    NUMERAL: "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx",
}
_NEGATED = {
    "without": "with", "cannot": "can", "can't": "can", "won't": "will", "isn't": "is", "aren't": "are",
    "wasn't": "was", "weren't": "were", "hasn't": "has", "haven't": "have", "hadn't": "had", "couldn't": "could",
    "shouldn't": "should", "wouldn't": "would", "mustn't": "must", "needn't": "need", "ain't": "is",
    "mayn't": "may", "mightn't": "might", "shan't": "shall", "nobody": "somebody", "nothing": "something",
    "ohne": "mit", "sans": "avec", "sin": "con", "sem": "com", "senza": "con", "zonder": "met",
}  # fmt: skip
_SLOTS = 2048


class Roles(NamedTuple):
    """A table, its size a power of two: `keys` uint64, 0 where free; `roles` uint8; `bases` uint64, for NEGATED."""

    keys: NDArray[np.uint64]
    roles: NDArray[np.uint8]
    bases: NDArray[np.uint64]


@cache
def roles() -> Roles:
    """The table, made once a process."""
    keys, kinds, bases = np.zeros(_SLOTS, np.uint64), np.zeros(_SLOTS, np.uint8), np.zeros(_SLOTS, np.uint64)

    def put(word: str, role: int, base: int) -> None:
        for value in words_of(word).hashes[:1]:
            slot = int(value) % _SLOTS
            while keys[slot] and keys[slot] != value:
                slot = (slot + 1) % _SLOTS
            if not keys[slot]:
                keys[slot], kinds[slot], bases[slot] = value, role, base

    for role, some in _WORDS.items():
        for word in some.split():
            put(word, role, 0)
    for word, base in _NEGATED.items():
        put(word, NEGATED, int(words_of(base).hashes[0]))
    return Roles(keys, kinds, bases)


@compiled
def slot_of(value: Any, keys: Any) -> Any:
    """Where a word stands in the table, or -1."""
    last = len(keys) - 1
    slot: Any = np.int64(value & np.uint64(last))
    while keys[slot] != 0:
        if keys[slot] == value:
            return slot
        slot = (slot + 1) & last
    return -1
