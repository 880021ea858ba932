"""Strategies: one small file each, from a stretch of a passage to a dialogue that thinks. They ask and never call.

Here stand the types they share, and the two ways in which nearly all of them get their answer: tagged steps, prose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from thinkaug.dialogue import Ask, Constraint, Dialogue, Failed, Message, Reply, Sampling
from thinkaug.records import Evidence, Kind, Passage, Placement
from thinkaug.steps import Malformed, read_steps, steps_form
from thinkaug.templates import Templates


@dataclass(frozen=True, slots=True)
class Step:
    """One step as a strategy hands it over."""

    kind: Kind
    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Thoughts:
    """What a dialogue ends with: the steps as read, and the replies they took; `repaired` after a second try."""

    steps: tuple[Step, ...]
    replies: tuple[Reply, ...]
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """The stretch of a passage that is to be thought about: it begins at offset `cut`."""

    passage: Passage
    cut: int

    @property
    def target(self) -> str:
        """The expert text of the stretch."""
        return self.passage.target(self.cut)

    def before(self, characters: int) -> str:
        """At most so many characters of the expert text before the stretch, from the beginning of a word."""
        text = self.passage.before(self.cut)
        if len(text) <= characters:
            return text
        tail = text[len(text) - characters :]
        words = tail.split(maxsplit=1)
        return words[1] if len(words) == 2 else tail


@dataclass(frozen=True, slots=True)
class Voice:
    """How a dialogue speaks: its prompts, the variables that all of them may use, its sampling and its seed.

    `measured` asks for the log-probabilities of what is written; `constrained` lets the engine write nothing but what
    has the form that is asked for.
    """

    templates: Templates
    variables: Mapping[str, object]
    sampling: Sampling
    seed: int
    measured: bool = False
    constrained: bool = False

    def prompt(self, template: str, **values: object) -> tuple[Message, ...]:
        """The messages of a template."""
        return self.templates.render(template, **self.variables, **values)

    def ask(self, *messages: Message, form: str = "") -> Ask:
        """A request in this voice; `form` is a regular expression for the reply, for where replies are constrained."""
        constraint = Constraint("regex", form) if self.constrained and form else None
        return Ask(messages, self.sampling, self.seed, constraint, self.measured)


@dataclass(frozen=True)
class Strategy:
    """One way to reconstruct thinking.

    Args:
        version: raised when the same replies would lead to other thoughts.
        config: a frozen dataclass of its options.
        templates: each template it renders, with the variables it gives it.
        think: starts the dialogue for one stretch of one passage.
        whole: whether it thinks once about the whole passage, not once at each cut.
        placement: where its thoughts stand unless the shards' style says otherwise.
        tagged: whether its thoughts are written as tagged steps, a form that replies can be constrained to.
        one_reply: whether a thought is a single reply, so that the reply's log-probability is the thought's.
        features: what it asks of an engine beyond chat.
        shaped_by: what besides its options shapes the thoughts; it also checks what can be checked before a run.
    """

    version: int
    config: type
    templates: Mapping[str, frozenset[str]]
    think: Callable[[Stretch, Any, Voice], Dialogue[Thoughts]]
    whole: bool = False
    placement: Placement = "before"
    tagged: bool = False
    one_reply: bool = False
    features: frozenset[str] = frozenset()
    shaped_by: Callable[[Any], Mapping[str, object]] = field(default=lambda options: {})


def written_steps(voice: Voice, opening: tuple[Message, ...], earlier: tuple[Reply, ...] = ()) -> Dialogue[Thoughts]:
    """Ask for tagged steps, with one repair turn for a reply that cannot be read.

    Args:
        voice: who asks.
        opening: the conversation so far.
        earlier: replies of this dialogue before, which are part of what it took.

    Raises:
        Failed: `malformed`, after the second reply too; the error keeps what was written.
    """
    form = steps_form()
    first = yield voice.ask(*opening, form=form)
    try:
        return Thoughts(_typed(first.text), (*earlier, first))
    except Malformed as malformed:
        problem = _problem(first, malformed)
    repair = voice.prompt("repair.j2", problem=problem)
    try:
        second = yield voice.ask(*opening, Message("assistant", first.text), *repair, form=form)
    except Failed as failure:
        message = f"{problem}; the repair turn failed: {failure}"
        raise Failed("malformed", message, first.text, (*earlier, first)) from failure
    try:
        return Thoughts(_typed(second.text), (*earlier, first, second), repaired=True)
    except Malformed as malformed:
        raise Failed("malformed", _problem(second, malformed), second.text, (*earlier, first, second)) from malformed


def written_prose(reply: Reply, text: str, *, torn: bool) -> Thoughts:
    """One untyped step of a reply.

    Args:
        reply: what came back.
        text: the part of it that is the thought.
        torn: whether the thought was cut off. Prose shows no end of its own, so nothing else would tell later.

    Raises:
        Failed: `truncated` where it was torn, `empty` where nothing was written.
    """
    if torn:
        raise Failed("truncated", f"it was cut off after {reply.output_tokens} tokens", text, (reply,))
    if not text.strip():
        raise Failed("empty", "the reply is empty", reply.text, (reply,))
    return Thoughts((Step("prose", text.strip()),), (reply,))


def _typed(reply: str) -> tuple[Step, ...]:
    return tuple(Step(kind, text) for kind, text in read_steps(reply))


def _problem(reply: Reply, malformed: Malformed) -> str:
    if reply.finish == "length":
        return f"it was cut off after {reply.output_tokens} tokens; write fewer and shorter steps"
    return str(malformed)
