"""c4: would enough sentences be left of the document after C4's cleaning? The document itself is never cut.

C4 (Raffel et al. 2020, JMLR 21-140, section 2.2) has two kinds of rules. Four drop lines: one that does not end in a
terminal mark, has fewer than three words, names Javascript, or speaks of cookies and terms of use; its code also drops
lines with a word of over 1,000 characters. Three drop documents: one with fewer than five sentences in the
lines that are left, one with `lorem ipsum`, one with a curly bracket. Here lines are only counted: a document that
would lose lines and keep enough sentences passes whole, since the expert's text is not ours to edit. As in C4's code,
what drops a document counts only in lines that end properly and are long enough: a bracket in a formula on a line of
its own drops nothing.

Left out: the list of bad words (medicine and law use them), and the removal of repeated three-sentence spans, which is
deduplication.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from thinkaug.quality import Bound, TextCheck
from thinkaug.surface import Lines, surface

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CITATION = re.compile(r"\[(?:\d*|edit|citation needed)\]")
_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


def c4(
    *,
    min_sentences: Bound = 5,
    min_line_words: Bound = 3,
    max_word_chars: Bound = 1000,
    terminal_mark: bool = True,
    page_phrases: Sequence[str] = ("lorem ipsum",),
    curly_bracket: bool = True,
    line_phrases: Sequence[str] = ("javascript",),
    policy_phrases: Sequence[str] = _POLICY,
) -> TextCheck:
    """A check for documents of which C4 would leave nothing.

    Reasons: `c4_placeholder` (one of `page_phrases`), `c4_curly_bracket`, `c4_too_few_sentences`. Citations such as
    `[1]` and `[edit]` are overlooked.

    Args:
        min_sentences: the fewest sentences in the lines that C4 would leave.
        min_line_words: a line of fewer words (runs between spaces) does not count.
        max_word_chars: nor does a line with a longer run between spaces.
        terminal_mark: whether a line counts only where it ends in a mark that ends a sentence, of any script, or in a
            closing quotation mark, and not in an ellipsis.
        page_phrases: phrases that drop the document, whatever their case; none switches the rule off.
        curly_bracket: whether `{` drops the document.
        line_phrases: a line with one of them does not count.
        policy_phrases: nor does a line with one of these; told apart since they come after the bracket.
    """
    pages, scripts, policies = _phrases(page_phrases), _phrases(line_phrases), _phrases(policy_phrases)
    braces = _phrases(("{",) if curly_bracket else ())

    def check(text: str) -> str:
        import numpy as np

        from thinkaug.surface.lines import ENDED, QUOTED, TRAILING

        bare = _CITATION.sub("", text) if "]" in text else text
        lowered = bare.lower()
        found = surface(bare)
        lines = found.lines
        counts = (lines.places[:, 3] >= min_line_words) & (lines.places[:, 4] <= max_word_chars)
        if terminal_mark:
            counts &= (lines.kinds & (ENDED | QUOTED) != 0) & (lines.kinds & TRAILING == 0)
        page = counts & _having(pages, bare, lowered, lines)
        counts &= ~_having(scripts, bare, lowered, lines)
        brace = counts & _having(braces, bare, lowered, lines)
        if page.any() and (not brace.any() or page.argmax() <= brace.argmax()):
            return "c4_placeholder"
        if brace.any():
            return "c4_curly_bracket"
        counts &= ~_having(policies, bare, lowered, lines)
        return "c4_too_few_sentences" if int(np.sum(found.sentences, where=counts)) < min_sentences else ""

    return check


class _Phrases(NamedTuple):
    lowered: tuple[str, ...]
    pattern: re.Pattern[str]


def _phrases(phrases: Sequence[str]) -> _Phrases:
    lowered = tuple(phrase.lower() for phrase in phrases if phrase)
    return _Phrases(lowered, re.compile("|".join(map(re.escape, lowered)), re.IGNORECASE))


def _having(phrases: _Phrases, text: str, lowered: str, lines: Lines) -> "NDArray[np.bool_] | np.bool_":
    """Which lines have one of the phrases; bool (lines,), or False for none. `lowered` says whether to search."""
    import numpy as np

    if not len(lines) or not any(phrase in lowered for phrase in phrases.lowered):
        return np.False_
    found = np.zeros(len(lines), np.bool_)
    places = [match.start() for match in phrases.pattern.finditer(text)]
    found[np.searchsorted(lines.places[:, 0], places, side="right") - 1] = True
    return found
