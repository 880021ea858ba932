"""Real stages over toy rows: files through `thinkaug.run`, rows through the stage itself."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, Protocol

import pytest

import thinkaug
from thinkaug.engines.scripted import Scripted
from thinkaug.records import Document, Draft, Generation, Passage, Sample, Thought, content_id
from thinkaug.schema import from_batch
from thinkaug.settings import read_config
from thinkaug.stage import Dropped, EngineSpec, KeptBatch, Services, Shard, Stage
from thinkaug.stages.pack import pack
from thinkaug.templates import Templates

STEP = "<self_talk>What must be weighed here before anything is given?</self_talk>"
WRITER = Scripted(lambda ask: STEP)


@dataclass(frozen=True)
class Ingested:
    """What became of some files: the documents, and the lines of dropped/ and quarantine/."""

    documents: list[Document]
    dropped: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]
    shards: list[int]
    tally: dict[str, int]

    @property
    def texts(self) -> list[str]:
        return [document.text for document in self.documents]


class Ingest(Protocol):
    """Write the files into one folder and ingest it, or the `paths` below it."""

    def __call__(self, files: Mapping[str, str | bytes], *, paths: Sequence[str] = ..., **settings: Any) -> Ingested:
        """Settings are those of the stage."""


@pytest.fixture(scope="session")
def ingest_files(tmp_path_factory: pytest.TempPathFactory) -> Ingest:
    def ingest(files: Mapping[str, str | bytes], *, paths: Sequence[str] = ("",), **settings: Any) -> Ingested:
        tmp_path = tmp_path_factory.mktemp("ingest")
        inputs = tmp_path / "in"
        inputs.mkdir()
        for name, body in files.items():
            (inputs / name).parent.mkdir(parents=True, exist_ok=True)
            (inputs / name).write_bytes(body if isinstance(body, bytes) else body.encode())
        pipeline = tmp_path / "toy.yaml"
        given = {"paths": [str(inputs / path) for path in paths], **settings}
        pipeline.write_text(json.dumps({"stages": [{"ingest": given}]}))
        folder = thinkaug.run(str(pipeline), out=str(tmp_path / "out")).steps[0].folder
        manifests = folder.manifests()
        return Ingested(
            [row for manifest in manifests for file in manifest.files for row in folder.rows(file.path)],
            [line for manifest in manifests if manifest.dropped_file for line in folder.lines(manifest.dropped_file)],
            [line for m in manifests if m.quarantine_file for line in folder.lines(m.quarantine_file)],
            [file.rows for manifest in manifests for file in manifest.files],
            dict(sum((Counter(manifest.tally) for manifest in manifests), Counter())),
        )

    return ingest


class Settle(Protocol):
    """Run a stage over shards of rows, with `writer` as its engine."""

    def __call__(self, stage: Stage, *shards: Sequence[Any], writer: EngineSpec = ..., **settings: Any) -> list[Any]:
        """The outcomes in the order in which they came."""


@pytest.fixture(scope="session")
def settle() -> Settle:
    def run(stage: Stage, *shards: Sequence[Any], writer: EngineSpec = WRITER, **settings: Any) -> list[Any]:
        services = Services(Templates(), {"writer": writer})
        config = read_config(stage.config, settings, stage.name)
        stage.shaped_by(config, services)
        pieces = [Shard(f"{number:05d}", partial(iter, rows)) for number, rows in enumerate(shards)]
        work = stage.start(config, services, pieces)
        return [outcome for piece in pieces for outcome in work(piece)]

    return run


@dataclass(frozen=True)
class Packed:
    """What pack made of some drafts."""

    samples: list[Sample]
    dropped: list[tuple[str, str]]
    tally: Counter[str]


class Pack(Protocol):
    """Run pack over shards of drafts; settings are those of the stage."""

    def __call__(self, *shards: Sequence[Draft], writer: EngineSpec = ..., **settings: Any) -> Packed:
        """The samples, ids and reasons of what was dropped, and the tally."""


@pytest.fixture(scope="session")
def packing(settle: Settle) -> Pack:
    def run(*shards: Sequence[Draft], writer: EngineSpec = WRITER, **settings: Any) -> Packed:
        outcomes = settle(pack, *shards, writer=writer, **settings)
        kept = [outcome for outcome in outcomes if isinstance(outcome, KeptBatch)]
        return Packed(
            [sample for batch in kept for sample in from_batch(Sample, batch.batch)],
            [(outcome.row.id, outcome.reason) for outcome in outcomes if isinstance(outcome, Dropped)],
            sum((Counter(batch.tally) for batch in kept), Counter()),
        )

    return run


MakePassage = Callable[..., Passage]


def make_passage(text: str, *cuts: int, context: str = "", **fields: str) -> Passage:
    """A passage of its own document."""
    document = content_id(text)
    return Passage(
        id=content_id(document, text),
        document=document,
        start=len(context),
        text=text,
        context=context,
        cuts=cuts or (0,),
        text_sha256=sha256(text.encode()).hexdigest(),
        **fields,
    )


@pytest.fixture(scope="session")
def passage() -> MakePassage:
    return make_passage


MakeDraft = Callable[..., Draft]


@pytest.fixture(scope="session")
def draft() -> MakeDraft:
    """A draft of an expert text with one step at each named cut: `draft(text, {0: "a thought", 40: "another"})`."""

    def make(text: str, thoughts: Mapping[int, str], **fields: str) -> Draft:
        return Draft(
            make_passage(text, *sorted(thoughts), **fields),
            "interleaved",
            "scripted",
            tuple(Thought(cut, 0, "self_talk", step) for cut, step in sorted(thoughts.items()) if step),
            tuple(Generation(cut, 0, 7 + cut, "stop", 1, 1) for cut in sorted(thoughts)),
        )

    return make
