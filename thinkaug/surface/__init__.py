"""surface: a text -> how many words, lines, sentences and repetitions it has. Knows nothing of any rule on them.

All sizes are in characters (code points). A word is what a tokenizer for English prose would make of the text:

- The text is cut at spaces. Brackets, quotes, commas, dashes, symbols and the like are words of their own at either end
  of what is left, and so are currency signs before it, 's and n't after it, a unit after a number ("5mg").
- A full stop is cut off after a small letter, a digit, two capitals or punctuation; not after a common abbreviation
  ("e.g.") nor after an initial ("J."). Dots in a row are one word.
- Inside, it is cut at hyphens, commas, colons, slashes and dashes between letters; web and mail addresses stay whole.
- Each letter of a script without spaces between words (Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar, Tibetan) is a
  word, with its marks: bounds on the length of words and on common words have to be set anew there.

Words are told apart with their case.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # numpy and the compiled kernels are imported when a text is looked at, not when a rule is named
    import numpy as np
    from numpy.typing import NDArray

UNITS = (
    *("km", "km\u00b2", "m", "m\u00b2", "m\u00b3", "dm", "cm", "cm\u00b2", "mm", "nm"),
    *(
        "\u00b5m",
        "ha",
        "yd",
        "in",
        "ft",
        "kg",
        "g",
        "mg",
        "\u00b5g",
        "t",
        "lb",
        "oz",
        "m/s",
        "km/h",
        "kmh",
        "mph",
        "hPa",
        "Pa",
        "mbar",
    ),
    *("kB", "KB", "kb", "mb", "MB", "gb", "GB", "tb", "TB", "T", "G", "M", "K"),
)
ABBREVIATIONS = (
    *("a.m.", "p.m.", "e.g.", "E.g.", "i.e.", "I.e.", "vs.", "v.s.", "co.", "Co.", "Corp.", "Inc.", "Ltd.", "Bros."),
    *("Dr.", "Mr.", "Mrs.", "Ms.", "Messrs.", "Prof.", "Ph.D.", "Rev.", "St.", "Jr.", "Sr.", "Gen.", "Gov.", "Adm."),
    *("Rep.", "Sen.", "Jan.", "Feb.", "Mar.", "Apr.", "Jun.", "Jul.", "Aug.", "Sep.", "Sept.", "Oct.", "Nov.", "Dec."),
    *(f"{letter}." for letter in "abcdefghijklmnopqrstuvwxyz"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text.

    Args:
        hashes: uint64 (words,).
        ends: int64 (words + 1,), their lengths added up, from 0 on.
        starts: int32 (words,), where they begin.
        kinds: uint8 (words,), flags of `thinkaug.surface.words`.
        spoken: how many are more than punctuation and symbols.
        spoken_chars: the lengths of those.
        lettered: how many have a letter.
    """

    hashes: "NDArray[np.uint64]"
    ends: "NDArray[np.int64]"
    starts: "NDArray[np.int32]"
    kinds: "NDArray[np.uint8]"
    spoken: int
    spoken_chars: int
    lettered: int

    def __len__(self) -> int:
        """How many."""
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text that are not blank.

    Args:
        places: int32 (lines, 5), see `thinkaug.surface.lines.find_lines`.
        hashes: uint64 (lines,).
        sizes: int64 (lines,), without the spaces at their ends.
        kinds: uint8 (lines,), flags of `thinkaug.surface.lines`: how they end.
        total: how many lines there are, blank ones too.
        breaks: how many breaks between lines there are.
    """

    places: "NDArray[np.int32]"
    hashes: "NDArray[np.uint64]"
    sizes: "NDArray[np.int64]"
    kinds: "NDArray[np.uint8]"
    total: int
    breaks: int

    def __len__(self) -> int:
        """How many are not blank."""
        return len(self.places)


class Surface:
    """What the rules look at, each part made when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _characters(self) -> Any:
        from thinkaug.surface.characters import characters, code_points
        from thinkaug.surface.words import flags_of

        codes = code_points(self.text)
        return codes, flags_of(codes, characters())

    @cached_property
    def words(self) -> Words:
        """The words."""
        from thinkaug.surface.cutting import find_words
        from thinkaug.surface.words import describe_words

        codes, flags = self._characters
        starts, ends = find_words(codes, flags, _hashes(UNITS), _hashes(ABBREVIATIONS))
        hashes, added, kinds, spoken, spoken_chars, lettered = describe_words(codes, flags, starts, ends)
        return Words(hashes, added, starts, kinds, spoken, spoken_chars, lettered)

    def present(self, wanted: tuple[str, ...]) -> int:
        """How many of those different words the text has at least once."""
        from thinkaug.surface.words import count_present

        return count_present(self.words.hashes, _hashes(wanted))

    @cached_property
    def lines(self) -> Lines:
        """The lines."""
        from thinkaug.surface.lines import describe_lines, find_lines

        codes, flags = self._characters
        places, total, breaks = find_lines(codes, flags)
        return Lines(places, *describe_lines(codes, flags, places), total, breaks)

    def beginning(self, points: tuple[int, ...]) -> int:
        """How many lines begin with one of those code points."""
        import numpy as np

        from thinkaug.surface.lines import count_beginning

        return count_beginning(self._characters[0], self.lines.places, np.array(points, np.uint32))

    @cached_property
    def repeated_lines(self) -> tuple[int, int]:
        """How many lines were there before, and their characters."""
        from thinkaug.surface.repeats import repeated

        return repeated(self.lines.hashes, self.lines.sizes)

    @cached_property
    def repeated_paragraphs(self) -> tuple[int, int, int]:
        """How many paragraphs were there before, their characters, and how many there are."""
        from thinkaug.surface.lines import hash_paragraphs
        from thinkaug.surface.repeats import repeated

        hashes, sizes = hash_paragraphs(self.lines.places, self.lines.hashes)
        return (*repeated(hashes, sizes), len(hashes))

    @cached_property
    def sentences(self) -> "NDArray[np.int32]":
        """How many sentences each line that is not blank has, int32 (lines,)."""
        from thinkaug.surface.lines import count_sentences

        return count_sentences(self.lines.places, self.words.starts, self.words.kinds)

    @cached_property
    def _running(self) -> "NDArray[np.uint64]":
        from thinkaug.surface.repeats import running

        return running(self.words.hashes)

    def top_gram(self, n: int) -> tuple[int, int]:
        """How often the commonest n-gram of words comes, and the characters it takes, a space between its words."""
        from thinkaug.surface.repeats import top_gram

        return top_gram(self._running, self.words.ends, n)

    def repeated_grams(self, n: int) -> int:
        """The characters in n-grams of words that were there before, none counted twice."""
        from thinkaug.surface.repeats import repeated_grams

        return repeated_grams(self._running, self.words.ends, n)


@lru_cache(maxsize=2)  # the rules look at one text after the other; the second is it without its citations
def surface(text: str) -> Surface:
    """The surface of a text, the same for all rules that look at it in a row."""
    return Surface(text)


@lru_cache(maxsize=64)
def _hashes(words: tuple[str, ...]) -> "NDArray[np.uint64]":
    import numpy as np

    from thinkaug.surface.characters import code_points
    from thinkaug.surface.words import hash_of

    return np.unique(np.array([hash_of(code_points(word), 0, len(word)) for word in words], np.uint64))
