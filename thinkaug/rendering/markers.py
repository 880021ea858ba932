"""What is put around thoughts and steps, as one table a style of markers. Knows nothing of texts and places."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from thinkaug.records import KINDS, Kind
from thinkaug.rendering.style import Markers, Style

END, TEXT, THOUGHT = 0, 1, 2  # what may follow a block of thoughts: nothing, expert text, another block

_BEFORE, _AFTER, _CLOSING = "<|thought_before|>", "<|thought_after|>", "<|thought_end|>"
_TOKENS: Mapping[Kind, str] = {kind: f"<|{kind}|>" for kind in KINDS}
_HEADINGS: Mapping[Kind, str] = {
    "self_talk": "### Self-talk\n\n",
    "recall": "### Recall\n\n",
    "verification": "### Verification\n\n",
    "lookup": "### Lookup\n\n",
    "observation": "### Observation\n\n",
    "prose": "### Thoughts\n\n",
}
_OF_A_SEARCH: tuple[Kind, ...] = ("lookup", "observation")


@dataclass(frozen=True, slots=True)
class Marks:
    """All that a style of markers puts in; in ASCII, so that characters are bytes.

    Args:
        opening: what begins a block of thoughts: first that of posteriors, then that of priors, each as it is in the
            middle of a line and at the beginning of one.
        before_step: kind of step -> what stands before it where a step goes before it, and where it is the first.
        after_step: kind of step -> what stands after it.
        closing: what ends a block before `END`, `TEXT` and `THOUGHT`.
        joined: whether adjoining markers are one span; if not, each is exactly one special token.
    """

    opening: tuple[tuple[str, str], tuple[str, str]]
    before_step: Mapping[Kind, tuple[str, str]]
    after_step: Mapping[Kind, str]
    closing: tuple[str, str, str]
    joined: bool = True


@cache
def marks_of(markers: Markers) -> Marks:
    """What this style of markers puts in."""
    return {"tags": _tags, "none": _none, "tokens": _tokens, "headings": _headings}[markers]()


def special_tokens(style: Style) -> tuple[str, ...]:
    """The special tokens that a tokenizer must be given for samples of this style; none unless `markers` is `tokens`.

    They are the same whichever kinds are shown and wherever thoughts stand: twins of a set that differ in these go
    through one tokenizer.
    """
    return (_BEFORE, _AFTER, _CLOSING, *_TOKENS.values()) if style.markers == "tokens" else ()


def _tags() -> Marks:
    # A search is no sentence of the thinker's: it can be told apart also where steps are not.
    opened = {kind: f"<{kind}>" if kind in _OF_A_SEARCH else "" for kind in KINDS}
    return Marks(
        opening=(("\n<thinking>\n", "<thinking>\n"),) * 2,
        before_step={kind: ("\n" + tag, tag) for kind, tag in opened.items()},
        after_step={kind: tag.replace("<", "</") for kind, tag in opened.items()},
        closing=("\n</thinking>\n",) * 3,
    )


def _none() -> Marks:
    return Marks(
        opening=(("\n", ""),) * 2,
        before_step=dict.fromkeys(KINDS, ("\n", "")),
        after_step=dict.fromkeys(KINDS, ""),
        closing=("\n",) * 3,
    )


def _tokens() -> Marks:
    return Marks(
        opening=((_AFTER, _AFTER), (_BEFORE, _BEFORE)),
        before_step={kind: (token, token) for kind, token in _TOKENS.items()},
        after_step=dict.fromkeys(KINDS, ""),
        closing=(_CLOSING,) * 3,
        joined=False,
    )


def _headings() -> Marks:
    return Marks(
        opening=(("\n\n", ""),) * 2,
        before_step={kind: ("\n\n" + heading, heading) for kind, heading in _HEADINGS.items()},
        after_step=dict.fromkeys(KINDS, ""),
        closing=("\n", "\n\n### Text\n\n", "\n\n"),
    )
