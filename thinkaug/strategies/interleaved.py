"""interleaved: a thought before each stretch of expert text; one question, and one repair turn where it is needed."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from thinkaug.dialogue import Dialogue, Failed, Message, Reply
from thinkaug.records import Passage
from thinkaug.steps import Malformed, read_steps
from thinkaug.strategies import Strategy, Thoughts, Voice


@dataclass(frozen=True)
class Config:
    """Options of the strategy.

    Args:
        before_chars: how much of the expert text before the stretch the model sees.
    """

    before_chars: Annotated[int, Ge(0)] = 1500


def _think(passage: Passage, cut: int, config: Config, voice: Voice) -> Dialogue[Thoughts]:
    before = _tail(passage.before(cut), config.before_chars)
    opening = voice.templates.render("interleaved.j2", before=before, target=passage.target(cut))
    first = yield voice.ask(*opening)
    try:
        return Thoughts(read_steps(first.text), (first,))
    except Malformed as malformed:
        problem = _problem(first, malformed)
    repair = voice.templates.render("repair.j2", problem=problem)
    try:
        second = yield voice.ask(*opening, Message("assistant", first.text), *repair)
    except Failed as failure:
        raise Failed("malformed", f"{problem}; the repair turn failed: {failure}", first.text, (first,)) from failure
    try:
        return Thoughts(read_steps(second.text), (first, second))
    except Malformed as malformed:
        problem = _problem(second, malformed)
        raise Failed("malformed", problem, second.text, (first, second)) from malformed


def _problem(reply: Reply, malformed: Malformed) -> str:
    if reply.finish == "length":
        return f"it was cut off after {reply.output_tokens} tokens; write fewer and shorter steps"
    return str(malformed)


def _tail(text: str, characters: int) -> str:
    """The last `characters` of the text, from the beginning of a word."""
    if len(text) <= characters:
        return text
    tail = text[len(text) - characters :]
    words = tail.split(maxsplit=1)
    return words[1] if len(words) == 2 else tail


interleaved = Strategy(
    version=1,
    config=Config,
    templates={"interleaved.j2": frozenset({"before", "target"}), "repair.j2": frozenset({"problem"})},
    think=_think,
)
