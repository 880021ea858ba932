"""Drafts and styles at random, with text that tries to be mistaken for markers or to upset offsets."""

from dataclasses import replace

from hypothesis import strategies as st

from thinkaug.records import KINDS, Draft, Passage, Placement, Thought
from thinkaug.rendering import SPAN_KINDS, Style, special_tokens

PIECES = [
    "\r\n",
    "\n",
    "\r",
    "\u2028",
    "\u2029",
    "\u00a8",
    "\u3028",
    "\u20a8",
    "e\u0301",
    "\u0301",
    "\U0001f469\u200d\U0001f52c",
    "\U00020000",
    "\u05d0\u202b",
    "\ufeff",
    "\x00",
    " ",
]
PIECES += ["<thinking>\n", "\n</thinking>\n", "</thinking>", "<recall>", "</recall>", "<|im_start|>", "{{ x }}", "text"]
PIECES += [*special_tokens(Style(markers="tokens")), "### Recall\n\n", "\n\n### Text\n\n"]
TEXT = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(codec="utf-8"), max_size=3), min_size=1, max_size=6
).map("".join)
WEIGHT = st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 0.1])
STYLES = st.builds(
    Style,
    placement=st.sampled_from(["strategy", "before", "after", "interleaved", "random"]),
    prior=st.sampled_from([0.0, 0.5, 0.5, 0.9, 1.0]),
    markers=st.sampled_from(["tags", "none", "tokens", "headings"]),
    kinds=st.sets(st.sampled_from(KINDS)).map(lambda kinds: tuple(sorted(kinds))),
    weights=st.dictionaries(st.sampled_from(SPAN_KINDS), WEIGHT).filter(lambda weights: weights.get("text", 1) > 0),
    seed=st.integers(0, 3),
)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Steps in the order of records, cuts below the end of a text that is not empty."""
    text = draw(TEXT.filter(bool)) * draw(st.sampled_from([1, 1, 1, 9, 40]))
    cuts = sorted(draw(st.sets(st.integers(0, len(text) - 1), max_size=3)))
    thoughts = [
        Thought(cut, candidate, draw(st.sampled_from(KINDS)), draw(TEXT), draw(st.sampled_from(["", "", "loop"])))
        for cut in cuts
        for candidate in range(draw(st.integers(0, 3)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    made = draft_of(text, *thoughts, cuts=tuple(cuts), placement=draw(st.sampled_from(["before", "after"])))
    return replace(made, passage=replace(made.passage, id=draw(st.sampled_from(["p", "q", "\u00e9"]))))


@st.composite
def odd_drafts(draw: st.DrawFn) -> Draft:
    """The same with steps in any order, cuts that the passage does not name or at its very end, and empty texts."""
    draft = draw(drafts())
    passage, thoughts = draft.passage, draw(st.permutations(draft.thoughts))
    if draw(st.booleans()):
        named = draw(st.lists(st.sampled_from([*passage.cuts, len(passage.text)]), unique=True))
        passage = replace(passage, cuts=tuple(sorted(named)))
    if draw(st.booleans()):
        thoughts = [*thoughts, Thought(len(passage.text), 0, draw(st.sampled_from(KINDS)), draw(st.just("") | TEXT))]
    if draw(st.integers(0, 9)) == 0:
        passage, thoughts = replace(passage, text="", cuts=(0,)), [replace(step, cut=0) for step in thoughts]
    return replace(draft, passage=passage, thoughts=tuple(thoughts))


def draft_of(text: str, *thoughts: Thought, cuts: tuple[int, ...] = (), placement: Placement = "before") -> Draft:
    """A draft of a passage called p."""
    return Draft(Passage("p", "d", 0, text, "", cuts, ""), "interleaved", "m", thoughts, (), placement)
