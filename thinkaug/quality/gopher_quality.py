"""gopher_quality: is this prose, by the counts of its words and lines? Knows nothing of repetition.

The rules are those of MassiveText, the data of Gopher (Rae et al. 2021, arXiv:2112.11446, section A1.1, "Quality
Filtering"). They were set for English web pages: elsewhere `common_words` have to be the language's own, and in
scripts without spaces, where a letter counts as a word, `min_mean_word_chars` has to be 0.
"""

from collections.abc import Sequence

from thinkaug.quality import Bound, TextCheck
from thinkaug.surface import surface

_COMMON_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")


def gopher_quality(
    *,
    min_words: Bound = 50,
    max_words: Bound = 100_000,
    min_mean_word_chars: Bound = 3,
    max_mean_word_chars: Bound = 10,
    max_hashes_per_word: Bound = 0.1,
    max_ellipses_per_word: Bound = 0.1,
    max_bullet_lines: Bound = 0.9,
    max_ellipsis_lines: Bound = 0.3,
    min_lettered_words: Bound = 0.8,
    min_common_words: Bound = 2,
    common_words: Sequence[str] = _COMMON_WORDS,
    bullets: Sequence[str] = ("\u2022", "-"),
) -> TextCheck:
    """A check for documents that are no prose.

    Reasons, in the order they are looked for: `gopher_too_few_words`, `gopher_too_many_words`, `gopher_short_words`,
    `gopher_long_words`, `gopher_hashes`, `gopher_ellipses`, `gopher_bullets`, `gopher_ellipsis_lines`,
    `gopher_few_lettered_words`, `gopher_few_common_words`.

    Args:
        min_words: the fewest words, those of punctuation and symbols only not counted.
        max_words: the most, counted likewise.
        min_mean_word_chars: the least mean length of such a word, in characters.
        max_mean_word_chars: the greatest.
        max_hashes_per_word: the most `#` for each word, punctuation counted.
        max_ellipses_per_word: the most `...` and `\u2026` for each word, punctuation counted.
        max_bullet_lines: the largest share of all lines, blank ones too, that begin with a bullet.
        max_ellipsis_lines: the largest share of all lines, blank ones too, that end in an ellipsis.
        min_lettered_words: the least share of words with a letter, punctuation counted among the words.
        min_common_words: how many different ones of `common_words` must occur, with that case.
        common_words: words that any text of the language has.
        bullets: the characters that a line of a list may begin with; of each the first counts.
    """
    points = tuple(ord(bullet[0]) for bullet in bullets if bullet)
    common = tuple(common_words)

    def check(text: str) -> str:
        import numpy as np

        from thinkaug.surface.lines import TRAILING

        found = surface(text)
        words, lines = found.words, found.lines
        count = len(words)
        if words.spoken < min_words:
            return "gopher_too_few_words"
        if words.spoken > max_words:
            return "gopher_too_many_words"
        if words.spoken_chars < min_mean_word_chars * words.spoken:
            return "gopher_short_words"
        if words.spoken and words.spoken_chars / words.spoken > max_mean_word_chars:
            return "gopher_long_words"
        if count and text.count("#") / count > max_hashes_per_word:
            return "gopher_hashes"
        if count and (text.count("...") + text.count("\u2026")) / count > max_ellipses_per_word:
            return "gopher_ellipses"
        if lines.total and found.beginning(points) / lines.total > max_bullet_lines:
            return "gopher_bullets"
        if lines.total and int(np.count_nonzero(lines.kinds & TRAILING)) / lines.total > max_ellipsis_lines:
            return "gopher_ellipsis_lines"
        if words.lettered < min_lettered_words * count:
            return "gopher_few_lettered_words"
        return "gopher_few_common_words" if found.present(common) < min_common_words else ""

    return check
