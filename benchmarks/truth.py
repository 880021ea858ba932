"""Is what the pipeline calls right, right? The demo domain, whose table is known, through verify, score and prune.

Thoughts are the demo model's own at T = 1, four a stretch, not grounded, so that they err by themselves. Every claim is
labelled by `thinkaug.demo.claims`, which reads the sentences by the frames they were made with and shares no code with
`verify`. Bars: the judge agrees with the labels in 98 % of the claims; the knowledge index rises by 12 points through
pruning while 80 % of the passages whose facts the model knew still carry a recall step; every planted leak is caught,
with at most 1 % false alarms on clean thoughts; IG - IG_mismatched separates right from wrong thoughts with an AUROC of
0.8; ECE on held-out claims is halved by the fit. `python benchmarks/truth.py [--documents N] [--out DIR] [--bar]`.
"""

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from thinkaug import build
from thinkaug.calibrate import calibrate
from thinkaug.demo.claims import Claim as Labelled
from thinkaug.demo.claims import Reader
from thinkaug.demo.facts import knowledge, read_facts, world
from thinkaug.demo.index import build_demo_index
from thinkaug.demo.samples import sample_notes
from thinkaug.demo.splits import read_splits
from thinkaug.demo.stretches import stretches
from thinkaug.demo.thoughts import thoughts
from thinkaug.demo.voice import Voice
from thinkaug.dialogue import Dialogue, Score, converse
from thinkaug.measures.calibration import auroc
from thinkaug.measures.knowledge import count_verdicts, coverage, knowledge_index
from thinkaug.measures.leakage import copied
from thinkaug.plan import Plan
from thinkaug.records import VERDICTS, Claim, Draft, Thought
from thinkaug.rendering import Style, thinking_of

Bars = dict[str, tuple[str, bool]]


def main() -> None:
    """Run the pipeline, print the tables, and with --bar exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=0, help="only the first N documents")
    parser.add_argument("--out", default="", help="where the build stays; a temporary folder if not given")
    parser.add_argument("--bar", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        bars = measure(Path(arguments.out or scratch), arguments.documents)
    print()
    for name, (value, met) in bars.items():
        print(f"{'met   ' if met else 'MISSED'}  {name}: {value}")
    if arguments.bar and not all(met for _, met in bars.values()):
        sys.exit(1)


def measure(out: Path, documents: int) -> Bars:
    """Print all tables; return what each bar came to."""
    plan = run(out, documents)
    truth = Truth()
    scored, pruned = list(rows(plan, "score")), list(rows(plan, "prune"))
    bars = confusion(scored, truth)
    bars |= before_and_after(scored, pruned, truth)
    bars |= leaks(plan)
    bars |= separation(plan, scored, truth)
    bars |= calibration(plan)
    return bars


def run(out: Path, documents: int) -> Plan:
    """pipelines/medical.yaml as far as prune, with thoughts that were not looked up."""
    index = build_demo_index(str(out / "index"))
    settings = [
        "stages.generate.strategy=interleaved",
        "stages.generate.options={}",
        f"stages.verify.index={index}",
        *([f"stages.ingest.limit={documents}"] if documents else []),
    ]
    return build.run("medical", until="prune", settings=settings, out=str(out))


def rows(plan: Plan, label: str) -> Iterator[Draft]:
    """The drafts that a step left."""
    [step] = [step for step in plan.steps if step.label == label]
    return step.folder.all_rows()


class Truth:
    """What the table says, by a reader that knows nothing of `verify`."""

    def __init__(self) -> None:
        self.facts = read_facts(knowledge() / "facts.tsv")
        self.splits = read_splits(knowledge() / "splits.json")
        self.world = world(self.facts, self.splits.held_out)
        self._reader = Reader(self.world)

    @cached_property
    def _ids(self) -> dict[str, str]:
        names = {fact.subject: fact.subject_id for fact in self.facts}
        return names | {fact.object: fact.object_id for fact in self.facts}

    def labels(self, text: str) -> list[tuple[Labelled, bool]]:
        """The claims of a sentence, each with whether it is right."""
        return [(claim, self._reader.true(claim)) for claim in self._reader.claims(text)]

    def right(self, steps: Iterable[Thought]) -> bool | None:
        """Whether all that the recall steps claim is right; None where nothing is claimed."""
        found = [right for step in steps if step.kind == "recall" for _, right in self.labels(step.text)]
        return all(found) if found else None

    def same(self, label: Labelled, claim: Claim) -> bool:
        """Whether a claim of `verify` says what was labelled."""
        ends = (self._ids[label.subject], label.relation, self._ids[label.object], label.effect or "")
        return ends == (claim.subject, claim.relation, claim.object, claim.qualifier) and not claim.negated

    def swapped(self, steps: tuple[Thought, ...]) -> tuple[Thought, ...]:
        """The thought about a conclusion with its disease, parent and class put in place of others; empty of others."""
        claims = [claim for step in steps if step.kind == "recall" for claim, _ in self.labels(step.text)]
        names = {claim.object for claim in claims} | {claim.subject for claim in claims}
        groups = [name for name in names if name in self.world.groups()]
        diseases = [name for name in names if name in self.world.diseases]
        if len(groups) != 1 or len(diseases) != 1:
            return ()
        chance = random.Random(steps[0].text)
        disease = chance.choice([d for d, place in self.world.diseases.items() if place.group not in groups])
        place, old = self.world.diseases[disease], self.world.diseases[diseases[0]]
        put = {diseases[0]: disease, groups[0]: place.group, old.parent: place.parent}
        find = re.compile("|".join(re.escape(name) for name in sorted(put, key=len, reverse=True)), re.I)
        lower = {name.lower(): other for name, other in put.items()}
        return tuple(replace(s, text=find.sub(lambda found: lower[found[0].lower()], s.text)) for s in steps)

    def knew(self, draft: Draft) -> bool:
        """Whether no drug of the passage was withheld from the writer."""
        text = draft.passage.text.lower()
        return not any(re.search(rf"\b{re.escape(name.lower())}\b", text) for name in self.splits.withheld.values())


def confusion(drafts: Iterable[Draft], truth: Truth) -> Bars:
    """The judge's verdicts against the labels of all claims of recall steps that the frames can read."""
    seen: Counter[tuple[bool, str]] = Counter()
    for step in (step for draft in drafts for step in draft.thoughts if step.kind == "recall" and not step.drop):
        for label, right in truth.labels(step.text):
            verdict = next((claim.verdict for claim in step.claims if truth.same(label, claim)), "not read")
            seen[right, verdict] += 1
    columns = (*VERDICTS, "not read")
    print("labels by the table | " + " | ".join(columns))
    for right in (True, False):
        print(
            f"{'right' if right else 'wrong':19} | "
            + " | ".join(f"{seen[right, each]:>{len(each)}}" for each in columns)
        )
    agree, count = seen[True, "supported"] + seen[False, "contradicted"], seen.total()
    return {"judge accuracy >= 0.98, all labelled claims": (f"{agree / count:.4f} of {count}", agree >= 0.98 * count)}


