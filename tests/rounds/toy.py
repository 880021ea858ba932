"""A toy pipeline in two rounds: a model whose weights are a word, and a command that "trains" by adding a letter."""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import thinkaug
from thinkaug import pipeline
from thinkaug.dialogue import Ask
from thinkaug.engines.scripted import ScriptedEngine
from thinkaug.plan import Plan, Step
from thinkaug.rounds import Trained

PIPELINE = """
name: toy
stages:
  - ingest: {paths: [CORPUS], shard_documents: 2}
  - segment
  - generate
  - filter: {checks: []}
  - pack
rounds:
  count: 2
  train: COMMAND
"""
LABELS = ["ingest", "segment", "generate@1", "filter@1", "pack@1", "generate@2", "filter@2", "pack@2"]
TRAIN = """
import json, os, signal, sys
from pathlib import Path

model, shards, out = Path(sys.argv[2]), Path(sys.argv[4]), Path(sys.argv[5].removeprefix("--out="))
journal = Path(__file__).with_name("journal")
rows = sum(shard["rows"] for shard in json.loads((shards / "manifest.json").read_text())["shards"])
assert (shards / "train" / "state.json").is_file()
with journal.open("a") as lines:
    lines.write(f"train on {rows}\\n")
out.mkdir()
(out / "config.json").write_text("{}")
if os.environ.get("KILL") and journal.read_text().count("train") == 1:
    os.kill(os.getppid(), signal.SIGKILL)
(out / "model.safetensors").write_text((model / "model.safetensors").read_text() + "+")
"""
DOCUMENTS = 6


@dataclass(frozen=True)
class Model:
    """A model whose weights are a word, which is in all that it writes. What happens to it is written down."""

    model: str
    journal: Path

    @property
    def name(self) -> str:
        return Path(self.model).name

    @property
    def weights(self) -> str:
        return (Path(self.model) / "model.safetensors").read_text()

    def identity(self) -> dict[str, object]:
        return {"kind": "toy", "weights": self.weights}

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def open(self) -> "Writer":
        self.write(f"open {self.weights}")
        return Writer(self)

    def write(self, line: str) -> None:
        with self.journal.open("a") as lines:
            lines.write(f"{line}\n")


class Writer(ScriptedEngine):
    def __init__(self, model: Model) -> None:
        super().__init__(self.say, 4)
        self.model, self.weights = model, model.weights

    def say(self, ask: Ask) -> str:
        self.model.write("ask")
        return f"<recall>What {self.weights} holds of number {ask.seed}.</recall>"

    def close(self) -> None:
        self.model.write(f"close {self.weights}")


@dataclass(frozen=True)
class Home:
    """A folder with a corpus, a model, a command that trains, and a pipeline in two rounds."""

    path: Path

    @property
    def engine(self) -> Model:
        return Model(str(self.path / "base"), self.path / "journal")

    @property
    def journal(self) -> list[str]:
        place = self.path / "journal"
        return place.read_text().splitlines() if place.exists() else []

    @property
    def happened(self) -> list[str]:
        """The journal without what the model was asked."""
        return [line for line in self.journal if line != "ask"]

    @property
    def root(self) -> Path:
        return self.path / "out" / "toy"

    def run(self, *settings: str, until: str = "") -> Plan:
        return thinkaug.run(
            str(self.path / "toy.yaml"), until=until, settings=settings, out=self.out, engines={"writer": self.engine}
        )

    def load(self, *settings: str) -> Plan:
        return pipeline.load(str(self.path / "toy.yaml"), settings, self.out, {"writer": self.engine})

    @property
    def out(self) -> str:
        return str(self.path / "out")

    def edit(self, old: str, new: str) -> None:
        place = self.path / "toy.yaml"
        assert old in place.read_text()
        place.write_text(place.read_text().replace(old, new))


def furnish(path: Path) -> Home:
    (path / "base").mkdir(parents=True)
    (path / "base" / "config.json").write_text("{}")
    (path / "base" / "model.safetensors").write_text("base")
    (path / "in.jsonl").write_text("".join(json.dumps({"text": f"Text {n}."}) + "\n" for n in range(DOCUMENTS)))
    (path / "train.py").write_text(TRAIN)
    command = f"python {shlex.quote(str(path / 'train.py'))} --model {{model}} --shards {{shards}} --out={{out}}"
    filled = PIPELINE.replace("CORPUS", json.dumps(str(path / "in.jsonl"))).replace("COMMAND", json.dumps(command))
    (path / "toy.yaml").write_text(filled)
    return Home(path)


def step(plan: Plan, label: str) -> Step:
    return next(step for step in plan.steps if step.label == label)


def labels(steps: Sequence[Step]) -> list[str]:
    return [step.label for step in steps]


def folders(plan: Plan) -> dict[str, str]:
    return {step.label: step.folder.path.name for step in plan.steps}


def rows(plan: Plan, label: str) -> Iterator[Any]:
    folder = step(plan, label).folder
    for manifest in folder.manifests():
        for file in manifest.files:
            yield from folder.rows(file.path)


def trained(plan: Plan, label: str = "generate@2") -> Trained:
    spec = step(plan, label).services.engines["writer"]
    assert isinstance(spec, Trained)
    return spec
