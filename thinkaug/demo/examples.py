"""World -> conversations in which a model learns to write thoughts. Knows how texts are cut; no prompts, no tokens.

A target is cut as the segmenter cuts it: a paragraph with the blank line that follows, or a whole note. A few
conversations are repairs: a reply that cannot be read, and the second try.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from types import ModuleType

from thinkaug.demo import wording_texts, wording_thoughts
from thinkaug.demo.corpus import Note, corpus, sections
from thinkaug.demo.corrections import correction
from thinkaug.demo.facts import Fact, World, world
from thinkaug.demo.invented import invent
from thinkaug.demo.rendered import rendered
from thinkaug.demo.splits import Splits
from thinkaug.demo.stretches import stretches
from thinkaug.demo.talks import WHOLE_TALKS, Conversation, Stretch, interleaved, one_of
from thinkaug.demo.voice import Voice
from thinkaug.dialogue import Message
from thinkaug.steps import Malformed, read_steps
from thinkaug.templates import Templates

INVENTED_DRUGS = 200
MORE_CONCLUSIONS = 3
LEXICON_ROUNDS, LEXICON_NOTES = 20, 120
_REPAIRS = 0.07  # of the interleaved ones
_WHOLE = 0.5
_CUT_OFF = 0.15
_TEXTS, _CORRECTED = 0.4, 0.2  # of the notes of the second phase
_NO_CONTEXT, _CUT_CONTEXT = 0.2, 0.2
_TAG = re.compile(r"</?\w+>")


def writer_world(facts: tuple[Fact, ...], splits: Splits) -> World:
    """What the writer model is taught: everything but the withheld drugs."""
    return world(facts, splits.held_out, without=splits.withheld)


def rounds(facts: tuple[Fact, ...], splits: Splits, seed: int) -> Iterator[Conversation]:
    """Conversations without end. Every round writes a corpus anew, about the known drugs and freshly invented ones.

    Conclusions about the known drugs come in again, since they are what a model of this size finds hardest to learn.
    """
    templates = Templates(brief=True)
    for here, notes, voice in _corpora(facts, splits, seed):
        for note in notes:
            yield from conversations(note, here, templates, voice)


def second_phase(facts: tuple[Fact, ...], splits: Splits, seed: int) -> Iterator[str | Conversation]:
    """What the model reads when it can write thoughts: texts with thoughts in them, to score them by; corrections of
    wrong ones; and, lest it forget, the conversations as before.
    """
    templates = Templates(brief=True)
    for here, notes, voice in _corpora(facts, splits, seed):
        for note in notes:
            if voice.chance(_TEXTS):
                yield rendered(note, notes, here, voice)
            else:
                yield from conversations(note, here, templates, voice)
            if voice.chance(_CORRECTED):
                yield correction(here, templates, voice)


def _corpora(facts: tuple[Fact, ...], splits: Splits, seed: int) -> Iterator[tuple[World, list[Note], Voice]]:
    """A world with its notes, in a random order, and the voice that wrote them; without end."""
    known = writer_world(facts, splits)
    real = [fact.subject for fact in facts if fact.relation == "used_in"]
    pieces = _pieces(known)
    for number in count():
        voice = Voice(seed * 1_000_003 + number)
        here = invent(known, INVENTED_DRUGS, real, pieces, voice)
        notes = corpus(here, voice)
        notes += [note for _ in range(MORE_CONCLUSIONS) for note in sections(known, voice)]
        yield here, voice.shuffled(notes), voice


def _pieces(known: World) -> list[str]:
    """The words that the model will read, long enough to take parts from."""
    frames = [frame for module in (wording_texts, wording_thoughts) for choices in _frames(module) for frame in choices]
    words = re.findall(r"(?<![{\w])[a-z]{4,}(?![}\w])", " ".join([*known.drugs, *known.diseases, *frames]))
    return list(dict.fromkeys(words))


def _frames(module: ModuleType) -> Iterator[tuple[str, ...]]:
    return (choices for name, choices in vars(module).items() if name.isupper())


def lexicon(facts: tuple[Fact, ...], splits: Splits, seed: int) -> Iterator[Conversation]:
    """Conversations for a tokenizer, about invented drugs only, and about each for a short while.

    What is common in them are the words of the grammar and of the diseases, not the names of drugs.
    """
    known = writer_world(facts, splits)
    real = [fact.subject for fact in facts if fact.relation == "used_in"]
    templates = Templates(brief=True)
    for number in range(LEXICON_ROUNDS):
        voice = Voice(seed * 1_000_003 + number)
        here = invent(known, INVENTED_DRUGS, real, _pieces(known), voice)
        here = replace(here, drugs={drug: here.drugs[drug] for drug in sorted(here.invented)})
        for note in corpus(here, voice)[:LEXICON_NOTES]:
            yield from conversations(note, here, templates, voice)


def conversations(note: Note, here: World, templates: Templates, voice: Voice) -> Iterator[Conversation]:
    """One conversation a paragraph, and for every other note one about the whole of it."""
    for statement, (before, target) in zip(note.statements, stretches(note), strict=True):
        stretch = Stretch((statement,), _context(before, voice), target, note.title)
        hold = one_of(voice)
        talk = hold(stretch, here, templates, voice)
        if hold is interleaved and voice.chance(_REPAIRS):
            broken, problem = _broken(talk[-1].content, voice)
            repair = templates.render("repair.j2", problem=problem)
            talk = (*talk[:-1], Message("assistant", broken), *repair, talk[-1])
        yield talk
    if voice.chance(_WHOLE):
        whole = Stretch(note.statements, "", note.text, note.title)
        yield voice.one(WHOLE_TALKS)(whole, here, templates, voice)


def _context(before: str, voice: Voice) -> str:
    """What a passage may see of the text before it: all, the end from some word on, or nothing."""
    if voice.chance(_NO_CONTEXT):
        return ""
    if before and voice.chance(_CUT_CONTEXT):
        return before[voice.number(0, len(before) - 1) :].split(" ", 1)[-1]
    return before


def _broken(answer: str, voice: Voice) -> tuple[str, str]:
    """A reply like the answer that cannot be read, and why."""
    if voice.chance(_CUT_OFF):
        problem = f"it was cut off after {voice.number(64, 512)} tokens; write fewer and shorter steps"
        return answer[: voice.number(1, len(answer) - 1)], problem
    tags = _TAG.findall(answer)
    ways = (
        answer.removesuffix(tags[-1]),
        answer.replace(tags[0], "", 1),
        answer.replace(tags[1], "", 1),
        _TAG.sub("", answer),
        answer + "\n" + _TAG.sub("", answer).split("\n")[0],
        answer.replace(tags[0], "<thought>", 1),
        answer.replace(tags[-1], tags[-2], 1),
        "",
    )
    while True:
        reply = voice.one(ways)
        try:
            read_steps(reply)
        except Malformed as problem:
            return reply, str(problem)
