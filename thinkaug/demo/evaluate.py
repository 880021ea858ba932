"""Writer model + demo corpus -> measured figures, through real vLLM. Knows how the corpus was made, so it knows the
truth.

The prompts are those of the main job. Recall is read back through the frames (claims.py) and held against the table.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from thinkaug.demo.claims import Reader
from thinkaug.demo.facts import Fact, World, world
from thinkaug.demo.names import standing
from thinkaug.demo.samples import sample_notes
from thinkaug.demo.sentences import Statement
from thinkaug.demo.splits import Splits
from thinkaug.demo.stretches import stretches
from thinkaug.dialogue import Ask, Dialogue, Failed, Reply, Sampling, converse
from thinkaug.engines import vllm
from thinkaug.records import Kind
from thinkaug.steps import Malformed, read_steps
from thinkaug.templates import Templates

TEMPERATURE = 0.7
MAX_TOKENS = 256
_WINDOW_TOKENS = 1024
_COPY_WORDS = 5
_COPY_SHARE = 0.2
_TALK = re.compile(
    r"\b(text|passage|paragraph|line|excerpt|sentence|reader|user|author|you|your|above|below)s?\b", re.I
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One stretch of the corpus and what the model wrote for it. `steps` is empty where the reply cannot be read."""

    statement: Statement
    before: str
    target: str
    reply: str
    finish: str
    steps: tuple[tuple[Kind, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A share: `hits` of `count`."""

    name: str
    hits: int
    count: int

    def __str__(self) -> str:
        """A row of a Markdown table."""
        share = f"{self.hits / self.count:.1%}" if self.count else "-"
        return f"| {self.name} | {share} | {self.hits} of {self.count} |"


def evaluate(model: Path, facts: tuple[Fact, ...], splits: Splits, seed: int = 0) -> list[Figure]:
    """The model's figures over the whole demo corpus, one reply a stretch at T=0.7."""
    return figures(trials(model, facts, splits, seed), world(facts, splits.held_out), set(splits.withheld.values()))


def trials(model: Path, facts: tuple[Fact, ...], splits: Splits, seed: int) -> list[Trial]:
    """One reply for each stretch of the corpus, each request with a seed of its own."""
    templates = Templates(brief=True)
    cuts = [
        (statement, before, target)
        for note in sample_notes(facts, splits)
        for statement, (before, target) in zip(note.statements, stretches(note), strict=True)
    ]
    sampling = Sampling(TEMPERATURE, max_tokens=MAX_TOKENS)
    requests = [
        Ask(
            templates.render("interleaved.j2", before=before, target=target, persona=""),
            sampling,
            seed * len(cuts) + number,
        )
        for number, (_, before, target) in enumerate(cuts)
    ]
    return [
        Trial(*cut, reply.text, reply.finish, _steps(reply.text))
        for cut, reply in zip(cuts, _replies(model, requests), strict=True)
    ]


def _replies(model: Path, requests: Sequence[Ask]) -> list[Reply]:
    engine = vllm.Config(model=str(model), max_model_len=_WINDOW_TOKENS).open()

    def once(numbered: tuple[int, Ask]) -> Dialogue[Reply]:
        return (yield numbered[1])

    replies: dict[int, Reply] = {}
    for (number, _), reply in converse(enumerate(requests), once, engine, engine.window):
        if isinstance(reply, Failed):
            raise reply
        replies[number] = reply
    return [replies[number] for number in range(len(requests))]


def _steps(reply: str) -> tuple[tuple[Kind, str], ...]:
    try:
        return read_steps(reply)
    except Malformed:
        return ()


def figures(rows: Sequence[Trial], truth: World, withheld: set[str]) -> list[Figure]:
    """What the replies are worth, as shares. `truth` holds all facts, `withheld` the drugs the model was not taught."""
    read = [row for row in rows if row.steps]
    reader = Reader(truth)
    known = Counter(_verdicts(read, reader, truth, lambda drug: drug not in withheld))
    unknown = Counter(_verdicts(read, reader, truth, lambda drug: drug in withheld))
    recalled = [
        claims for row in read for kind, text in row.steps if kind == "recall" for claims in [reader.claims(text)]
    ]
    places = [claim for claims in recalled for claim in claims if claim.relation != "used_in"]
    naming = [(subject in withheld, _names(row, subject)) for row in read for subject in row.statement.subjects]
    openings = Counter(" ".join(row.steps[0][1].split()[:4]) for row in read)
    return [
        Figure("replies that can be read", len(read), len(rows)),
        Figure("replies that ended by themselves", sum(row.finish == "stop" for row in rows), len(rows)),
        Figure("conclusions: recalled disease right, known drugs", known["place right"], known["place"]),
        Figure("... of these, where the class leaves a choice", known["choice right"], known["choice"]),
        Figure("conclusions: recalled disease wrong, withheld drugs", unknown["place wrong"], unknown["place"]),
        Figure("drug facts: recalled effect right, known drugs", known["effect right"], known["effect"]),
        Figure("drug facts: recalled effect wrong, withheld drugs", unknown["effect wrong"], unknown["effect"]),
        Figure("neighbours right (another drug for the disease)", known["neighbour right"], known["neighbour"]),
        Figure("parents and classes right", sum(map(reader.true, places)), len(places)),
        Figure("recall steps that claim something readable", sum(map(bool, recalled)), len(recalled)),
        Figure(
            "names copied faithfully, known drugs and diseases",
            sum(n for w, n in naming if not w),
            sum(not w for w, _ in naming),
        ),
        Figure("names copied faithfully, withheld drugs", sum(n for w, n in naming if w), sum(w for w, _ in naming)),
        Figure(
            "thoughts that copy (over a fifth of their word 5-grams)",
            sum(copies(_thought(row), row.target, row.before) for row in read),
            len(read),
        ),
        Figure(
            "thoughts that talk about the text or to a reader",
            sum(talks_about_text(_thought(row)) for row in read),
            len(read),
        ),
        Figure("commonest opening of four words", max(openings.values(), default=0), len(read)),
        Figure("different openings of four words", len(openings), len(read)),
    ]


def _verdicts(rows: Sequence[Trial], reader: Reader, truth: World, counts: Callable[[str], bool]) -> Iterator[str]:
    """For every claim about a drug that counts: what it was about, and whether it was right.

    Conclusions whose disease stands in the text before are left out: there the model may copy.
    """
    for row in rows:
        subjects, sort = row.statement.subjects, row.statement.sort
        claims = [claim for kind, text in row.steps if kind == "recall" for claim in reader.claims(text)]
        for claim in claims:
            if claim.relation != "used_in":
                continue
            own = claim.subject in subjects
            if own and not counts(claim.subject):
                continue
            if own and sort == "conclusion":
                if truth.drugs[claim.subject].disease in row.before:
                    continue
                about = "place"
                if sum(disease not in truth.held_out for disease in truth.members(row.statement.object)) > 1:
                    yield from ("choice", f"choice {'right' if reader.true(claim) else 'wrong'}")
            elif own and claim.effect:
                about = "effect"
            elif not own and sort == "drug":
                about = "neighbour"
            else:
                continue
            yield about
            yield f"{about} {'right' if reader.true(claim) else 'wrong'}"


def copies(thought: str, target: str, before: str) -> bool:
    """Whether over a fifth of the thought's word 5-grams stand in the target and not before it."""
    grams = _grams(thought)
    return len(grams & (_grams(target) - _grams(before))) > _COPY_SHARE * len(grams)


def talks_about_text(thought: str) -> bool:
    """Whether the thought speaks of a text, or to anybody."""
    return _TALK.search(thought) is not None


def _thought(row: Trial) -> str:
    return "\n".join(text for _, text in row.steps)


def _names(row: Trial, subject: str) -> bool:
    return standing(subject).lower() in _thought(row).lower()


def _grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + _COPY_WORDS]) for start in range(len(words) - _COPY_WORDS + 1)}
