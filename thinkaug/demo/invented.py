"""Drugs that do not exist: World -> the same world with invented names in it. Knows nothing of texts.

A model that has only met real drugs learns them by heart and cannot copy a name it has never seen. Invented ones, new
in every round of training, teach it to copy, and to guess a disease of the class where it does not know the drug.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from thinkaug.demo.facts import Use, World
from thinkaug.demo.voice import Voice

_STARTS, _MIDDLES, _VOWELS, _ENDINGS, _SALTS = map(
    str.split,
    (
        "b br c cl d dr f fl g gl h k l m n p pr ph qu r s st t tr th v x z",
        "b c d f g l m n p r s t v x z ct ll mb nd nt ph rb rt st th tr",
        "a e i o u y ia io eu",
        """ine one ide ate ol an in ium ac am azole afil amide arin axin azepam cillin cycline dipine dronate etine
        fenac fibrate floxacin gliptin idine ipril kinra lukast mab mycin nib nitide olol oxane parin platin prazole
        profen sartan setron statin sterone tadine terol thiazide tidine triptan vir xaban zine zolam""",
        "acetate bromide chloride citrate furoate mesylate oxide phosphate propionate sodium sulfate tartrate",
    ),
)
_ACID_IN, _SALT_IN, _LEAD_IN, _CODE_IN = 0.05, 0.1, 0.03, 0.03
_SYLLABLE = re.compile(r"[^aeiouy]*[aeiouy]+")


def invent(world: World, count: int, taken: Collection[str], pieces: Sequence[str], voice: Voice) -> World:
    """The world with `count` invented drugs added, each in any one of the diseases.

    Args:
        world: what is known.
        count: how many drugs to add.
        taken: names that must not come out, whether the world has them or not.
        pieces: words whose parts go into some of the names, so that no part of a real name is strange to the model.
        voice: the source of chance.
    """
    real, forbidden = list(world.drugs), {*taken, *world.drugs}
    names: list[str] = []
    while len(names) < count:
        name = _name(real, pieces, voice)
        if name not in forbidden:
            forbidden.add(name)
            names.append(name)
    diseases = list(world.diseases)
    added = {name: _use(voice.one(diseases), world, voice) for name in names}
    return replace(world, drugs={**world.drugs, **added}, invented=frozenset(names))


def _use(disease: str, world: World, voice: Voice) -> Use:
    known = [world.drugs[drug].effect for drug in world.used_in(disease)]
    return Use(disease, voice.one(known or ["DM", "SYM"]))


def _name(real: Sequence[str], pieces: Sequence[str], voice: Voice) -> str:
    if voice.chance(_CODE_IN):
        return "".join(voice.one("ABCDGHKLMNPRSTVWXZ") for _ in range(2)) + str(voice.number(2, 999))
    way = voice.number(1, 3)
    stem = _crossed(real, voice) if way == 1 else _made_up(voice) if way == 2 else _pieced(pieces, voice)
    if voice.chance(_LEAD_IN):
        return f"{voice.one(pieces)[: voice.number(3, 5)]} {stem}"  # a part: it may be a real drug
    if voice.chance(_SALT_IN):
        return f"{stem} {voice.one(_SALTS)}"
    return f"{stem.rstrip('aeiou')}ic acid" if voice.chance(_ACID_IN) else stem


def _made_up(voice: Voice) -> str:
    body = "".join(voice.one(_VOWELS) + voice.one(_MIDDLES) for _ in range(voice.number(1, 3)))
    return voice.one(_STARTS) + body + voice.one(_ENDINGS)


def _pieced(pieces: Sequence[str], voice: Voice) -> str:
    """Parts of words, two to four letters each."""
    parts = []
    for _ in range(voice.number(2, 4)):
        word = voice.one(pieces)
        start = voice.number(0, len(word) - 3)
        parts.append(word[start : start + voice.number(2, 4)])
    return "".join(parts) + (voice.one(_ENDINGS) if voice.chance(0.5) else "")


def _crossed(real: Sequence[str], voice: Voice) -> str:
    """The beginning of one real name with the end of another."""
    front, back = (voice.one(real).split()[0] for _ in range(2))
    first, last = _SYLLABLE.findall(front), _SYLLABLE.findall(back)
    head = "".join(first[: voice.number(1, 2)])
    middle = voice.one(_MIDDLES) + voice.one(_VOWELS) if voice.chance(0.3) else ""
    tail = back[sum(map(len, last[: voice.number(1, 2)])) :] or voice.one(_ENDINGS)
    return (head + middle + tail).lower()
