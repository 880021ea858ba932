"""mentions: tokens -> where entities are named, and which. Knows no relations.

All names stand in one Aho-Corasick automaton, each word wrapped in spaces, so that only whole words match and
neighbours share none. Of names that overlap the first counts, of those that begin together the longest. English
plurals count too ("skin diseases", "disorders of mental health"), unless they are names of their own.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from thinkaug.claims.tokens import Tokens, split

_MOST_NAME_TOKENS = 40
_SHORT_CHARS = 3
_HEADS_END = (" of ", " in ", " with ", " without ", " due to ", " by ", " from ")


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `first` up to `end` name the entities; more than one where the name is ambiguous."""

    first: int
    end: int
    entities: tuple[str, ...]


class Names:
    """All names of the entities.

    Args:
        names: (name, id of its entity); an ambiguous one once for each.
        plain: whether a word is one of the language: it alone is no name, unless as an abbreviation in capitals.
    """

    def __init__(self, names: Iterable[tuple[str, str]], plain: Callable[[str], bool]) -> None:
        found: dict[str, dict[str, None]] = {}
        self._capitals: dict[str, dict[str, None]] = {}
        for name, entity in names:
            words = split(name).words
            if not 0 < len(words) <= _MOST_NAME_TOKENS or not any(map(str.isalpha, "".join(words))):
                continue
            alone = words[0] if len(words) == 1 else ""
            capitals = name.isupper() and len(alone) > 1
            if capitals and (len(alone) <= _SHORT_CHARS or plain(alone)):
                self._capitals.setdefault(name, {})[entity] = None
            elif not (alone and plain(alone)):
                found.setdefault(" ".join(words), {})[entity] = None
        plurals: dict[str, dict[str, None]] = {}
        for name, entities in found.items():
            for plural in _plurals(name):
                if plural not in found:
                    plurals.setdefault(plural, {}).update(entities)
        found |= plurals
        self._short = frozenset(split(name).words[0] for name in self._capitals)
        self._entities = [tuple(entities) for entities in found.values()]
        self._automaton = AhoCorasick(
            [f" {name.replace(' ', '  ')} " for name in found],
            MatchKind.LeftmostLongest,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )

    def find(self, text: str, tokens: Tokens) -> list[Mention]:
        """The mentions in the tokens of `text`, in order; none overlaps another."""
        words = tokens.words
        joined = f" {'  '.join(words)} "
        matches = self._automaton.find_matches_as_indexes(joined)
        found = []
        if matches:
            places = list(accumulate((len(word) + 2 for word in words), initial=0))
            for pattern, start, end in matches:
                first = bisect_left(places, start)
                found.append(Mention(first, bisect_left(places, end, first), self._entities[pattern]))
        return found if self._short.isdisjoint(words) else self._with_capitals(text, tokens, found)

    def _with_capitals(self, text: str, tokens: Tokens, found: list[Mention]) -> list[Mention]:
        taken = {index for mention in found for index in range(mention.first, mention.end)}
        for index, word in enumerate(tokens.words):
            if word in self._short and index not in taken:
                written = text[tokens.starts[index] : tokens.ends[index]]
                if entities := self._capitals.get(written.removesuffix("'s")):
                    found.append(Mention(index, index + 1, tuple(entities)))
        return sorted(found, key=lambda mention: mention.first)


def _plurals(name: str) -> Iterator[str]:
    """The name with its last word as a plural, and with its head before "of" and the like."""
    yield from _with_plural(name, len(name))
    cut = min((at for part in _HEADS_END if (at := name.find(part)) > 0), default=0)
    if cut:
        yield from _with_plural(name, cut)


def _with_plural(name: str, end: int) -> Iterator[str]:
    head, rest = name[:end], name[end:]
    last = head.rpartition(" ")[2]
    if len(last) <= _SHORT_CHARS or not last.isalpha():
        return
    if last.endswith("sis"):
        yield f"{head[:-2]}es{rest}"
    elif last.endswith("y") and last[-2] not in "aeiou":
        yield f"{head[:-1]}ies{rest}"
    elif last.endswith(("us", "x", "ch", "sh")):
        yield f"{head}es{rest}"
    elif not last.endswith("s"):
        yield f"{head}s{rest}"