def before_and_after(scored: list[Draft], pruned: list[Draft], truth: Truth) -> Bars:
    """Knowledge index and coverage, by the judge and by the labels; passages with a recall step.

    A step that has no label names something that is not in the table, as a rule a drug that does not exist.
    """
    known = {draft.id for draft in scored if truth.knew(draft)}
    head = ("claims", "KI    ", "coverage", "KI by labels", "labelled", "steps not labelled", "passages with recall")
    print(f"\n        | {' | '.join(head)} | ... of the known")
    index = {}
    for name, drafts in (("before", scored), ("after", pruned)):
        steps = [step for draft in drafts for step in draft.thoughts if not step.drop]
        verdicts = count_verdicts(claim.verdict for step in steps if step.kind == "recall" for claim in step.claims)
        decided = (verdicts["supported"], verdicts["contradicted"])
        found = [truth.labels(step.text) for step in steps if step.kind == "recall"]
        labels = [right for of_step in found for _, right in of_step]
        index[name] = knowledge_index(*decided) or 0.0
        recall = {draft.id for draft in drafts if any(t.kind == "recall" and not t.drop for t in draft.thoughts)}
        cells = [f"{sum(verdicts.values()):6}", f"{index[name]:.4f}", f"{coverage(*decided, verdicts['unknown']):8.4f}"]
        cells += [
            f"{sum(labels) / len(labels):12.4f}",
            f"{len(labels):8}",
            f"{sum(not of_step for of_step in found):18}",
            f"{len(recall):20}",
            f"{len(recall & known)}",
        ]
        print(f"{name:7} | " + " | ".join(cells))
    rise = 100 * (index["after"] - index["before"])
    possible = 100 * (1 - index["before"])
    share = len(recall & known) / len(known)
    return {
        "KI rises by >= 12 points": (f"{rise:.1f}, of {possible:.1f} that could be gained", rise >= 12),
        "known passages with recall >= 80 %": (f"{len(recall & known)} of {len(known)}, {share:.1%}", share >= 0.8),
    }


def leaks(plan: Plan) -> Bars:
    """Thoughts of the grammar, clean and with a sentence of their stretch in them, by the pipeline's limit."""
    [prune] = [step for step in plan.steps if step.label == "prune"]
    limit = prune.config.limits["most_copied"]
    truth, voice, chance = Truth(), Voice(7), random.Random(1)
    alarms, clean, caught, planted = 0, 0, 0, 0
    for note in sample_notes(truth.facts, truth.splits):
        for statement, (before, target) in zip(note.statements, stretches(note), strict=True):
            steps = [text for _, text in thoughts(statement, truth.world, voice)]
            alarms += (copied(steps, target, before) or 0.0) > limit
            clean += 1
            sentence = chance.choice(
                [s for s in re.split(r"(?<=[.])\s+", target.strip()) if len(s.split()) >= 6] or [target]
            )
            for leak in (
                sentence,
                sentence.upper(),
                " ".join(sentence.split()).rstrip("."),
                f"I recall that {sentence}",
            ):
                caught += (copied([*steps[:-1], leak], target, before) or 0.0) > limit
                planted += 1
    print(f"\nleaks: {caught} of {planted} planted are caught, {alarms} of {clean} clean thoughts are taken for one")
    return {
        "planted leaks caught, all": (f"{caught} of {planted}", caught == planted),
        "false alarms <= 1 %": (f"{alarms / clean:.2%}", alarms <= 0.01 * clean),
    }


