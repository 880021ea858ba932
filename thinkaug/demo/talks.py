"""A stretch of a note -> a conversation as each strategy holds it. Knows the prompts of the main job; no tokens.

The last message of a conversation is the answer to learn. Prompts are the brief ones, which small models are given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thinkaug.demo.facts import World
from thinkaug.demo.sentences import Statement
from thinkaug.demo.thoughts import Steps, thoughts
from thinkaug.demo.voice import Voice
from thinkaug.dialogue import Message
from thinkaug.steps import write_steps
from thinkaug.templates import Templates

Conversation = tuple[Message, ...]

LOOKUPS_MOST = 7
_EFFECTS = {"DM": "disease-modifying", "SYM": "symptomatic"}
_FOUND_MOST = 5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some text of a note: what it states, what stands before it, and the note's title."""

    statements: tuple[Statement, ...]
    before: str
    target: str
    title: str


def interleaved(stretch: Stretch, here: World, templates: Templates, voice: Voice) -> Conversation:
    """Typed steps before the stretch."""
    prompt = _prompt(templates, "interleaved.j2", before=stretch.before, target=stretch.target)
    return _answered(prompt, write_steps(_steps(stretch, here, voice)))


def hidden_thought(stretch: Stretch, here: World, templates: Templates, voice: Voice) -> Conversation:
    """The same thinking in prose."""
    prompt = _prompt(templates, "hidden_thought.j2", target=stretch.target)
    return _answered(prompt, _prose(stretch, here, voice))


def trajectory(stretch: Stretch, here: World, templates: Templates, voice: Voice) -> Conversation:
    """A reasoning model's thinking between its tags, then a word to end with."""
    prompt = _prompt(templates, "trajectory.j2", target=stretch.target)
    return _answered(prompt, f"<think>\n{_prose(stretch, here, voice)}\n</think>\n\nThat is all.")


def latent(stretch: Stretch, here: World, templates: Templates, voice: Voice) -> Conversation:
    """What is recalled, and nothing else."""
    prompt = _prompt(templates, "latent.j2", before=stretch.before, target=stretch.target)
    return _answered(prompt, " ".join(text for kind, text in _steps(stretch, here, voice) if kind == "recall"))


def outline(stretch: Stretch, here: World, templates: Templates, voice: Voice) -> Conversation:
    """What will be thought about, before the stretch is known."""
    prompt = _prompt(templates, "skeleton.j2", title=stretch.title, before=stretch.before)
    return _answered(prompt, _outline(_steps(stretch, here, voice), voice))


def filled(stretch: Stretch, here: World, templates: Templates, voice: Voice) -> Conversation:
    """An outline made into steps."""
    steps = _steps(stretch, here, voice)
    named = _outline(steps, voice)
    prompt = _prompt(templates, "fill.j2", before=stretch.before, outline=named, target=stretch.target)
    return _answered(prompt, write_steps(steps))


def grounded(stretch: Stretch, here: World, templates: Templates, voice: Voice) -> Conversation:
    """A search for each name that the thinking needs, then the steps; the last turn is one of them, at random.

    What is found decides what is recalled, so a drug that does not exist is recalled as it was found.
    """
    steps = _steps(stretch, here, voice)
    question = [step for step in steps[:1] if step[0] == "self_talk"]
    names = _needed(stretch.statements, here)[:LOOKUPS_MOST]
    talk = _prompt(templates, "grounded.j2", before=stretch.before, target=stretch.target, left=LOOKUPS_MOST)
    turns: list[Conversation] = []
    for number, name in enumerate(names):
        asked = write_steps([*(question if not number else []), ("lookup", name)])
        turns.append(_answered(talk, asked))
        found = "\n".join(f"[{place}] {line}" for place, line in enumerate(entries(name, here, voice), start=1))
        left = LOOKUPS_MOST - number - 1
        talk = (*turns[-1], *_prompt(templates, "observation.j2", found=found, left=left))
    turns.append(_answered(talk, write_steps([step for step in steps if step not in question])))
    return turns[-1] if voice.chance(0.5) else voice.one(turns)


TALKS: Sequence[tuple[Callable[[Stretch, World, Templates, Voice], Conversation], int]] = (
    (interleaved, 11),
    (latent, 2),
    (grounded, 4),
    (outline, 1),
    (filled, 2),
)
"""What may be held about one paragraph, each with its weight."""
WHOLE_TALKS = (hidden_thought, trajectory, latent)
"""What may be held about a whole note."""


def one_of(voice: Voice) -> Callable[[Stretch, World, Templates, Voice], Conversation]:
    """One of `TALKS`, by weight."""
    return voice.one([hold for hold, weight in TALKS for _ in range(weight)])


def _prompt(templates: Templates, name: str, **values: object) -> Conversation:
    return templates.render(name, persona="", **values)


def _answered(prompt: Conversation, answer: str) -> Conversation:
    return (*prompt, Message("assistant", answer))


def _steps(stretch: Stretch, here: World, voice: Voice) -> Steps:
    return tuple(step for statement in stretch.statements for step in thoughts(statement, here, voice))


def _prose(stretch: Stretch, here: World, voice: Voice) -> str:
    """A paragraph a statement."""
    parts = (thoughts(statement, here, voice) for statement in stretch.statements)
    return "\n".join(" ".join(text for _, text in steps) for steps in parts)


_ABOUT = {
    "self_talk": ("what is asked", "where to begin", "what it is for", "where it belongs"),
    "recall": ("what is known of it", "the fact behind it", "its place", "what it is part of"),
    "verification": ("whether it holds", "what would contradict it", "whether anything is left out"),
}


def _outline(steps: Steps, voice: Voice) -> str:
    return "\n".join(f"{kind}: {voice.one(_ABOUT[kind])}" for kind, _ in steps)


def _needed(statements: Sequence[Statement], here: World) -> list[str]:
    """The names whose entries decide the statements: the subjects, and for a conclusion their diseases too."""
    names = [name for statement in statements for name in statement.subjects]
    drugs = [name for statement in statements if statement.sort == "conclusion" for name in statement.subjects]
    return list(dict.fromkeys([*names, *(here.drugs[drug].disease for drug in drugs)]))


def entries(name: str, here: World, voice: Voice) -> list[str]:
    """What an index of the facts finds for a name, its own entries first."""
    if name in here.drugs:
        use = here.drugs[name]
        return [f"{name} is used in {use.disease} ({_EFFECTS[use.effect]})"]
    place = here.diseases[name]
    own = [f"{name} is a form of {place.parent}", f"{name} belongs to {place.group}"]
    open_to = [] if name in here.held_out else here.used_in(name)  # lest a drug stand beside a class kept from it
    used = [f"{drug} is used in {name} ({_EFFECTS[here.drugs[drug].effect]})" for drug in open_to]
    return [*voice.shuffled(own), *voice.shuffled(used)][: voice.number(3, _FOUND_MOST)]
