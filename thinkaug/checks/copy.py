"""copy: the thought gives its target away word for word. The measure is `measures.leakage.containment`."""

from thinkaug.checks import Check
from thinkaug.measures.leakage import containment
from thinkaug.records import Thinking
from thinkaug.words import words


def copy(
    *, n: int = 8, short_n: int = 5, short_words: int = 40, max_containment: float = 0.2, max_quoted: float = 0.5
) -> Check:
    """A check for thinking that copies the stretch it leads to.

    Reason: `copies_target`. What stands in the text before the thought may be repeated freely. The n-grams never have
    more words than the thought or the stretch has, so that a stretch of three words can be copied too.

    Args:
        n: words in an n-gram.
        short_n: words in an n-gram when the thought or the stretch has fewer than `short_words` words.
        short_words: see `short_n`.
        max_containment: the largest share of the thought's n-grams that may come from the stretch. Taken by us: eight
            words in a row are seldom shared by chance, and a fifth leaves room for the set phrases of a field.
        max_quoted: the largest share of the stretch's n-grams that may stand in the thought; else a long thought
            could hold a whole short stretch. Not looked at when the stretch has fewer than `short_n` words:
            a thought may name what a heading names.
    """

    def check(thinking: Thinking) -> str:
        thought, target, before = thinking.text, thinking.target, thinking.before
        longest = min(len(words(thought)), len(words(target)))
        size = min(longest, short_n if longest < short_words else n)
        if size < 1:
            return ""
        if (containment(thought, target, before, size) or 0.0) > max_containment:
            return "copies_target"
        if size >= short_n and (containment(target, thought, before, size) or 0.0) > max_quoted:
            return "copies_target"
        return ""

    return check
