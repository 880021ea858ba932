"""Statement -> a paragraph of expert text. Knows the frames of texts, and nothing of thoughts, facts or documents."""

from dataclasses import dataclass
from typing import Literal

from thinkaug.demo import wording_texts as frames
from thinkaug.demo.names import fill
from thinkaug.demo.voice import Voice

Sort = Literal["drug", "disease", "conclusion"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a paragraph says: drugs of a disease, diseases of a class, or drugs of a class."""

    sort: Sort
    subjects: tuple[str, ...]
    object: str


@dataclass(frozen=True, slots=True)
class _Frames:
    core: tuple[str, ...]
    also: tuple[str, ...]
    followers: tuple[str, ...]
    closings: tuple[str, ...]


_SORTS = {
    "drug": _Frames(frames.DRUG, frames.DRUG_ALSO, frames.DRUG_FOLLOWERS, frames.DRUG_CLOSINGS),
    "disease": _Frames(frames.DISEASE, frames.DISEASE_ALSO, frames.DISEASE_FOLLOWERS, frames.DISEASE_CLOSINGS),
    "conclusion": _Frames(
        frames.CONCLUSION, frames.CONCLUSION_ALSO, frames.CONCLUSION_FOLLOWERS, frames.CONCLUSION_CLOSINGS
    ),
}
STRETCH_CHARS = 80  # the segmenter leaves shorter paragraphs together
_LED, _ONE_BY_ONE, _FOLLOWED, _CLOSED = 0.3, 0.4, 0.75, 0.55


def paragraph(statement: Statement, voice: Voice) -> str:
    """Two to four sentences that make the statement, long enough to be a stretch of their own."""
    sort, subjects = _SORTS[statement.sort], statement.subjects
    if statement.sort == "drug" and voice.chance(_LED):
        sentences = [_say(choices, subjects, statement, voice) for choices in (frames.DRUG_LEADERS, frames.DRUG_LED)]
    else:
        one_by_one = len(subjects) == 2 and voice.chance(_ONE_BY_ONE)
        sentences = [_say(sort.core, subjects[:1] if one_by_one else subjects, statement, voice)]
        if one_by_one:
            sentences.append(_say(sort.also, subjects[1:], statement, voice))
        elif voice.chance(_FOLLOWED):
            sentences.append(_say(sort.followers, subjects, statement, voice))
    if voice.chance(_CLOSED):
        sentences.append(_say(sort.closings, subjects, statement, voice))
    while len(" ".join(sentences)) < STRETCH_CHARS:
        sentences.append(_say(sort.closings, subjects, statement, voice))
    return " ".join(sentences)


def _say(choices: tuple[str, ...], subjects: tuple[str, ...], statement: Statement, voice: Voice) -> str:
    frame = voice.pick(choices)
    if statement.sort == "drug":
        return fill(frame, subjects, d=statement.object)
    return fill(frame, subjects, k=statement.object)
