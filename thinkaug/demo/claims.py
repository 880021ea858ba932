"""A recalled sentence -> the facts it claims, read back through the frames it was written with. Knows no model.

The frames are unambiguous, so reading is exact: a sentence that no frame makes claims nothing and is counted as unread.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from thinkaug.demo import wording_thoughts as frames
from thinkaug.demo.facts import Effect, World
from thinkaug.demo.names import fill, plural, standing

_SLOTS = ("x", "d", "k", "q", "n")
_MARK = "\0"


@dataclass(frozen=True, slots=True)
class Claim:
    """`subject relation object` by name; `effect` where the sentence says what the drug does in the disease."""

    relation: str
    subject: str
    object: str
    effect: Effect | None = None


def _patterns(choices: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """For every frame what it matches, with one subject and with several."""
    marks = {slot: _MARK + slot for slot in _SLOTS[1:]}
    sentences = [
        fill(frame, subjects, **marks) for frame in choices for subjects in ((_MARK + "x",), (_MARK + "x", ""))
    ]
    found = []
    for sentence in dict.fromkeys(sentences):
        pattern = re.escape(sentence.replace(f"{_MARK}x and ", f"{_MARK}x")).replace(re.escape(_MARK), _MARK)
        pattern = pattern.replace(f"a\\ {_MARK}k", f"an?\\ {_MARK}k").replace(f"{_MARK}ks", f"{_MARK}k")
        for slot in _SLOTS:
            pattern = pattern.replace(f"{_MARK}{slot}", f"(?P<{slot}>.+?)", 1)
        found.append(re.compile(pattern))
    return tuple(found)


_CHANGES, _EASES, _TREATS = map(_patterns, (frames.CHANGES, frames.EASES, frames.TREATS))
_NEIGHBOUR, _FORM, _PARENT_KIND = map(_patterns, (frames.NEIGHBOUR, frames.FORM, frames.PARENT_KIND))
_KIND, _FORM_KIND = map(_patterns, ((*frames.KIND, *frames.KIND_SEVERAL), frames.FORM_KIND))
_SISTER = _patterns(frames.SISTER)


class Reader:
    """Reads claims with the names of a world, and says which are true in it."""

    def __init__(self, world: World) -> None:
        """Take the names and the truth from `world`."""
        self._world = world

    def claims(self, sentence: str) -> tuple[Claim, ...]:
        """The claims of the sentence; none where no frame and known names make it."""
        return next((tuple(found) for found in self._readings(sentence) if found), ())

    def true(self, claim: Claim) -> bool:
        """Whether the world says so."""
        if claim.relation == "used_in":
            use = self._world.drugs[claim.subject]
            return use.disease == claim.object and claim.effect in (None, use.effect)
        place = self._world.diseases.get(claim.subject)
        if claim.relation == "form_of":
            return place is not None and place.parent == claim.object
        group = place.group if place else self._parents.get(claim.subject)
        return group == claim.object

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {place.parent: place.group for place in self._world.diseases.values()}

    @cached_property
    def _names(self) -> dict[str, str]:
        names = [*self._world.drugs, *self._world.diseases, *self._parents, *self._world.groups()]
        return {form.lower(): name for name in names for form in (name, standing(name))} | {
            plural(group).lower(): group for group in self._world.groups()
        }

    def _readings(self, sentence: str) -> Iterator[list[Claim]]:
        for slots in self._matches(_CHANGES, sentence):
            yield self._uses(slots["x"], slots["d"], "DM")
        for slots in self._matches(_EASES, sentence):
            yield self._uses(slots["x"], slots["d"], "SYM")
        for slots in self._matches(_TREATS, sentence):
            yield self._uses(slots["x"], slots["d"], None)
        for slots in self._matches(_NEIGHBOUR, sentence):
            yield self._uses(slots["n"], slots["d"], None)
        for slots in self._matches(_FORM_KIND, sentence):
            yield self._places("form_of", slots["x"], slots["q"]) + self._places("belongs_to", slots["x"], slots["k"])
        for slots in self._matches(_FORM, sentence):
            yield self._places("form_of", slots["x"], slots["q"])
        for slots in self._matches(_PARENT_KIND, sentence):
            yield self._places("belongs_to", slots["q"], slots["k"])
        for slots in self._matches(_SISTER, sentence):
            yield self._places("belongs_to", slots["n"], slots["k"])
        for slots in self._matches(_KIND, sentence):
            yield self._places("belongs_to", slots["x"], slots["k"])

    def _matches(self, patterns: tuple[re.Pattern[str], ...], sentence: str) -> Iterator[dict[str, str]]:
        return (match.groupdict() for pattern in patterns if (match := pattern.fullmatch(sentence)))

    def _uses(self, drugs: str, disease: str, effect: Effect | None) -> list[Claim]:
        return self._claims("used_in", drugs, disease, effect)

    def _places(self, relation: str, diseases: str, target: str) -> list[Claim]:
        return self._claims(relation, diseases, target, None)

    def _claims(self, relation: str, subjects: str, target: str, effect: Effect | None) -> list[Claim]:
        names = [self._names.get(name.lower()) for name in re.split(r", | and ", subjects)]
        found = self._names.get(target.lower())
        if found is None or any(name is None for name in names):
            return []
        kind_fits = (names[0] in self._world.drugs) == (relation == "used_in")
        return [Claim(relation, name, found, effect) for name in names if name] if kind_fits else []
