"""length: too short or too long, in words and against the stretch it leads to. Counts words as `measures.leakage` does:
runs of letters and digits, and in scripts without spaces two letters for one word.
"""

from thinkaug.checks import Check
from thinkaug.records import Thinking
from thinkaug.words import count_words


def length(
    *,
    min_words: int = 5,
    max_words: int = 1000,
    min_ratio: float = 0.02,
    max_ratio: float = 8.0,
    least_target_words: int = 20,
) -> Check:
    """A check for thinking of the wrong length, all its steps together.

    Reasons: `too_short`, `too_long`.

    Args:
        min_words: fewer words are too short, whatever the stretch.
        max_words: more words are too long, whatever the stretch.
        min_ratio: the fewest words of thought for each word of the stretch.
        max_ratio: the most words of thought for each word of the stretch.
        least_target_words: a shorter stretch counts as one of this many words for `max_ratio`: what leads to a heading
            or to a formula may well be longer than it.
    """

    def check(thinking: Thinking) -> str:
        thought = count_words(thinking.text)
        if thought < min_words:
            return "too_short"
        if thought > max_words:
            return "too_long"
        target = count_words(thinking.target)
        if thought < min_ratio * target:
            return "too_short"
        return "too_long" if thought > max_ratio * max(target, least_target_words) else ""

    return check