class Row(NamedTuple):
    """One thought: what it belongs to, its gains in nats a token, and whether what it recalls is right."""

    group: str
    stretch: tuple[str, int]
    gain: float
    mismatched: float
    right: bool


def separation(plan: Plan, drafts: Iterable[Draft], truth: Truth) -> Bars:
    """How well gains tell thoughts whose recall is right from those whose recall is wrong.

    Beside the model's own mistakes stand planted ones: right thoughts about conclusions, whose disease and class are
    put in place of others throughout. These do not fit their stretch; the model's own do, since it has read it.
    """
    found: list[Row] = []
    planted: list[tuple[Draft, int, tuple[Thought, ...], tuple[Thought, ...]]] = []
    for draft in drafts:
        worth = {(g.cut, g.candidate): g.worth for g in draft.generations}
        for (cut, candidate), steps in groupby(draft.thoughts, key=lambda thought: (thought.cut, thought.candidate)):
            thought = tuple(steps)
            right, value = truth.right(thought), worth[cut, candidate]
            if right is None or value is None or value.mismatched is None:
                continue
            group = "known" if truth.knew(draft) else "withheld"
            found.append(Row(group, (draft.id, cut), value.gain, value.mismatched, right))
            if right and (swapped := truth.swapped(thought)):
                planted.append((draft, cut, thought, swapped))
    groups = {"all": found, **{name: [row for row in found if row.group == name] for name in ("known", "withheld")}}
    groups["planted"] = _gains(plan, planted)
    print("\nthoughts | right | wrong | AUROC of IG | of IG - IG_mismatched | right over wrong of the same stretch")
    areas = {}
    for name, some in groups.items():
        labels = [row.right for row in some]
        plain, areas[name] = (
            auroc(_as_shares(values), labels) or 0.0
            for values in ([row.gain for row in some], [row.gain - row.mismatched for row in some])
        )
        counts = f"{name:8} | {sum(labels):5} | {len(labels) - sum(labels):5}"
        print(f"{counts} | {plain:11.3f} | {areas[name]:21.3f} | {_of_the_same_stretch(some):.3f}")
    return {"AUROC of IG - IG_mismatched >= 0.8": (f"{areas['all']:.3f}", areas["all"] >= 0.8)}


def _of_the_same_stretch(some: list[Row]) -> float:
    """The share of the pairs of a right and a wrong thought about one stretch in which the right one gains more."""
    higher, count = 0.0, 0
    for _, rows in groupby(sorted(some, key=lambda row: row.stretch), key=lambda row: row.stretch):
        members = list(rows)
        right, wrong = ([row.gain for row in members if row.right is side] for side in (True, False))
        higher += sum((one > other) + (one == other) / 2 for one in right for other in wrong)
        count += len(right) * len(wrong)
    return higher / max(1, count)


def _gains(plan: Plan, planted: list[tuple[Draft, int, tuple[Thought, ...], tuple[Thought, ...]]]) -> list[Row]:
    """The gains of right thoughts and of the same with swapped names, each for its own stretch."""

    def ask(score: Score) -> Dialogue[float]:
        reply = yield score
        return sum(reply.log_probabilities) / len(reply.log_probabilities)

    def readings(draft: Draft, cut: int, *thoughts: tuple[Thought, ...]) -> list[Score]:
        before, target = draft.passage.before(cut), draft.passage.target(cut)
        return [Score(before + thinking_of(steps, before, Style()), target) for steps in ((), *thoughts)]

    engine = plan.services.engine("writer")
    wanted = dict.fromkeys(score for each in planted for score in readings(*each))
    answers = {
        score: value for score, value in converse(wanted, ask, engine, engine.window) if isinstance(value, float)
    }
    rows = []
    for draft, cut, *both in planted:
        raw, right, wrong = (answers[score] for score in readings(draft, cut, *both))
        rows += [Row("planted", (draft.id, cut), gain - raw, 0.0, gain == right) for gain in (right, wrong)]
    return rows


def _as_shares(values: list[float]) -> list[float]:
    """Ranks between 0 and 1: the area under the curve asks for nothing but their order."""
    order = {value: place for place, value in enumerate(sorted(set(values)))}
    return [order[value] / len(order) for value in values]


def calibration(plan: Plan) -> Bars:
    """Agreement of the candidates as confidence, raw and fitted, on held-out claims."""
    print()
    folder = plan.root / "calibration"
    for line in calibrate(plan, by="agreement", out=str(folder)):
        print(line)
    scores = json.loads((folder / "calibration.json").read_text())["scores"]
    raw, fitted = (scores[name]["ece"] for name in ("raw", "fitted"))
    return {"ECE after the fit <= half of raw": (f"{fitted:.4f} after {raw:.4f}", fitted <= raw / 2)}


if __name__ == "__main__":
    main()
