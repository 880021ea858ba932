"""One finished data set, of a real run with a scripted engine, and copies of it to damage."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import thinkaug
from tests.shards.forged import forge
from thinkaug.dialogue import Ask
from thinkaug.engines.scripted import Scripted
from thinkaug.pipeline import Plan

DOCUMENTS = 60


def _text(number: int) -> str:
    """Three paragraphs of which no other document has a copy; odd line ends and letters of four bytes among them."""
    return "\r\n\r\n".join(
        f"Case {number}.{part}: the 🫀 of patient {number * part} beat {60 + number} times a minute; "
        f"{' '.join(f'finding{number}x{part}x{word}' for word in range(12))}."
        for part in range(3)
    )


def _answer(ask: Ask) -> str:
    """Steps of two kinds; for one document in ten nothing that can be read."""
    prompt = ask.messages[1].content
    if "of patient 0 beat 69 " in prompt or "of patient 9 beat 69 " in prompt:
        return "I would rather not."
    return f"<self_talk>What does finding {ask.seed} point to 🫀?</self_talk>\n<recall>Sixty beats are normal.</recall>"


Build = Callable[..., Plan]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Run the toy pipeline in a new folder; the options are those of pack."""

    def run(**options: Any) -> Plan:
        place = tmp_path_factory.mktemp("build")
        rows = [{"text": _text(number), "license": "CC-BY-4.0"} for number in range(DOCUMENTS)]
        rows[3] = {"text": " "}
        (place / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        stages = [
            {"ingest": {"paths": [str(place / "docs.jsonl")], "shard_documents": 16}},
            {"segment": {"window_chars": 500}},
            "generate",
            {"pack": {"shard_mb": 0.03, **options}},
        ]
        (place / "toy.yaml").write_text(json.dumps({"stages": stages}))
        return thinkaug.run(str(place / "toy.yaml"), out=str(place / "out"), engines={"writer": Scripted(_answer)})

    return run


@pytest.fixture(scope="session")
def plan(build: Build) -> Plan:
    """A finished build; leave it as it is."""
    return build()


@pytest.fixture(scope="session")
def root(plan: Plan) -> Path:
    """Its data set; leave it as it is."""
    return plan.shards


@pytest.fixture
def mine(plan: Plan, tmp_path: Path) -> Path:
    """The data set in a copy of the whole build, to damage."""
    shutil.copytree(plan.root, tmp_path / "build", symlinks=True)
    return tmp_path / "build" / "shards"


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A set of each layout; leave them as they are."""
    place = tmp_path_factory.mktemp("forged")
    return {layout: forge(place / layout, layout) for layout in ("text", "tokens", "packed")}


@pytest.fixture
def copy_of(whole: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the set of a layout, to damage."""
    return lambda layout: Path(shutil.copytree(whole[layout], tmp_path / layout))
