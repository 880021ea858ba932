"""A toy pipeline whose thoughts claim what can be looked up: which of five diseases each of some drugs is used in.

The truth is a formula, the writer knows some drugs better than others, and a stage of the tests' own stands where
`verify` would: it reads the claims exactly. A scripted scorer likes the thoughts of one kind more than the other.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import thinkaug
from thinkaug import pipeline
from thinkaug.dialogue import Ask, Reply, Score
from thinkaug.engines.scripted import Scripted
from thinkaug.plan import Plan
from thinkaug.records import Claim, Draft, Thought
from thinkaug.stage import Kept, Outcome, Services, Shard, Stage, Work
from thinkaug.steps import write_steps

DISEASES = 5
_CLAIM = re.compile(r"Drug (\d+) (?:is|may be|is certainly) used in disease (\d+)\.")


def truth(drug: int) -> int:
    return drug * 7 % DISEASES


@dataclass(frozen=True)
class Config:
    """The judge's settings: with `blind`, it decides nothing."""

    blind: bool = False


def claims_of(text: str, blind: bool = False) -> tuple[Claim, ...]:
    claims = []
    for found in _CLAIM.finditer(text):
        right = int(found[2]) == truth(int(found[1]))
        verdict = "unknown" if blind else "supported" if right else "contradicted"
        claims.append(Claim(found[0], verdict, "toy", subject=found[1], relation="used_in", object=found[2]))  # type: ignore[arg-type]
    return tuple(claims)


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    def judged(thought: Thought) -> Thought:
        return replace(thought, claims=claims_of(thought.text, config.blind))

    def work(shard: Shard) -> Iterator[Outcome]:
        for draft in shard:
            yield Kept(draft, (replace(draft, thoughts=tuple(map(judged, draft.thoughts))),))

    return work


JUDGE = Stage(
    name="judge",
    version=1,
    reads=(Draft,),
    writes=Draft,
    config=Config,
    start=_start,
    offers=lambda config: frozenset({"claims"}),
)


def writer(answer: Callable[[int, Random], str] | None = None) -> Scripted:
    """Thinks of each drug: knows the even ones, guesses at the odd ones, and sounds as sure of either."""

    def guess(drug: int, chance: Random) -> str:
        knows = chance.random() < (0.9 if drug % 2 == 0 else 0.25)
        disease = truth(drug) if knows else (truth(drug) + chance.randint(1, DISEASES - 1)) % DISEASES
        verb = chance.choice(["is", "is", "may be", "is certainly"])
        return f"Drug {drug} {verb} used in disease {disease}."

    def say(ask: Ask) -> str:
        drug = int(re.findall(r"Drug (\d+) ", ask.messages[-1].content)[-1])
        recall = (answer or guess)(drug, Random(ask.seed))
        question, check = "What is it for? Let me see.", "So it fits."
        return write_steps([("self_talk", question), ("recall", recall), ("verification", check)])

    return Scripted(say, name="toy writer")


def scorer(by_recall: float, by_reasoning: float, name: str = "toy scorer") -> Scripted:
    """Finds each word of a stretch by so many nats likelier after a step of either kind."""

    def read(request: Score) -> Reply:
        gain = by_recall * ("used in" in request.context) + by_reasoning * ("fits" in request.context)
        words = request.target.split()
        # What is told of one drug is worth more than what is told of another: there is something to resample.
        number = int(re.findall(r"\d+", request.target)[0])
        return Reply("", log_probabilities=tuple(-9 + gain * (0.5 + number % 3) for _ in words))

    return Scripted(read, name=name)


def build(
    home: Path,
    monkeypatch: object,
    *,
    engines: dict[str, Scripted] | None = None,
    documents: int = 60,
    candidates: int = 4,
    stages: tuple[object, ...] = ("judge",),
    settings: tuple[str, ...] = (),
    until: str = "",
) -> Plan:
    """Run ingest, segment, generate and those stages."""
    monkeypatch.setattr(pipeline, "STAGES", {**pipeline.STAGES, "judge": JUDGE})  # type: ignore[attr-defined]
    home.mkdir(exist_ok=True)
    rows = [json.dumps({"text": f"Drug {number} is given by mouth, once a day."}) for number in range(documents)]
    (home / "in.jsonl").write_text("\n".join(rows))
    generate = {"candidates": candidates, "temperature": 1, "vary": []}
    ingest = {"paths": [str(home / "in.jsonl")]}
    tree = {"name": "toy", "stages": [{"ingest": ingest}, "segment", {"generate": generate}, *stages]}
    (home / "toy.yaml").write_text(json.dumps(tree))
    return thinkaug.run(
        str(home / "toy.yaml"),
        until=until,
        settings=settings,
        out=str(home / "out"),
        engines=engines or {"writer": writer()},
    )


def drafts(plan: Plan, label: str) -> list[Draft]:
    folder = next(step.folder for step in plan.steps if step.label == label)
    return [row for manifest in folder.manifests() for file in manifest.files for row in folder.rows(file.path)]
