"""reasoning: the reply of a reasoning model -> what it thought, and what it answers. Knows nothing of models.

Such replies come in every state: the chat template has written the opening tag, so that only the closing one is there;
the reply is cut off in mid-thought; the thought speaks of the tag itself. What counts as a tag:

- A tag in quotation marks, brackets or backticks, or in a fenced block of code, is a mention.
- A thought begins where an opening tag stands at the start of a line. Where a closing tag comes before any of those,
  the thought began with the reply.
- It ends at the last closing tag, before the next thought begins, that has nothing behind it on its line; where there
  is no such tag, at the last one, for some models go straight on to the answer. The last, not the first: an end of a
  thought in the answer would be taken for the answer, while an answer inside the thought is seen to be missing.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

Kind = Literal["reasoning", "tag", "answer"]


@dataclass(frozen=True, slots=True)
class Split:
    """A reply taken apart. The texts of `parts`, in order, are the reply, to the last space.

    `reasoning` and `answer` are the parts of that kind without white space around them, a blank line between two.
    `complete` is False when a thought was not closed: the reply was cut off, and there is no answer behind it.
    """

    parts: tuple[tuple[Kind, str], ...]
    complete: bool

    @property
    def reasoning(self) -> str:
        """What was thought; empty when there are no tags."""
        return self._texts("reasoning")

    @property
    def answer(self) -> str:
        """What was said."""
        return self._texts("answer")

    def _texts(self, wanted: Kind) -> str:
        return "\n\n".join(bare for kind, text in self.parts if kind == wanted and (bare := text.strip()))


_PAIRS = (  # opening, closing
    *((rf"<{name}\s?>", rf"</{name}\s?>") for name in ("think", "thinking", "thought", "reasoning", "seed:think")),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"\[THINK\]", r"\[/THINK\]"),
    ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    (
        r"<\|channel\|>analysis<\|message\|>",
        r"<\|end\|>(?:<\|start\|>assistant)?<\|channel\|>final<\|message\|>",
    ),
)
_TAG = re.compile("|".join(f"({opening})|({closing})" for opening, closing in _PAIRS))
_WRAPPING = re.compile(r"(<\|(?:begin|end)_of_solution\|>|<\|return\|>)")  # around an answer, and no part of it
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]+`")
_REST_OF_LINE = re.compile(r"[ \t\r]*(?:\n|\Z)")
_QUOTES = set(zip("\"'([{*\u201c\u2018\u00ab\u201e", "\"')]}*\u201d\u2019\u00bb\u201c", strict=True))


@dataclass(frozen=True, slots=True)
class _Tag:
    start: int
    end: int
    pair: int
    closing: bool
    begins_line: bool
    ends_line: bool


def split_reasoning(text: str) -> Split:
    """The reply taken apart at its tags, and nothing lost. Never raises; time linear in the text."""
    tags = _tags(text)
    openings = [index for index, tag in enumerate(tags) if not tag.closing and tag.begins_line]
    parts: list[tuple[Kind, str]] = []
    begun = tags[: openings[0]] if openings else tags
    at = 0
    if (end := _end(tag for tag in begun if tag.closing)) is not None:
        parts += [("reasoning", text[: end.start]), ("tag", text[end.start : end.end])]
        at = end.end
    for index in openings:
        opening = tags[index]
        if opening.start < at:
            continue  # inside the thought before
        parts += [*_answer(text[at : opening.start]), ("tag", text[opening.start : opening.end])]
        end = _end(_closings(tags, index))
        if end is None:
            return Split((*parts, ("reasoning", text[opening.end :])), complete=False)
        parts += [("reasoning", text[opening.end : end.start]), ("tag", text[end.start : end.end])]
        at = end.end
    return Split((*parts, *_answer(text[at:])), complete=True)


def _closings(tags: Sequence[_Tag], opened: int) -> Iterator[_Tag]:
    """The tags that may close what was opened. Another opening ends the search, but not before something was closed."""
    found = False
    for index in range(opened + 1, len(tags)):  # no slice: a reply may hold thousands of thoughts
        tag = tags[index]
        if not tag.closing and tag.begins_line and found:
            return
        if tag.closing and tag.pair == tags[opened].pair:
            found = True
            yield tag


def _end(closings: Iterable[_Tag]) -> _Tag | None:
    last = last_on_line = None
    for tag in closings:
        last = tag
        last_on_line = tag if tag.ends_line else last_on_line
    return last_on_line or last


def _answer(text: str) -> list[tuple[Kind, str]]:
    pieces = _WRAPPING.split(text)
    return [("tag" if index % 2 else "answer", piece) for index, piece in enumerate(pieces) if piece]


def _tags(text: str) -> list[_Tag]:
    """The tags of a text, mentions left out, in order."""
    quoted = _quoted(text)
    tags: list[_Tag] = []
    before, closed = 0, True  # where the tag before ends, mentions included, and whether it closes a thought
    for match in _TAG.finditer(text):
        start, end = match.span()
        pair, closing = divmod((match.lastindex or 1) - 1, 2)
        line = text.rfind("\n", before, start) + 1
        begins_line = (line > 0 or closed) and not text[line or before : start].strip()
        ends_line = _REST_OF_LINE.match(text, end) is not None
        before, closed = end, bool(closing)
        if not quoted(start) and (text[start - 1 : start], text[end : end + 1]) not in _QUOTES:
            tags.append(_Tag(start, end, pair, bool(closing), begins_line, ends_line))
    return tags


def _quoted(text: str) -> Callable[[int], bool]:
    """Whether an offset stands in code: in backticks, or in a fenced block that closes all thoughts that it opens.

    A fence that closes more than it opens is one that the thought left open, and that the answer's own fence ended.
    """
    spans = [match.span() for match in _CODE.finditer(text)]
    for fence in _FENCED.finditer(text):
        kinds = [(match.lastindex or 1) % 2 for match in _TAG.finditer(text, *fence.span())]
        if kinds and 2 * sum(kinds) >= len(kinds):
            spans.append(fence.span())
    spans.sort()
    starts = [start for start, _ in spans]
    ends = list(accumulate((end for _, end in spans), max))

    def quoted(offset: int) -> bool:
        index = bisect_right(starts, offset)
        return index > 0 and offset < ends[index - 1]

    return quoted
