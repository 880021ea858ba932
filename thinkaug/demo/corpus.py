"""World -> documents: which statements stand together, in which shapes. Knows no wording but that of titles.

Every fact of the world is stated at least once and every conclusion that is not held out at least once. No document
of a held-out disease names both a drug of it and its class, so that the corpus never gives a held-out conclusion
away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from thinkaug.demo.facts import World
from thinkaug.demo.names import capital, fill, listed
from thinkaug.demo.sentences import Statement, paragraph
from thinkaug.demo.voice import Voice


@dataclass(frozen=True, slots=True)
class Note:
    """One short document. `statements[i]` is what `paragraphs[i]` says; the text joins them with blank lines."""

    shape: str
    title: str
    statements: tuple[Statement, ...]
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The expert text."""
        return "\n\n".join(self.paragraphs)


def corpus(world: World, voice: Voice) -> list[Note]:
    """All documents of a world, in a random order."""
    notes: list[Note] = []
    for disease in world.diseases:
        drugs = voice.shuffled(world.used_in(disease))
        notes += _drug_notes(disease, drugs, world, voice)
        notes += _lists(disease, drugs, voice)
        notes.append(_disease_note(disease, drugs, world, voice))
    for group in world.groups():
        notes += _chapters(group, world, voice)
    return voice.shuffled([*notes, *sections(world, voice)])


def sections(world: World, voice: Voice) -> Iterator[Note]:
    """The documents that only draw conclusions: the drugs of each class in alphabetical order, no diseases."""
    for group in world.groups():
        yield from _sections(group, world, voice)


def _drug_notes(disease: str, drugs: list[str], world: World, voice: Voice) -> Iterator[Note]:
    """Notes on single drugs and on pairs; together they name every drug of the disease."""
    while drugs:
        size = min(len(drugs), 1 if voice.chance(0.7) else 2)
        subjects, drugs = tuple(drugs[:size]), drugs[size:]
        statements = [Statement("drug", subjects, disease)]
        if len(subjects) > 1 and voice.chance(0.5):
            statements = [Statement("drug", (drug,), disease) for drug in subjects]
        if disease not in world.held_out and voice.chance(0.5):
            conclusion = Statement("conclusion", subjects, world.diseases[disease].group)
            statements.insert(0 if voice.chance(0.6) else len(statements), conclusion)
        yield _note("drugs", capital(listed(subjects)), statements, voice)


def _lists(disease: str, drugs: list[str], voice: Voice) -> Iterator[Note]:
    """A list of a disease's drugs, where there are enough to make one."""
    if len(drugs) >= 4:
        some = voice.shuffled(drugs)[:7]
        statements = []
        while some:
            size = voice.number(1, 3)
            statements.append(Statement("drug", tuple(some[:size]), disease))
            some = some[size:]
        yield _note("list", fill("Drugs used in {d}", ("",), d=disease), statements[:4], voice)


def _disease_note(disease: str, drugs: list[str], world: World, voice: Voice) -> Note:
    """Where the disease stands, and some of its drugs unless it is held out."""
    statements = [Statement("disease", (disease,), world.diseases[disease].group)]
    if disease not in world.held_out:
        some = voice.shuffled(drugs)[:4]
        cut = voice.number(1, 2)
        statements += [Statement("drug", tuple(part), disease) for part in (some[:cut], some[cut:]) if part]
    return _note("disease", capital(disease), statements, voice)


def _sections(group: str, world: World, voice: Voice) -> Iterator[Note]:
    drugs = sorted(world.concluded(group), key=str.lower)
    while drugs:
        statements = []
        for _ in range(voice.number(2, 4)):
            size = 2 if voice.chance(0.45) else 1
            if drugs:
                statements.append(Statement("conclusion", tuple(drugs[:size]), group))
            drugs = drugs[size:]
        first, last = statements[0].subjects[0], statements[-1].subjects[-1]
        title = fill("Medicines for {field}: ", ("",), k=group) + (first if first == last else f"{first} to {last}")
        yield _note("section", title, statements, voice)


def _chapters(group: str, world: World, voice: Voice) -> Iterator[Note]:
    """The diseases of a class, without their drugs."""
    diseases = voice.shuffled(world.members(group))
    while diseases:
        statements = []
        for _ in range(voice.number(1, 3)):
            size = 2 if voice.chance(0.4) else 1
            if diseases:
                statements.append(Statement("disease", tuple(diseases[:size]), group))
            diseases = diseases[size:]
        members = [disease for statement in statements for disease in statement.subjects]
        yield _note("chapter", fill("{Ks}: ", ("",), k=group) + listed(members), statements, voice)


def _note(shape: str, title: str, statements: list[Statement], voice: Voice) -> Note:
    return Note(shape, title, tuple(statements), tuple(paragraph(statement, voice) for statement in statements))
