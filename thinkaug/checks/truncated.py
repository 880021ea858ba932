"""truncated: the model was cut off, or the last step stops in the middle of a sentence. Looks at no other step.

Balanced tags do not prove completeness: a constrained or repaired reply closes its tags wherever it was stopped.
"""

from collections.abc import Sequence

import regex  # type: ignore[import-untyped,unused-ignore]

from thinkaug.checks import Check
from thinkaug.records import Thinking

_TAIL_CHARS = 300
_CLOSERS = regex.compile(r"[\s\p{Pe}\p{Pf}\p{Pi}\p{Cf}\"'*_`~$]")
_NOTE = regex.compile(r"(?:\[\d{1,4}(?:\s?[,;\u2013-]\s?\d{1,4})*\]|[⁰¹²³⁴-⁹]+)$")  # "in adults.[3]", "in adults.³"
# A sentence ends with any mark that Unicode calls a sentence terminal, or trails off; Greek asks with ";"; Thai and Lao
# have no mark at all.
_END = regex.compile(r"(?:[\p{STerm}…⋯؛‥｡]|(?:[\p{Greek}]\p{M}*);|[\p{Thai}\p{Lao}]\p{M}*)$")
_OPEN_ENDED = regex.compile(
    r"\b(?:e\.\s?g|i\.\s?e|cf|viz|vs|approx|resp|incl|Dr|Prof|Mr|Mrs|Fig|Figs|Eq|Eqs|z\.\s?B|bzw|d\.\s?h|vgl|u\.\s?a|\u0442\.\s?\u0435|напр)\.$",
    regex.IGNORECASE,
)
_DISPLAY = regex.compile(
    r"(?:\\\]|\\end\{[^{}]{1,40}\}|\$\$|```)$"
)  # the end of a displayed formula or of a code block


def truncated(*, mid_sentence: bool = True, also_ends: Sequence[str] = ()) -> Check:
    """A check for thinking that was cut off.

    Reasons: `truncated` (the finish reason is `length`), `unfinished` (the last step ends without terminal punctuation
    of any script, or with an abbreviation that wants a continuation).

    Args:
        mid_sentence: whether to look for `unfinished` at all.
        also_ends: further strings with which a last step may end, such as "✓" or "QED".
    """
    more = tuple(end for end in also_ends if end)

    def check(thinking: Thinking) -> str:
        if thinking.finish == "length":
            return "truncated"
        if not mid_sentence or not thinking.steps:
            return ""
        last = thinking.steps[-1].text
        return "" if _finished(last) or (more and last.rstrip().endswith(more)) else "unfinished"

    return check


def _finished(text: str) -> bool:
    tail = text.rstrip()[-_TAIL_CHARS:]
    if not tail:  # nothing was begun; that is a matter of length
        return True
    if display := _DISPLAY.search(tail):
        mark = display[0]
        return mark not in ("$$", "```") or text.count(mark) % 2 == 0
    tail = _NOTE.sub("", tail)
    end = len(tail)
    while end and _CLOSERS.match(tail, end - 1):
        end -= 1
    return bool(_END.search(tail[:end])) and not _OPEN_ENDED.search(tail[:end])
