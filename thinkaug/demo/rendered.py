"""Note -> its text as shards hold it, with thoughts in it and without. Knows how thoughts are rendered; no prompts.

A model that has read such texts can score thoughts: it predicts a stretch from the thought before it. It has met true
thoughts, parts of them, none, and some that belong elsewhere, which it learns to leave aside.
"""

from collections.abc import Sequence

from thinkaug.demo.corpus import Note
from thinkaug.demo.facts import World
from thinkaug.demo.sentences import Statement
from thinkaug.demo.stretches import stretches
from thinkaug.demo.thoughts import thoughts
from thinkaug.demo.voice import Voice
from thinkaug.records import Thought
from thinkaug.rendering import Style, thinking_of

_WHOLE, _PART, _STRANGE = 0.4, 0.2, 0.1  # the rest stands without a thought


def rendered(note: Note, others: Sequence[Note], here: World, voice: Voice) -> str:
    """The note with a thought before most of its paragraphs; the thoughts of `others` do not belong to it."""
    text = ""
    for statement, (_, target) in zip(note.statements, stretches(note), strict=True):
        text += _thought(statement, others, text, here, voice) + target
    return text


def _thought(statement: Statement, others: Sequence[Note], before: str, here: World, voice: Voice) -> str:
    steps = thoughts(statement, here, voice)
    if not voice.chance(_WHOLE):
        if voice.chance(_PART / (1 - _WHOLE)):
            steps = tuple(step for step in steps if voice.chance(0.5))
        elif voice.chance(_STRANGE / (1 - _WHOLE - _PART)):
            steps = thoughts(voice.one(voice.one(others).statements), here, voice)
        else:
            steps = ()
    return thinking_of([Thought(0, 0, kind, words) for kind, words in steps], before, Style())
