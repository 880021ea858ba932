"""claims: what the sentences of a step state, read without any model. Knows no verdicts.

`reading.Reader(facts, relations).read(text)` gives the statements; `relations` reads the words by which they are known.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a sentence states: `subject relation object`.

    Args:
        text: the sentence, letter for letter a piece of the step.
        subject: id of the entity; empty where it could not be told.
        relation: name of the relation.
        object: id of the entity, or a quantity as it is written ("500 mg"); empty where it could not be told.
        qualifier: which of the relation's qualifiers the sentence names, or empty.
        negated: whether it denies the relation.
        reason: empty where all of it was read; else why not: `unknown_subject` and `unknown_object` (a name that the
            facts lack stands there), or `ambiguous` (it can be read in more ways than one).
    """

    text: str
    subject: str
    relation: str
    object: str
    qualifier: str = ""
    negated: bool = False
    reason: str = ""
