"""What the demo's model learns from shards: every sample as it stands, and each thought as the answer for its chunk."""

import json
from collections.abc import Callable
from itertools import islice, repeat
from pathlib import Path

import pytest

import thinkaug
from thinkaug.demo.learn import conversations, examples
from thinkaug.dialogue import Ask, Message
from thinkaug.engines.scripted import Scripted
from thinkaug.templates import Templates

PIPELINE = """
name: learn
stages:
  - ingest: {paths: [PATH]}
  - segment: {cuts: paragraph, stretch_chars: 10}
  - generate: {strategy: latent, prompts: brief, vary: []}
  - pack
"""
TEXTS = ["Gout hurts.\n\nIt is treated.\n\n", "Asthma is a disease of airways."]


def thought(ask: Ask) -> str:
    return f"Thought {ask.seed}."


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learn")
    (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    (folder / "learn.yaml").write_text(PIPELINE.replace("PATH", str(folder / "in.jsonl")))
    return thinkaug.run(str(folder / "learn.yaml"), out=str(folder), engines={"writer": Scripted(thought)}).shards


def test_each_round_holds_every_text_and_every_thought_once(shards: Path) -> None:
    first, second = (list(islice(examples(shards, seed), 5)) for seed in (1, 1))
    assert first == second
    texts = [example for example in first if isinstance(example, str)]
    talks = [example for example in first if not isinstance(example, str)]
    assert len(texts) == 2
    assert all("<thinking>\nThought" in text for text in texts)
    assert len(talks) == 3


def test_a_thought_answers_the_prompt_that_the_main_job_would_make(shards: Path) -> None:
    talks = [example for example in islice(examples(shards, 0), 5) if not isinstance(example, str)]
    templates = Templates(brief=True)
    wanted = {
        templates.render("latent.j2", before=before, target=target, persona="")
        for before, target in (("", "Gout hurts.\n\n"), ("Gout hurts.\n\n", "It is treated.\n\n"), ("", TEXTS[1]))
    }
    assert {talk[:-1] for talk in talks} == wanted
    assert all(talk[-1].role == "assistant" and talk[-1].content.startswith("Thought ") for talk in talks)


def span(start: int, end: int, kind: str) -> dict[str, object]:
    return {"start": start, "end": end, "kind": kind, "weight": 1.0}


@pytest.mark.parametrize("spans", [[], [span(0, 4, "text")], [span(0, 4, "text"), span(4, 9, "prose")]])
def test_text_without_a_thought_before_it_asks_nothing(spans: list[dict[str, object]]) -> None:
    assert list(conversations("One. Two.", spans, Templates(brief=True))) == []


def test_shards_without_samples_end_at_once(tmp_path: Path) -> None:
    (tmp_path / "train" / "shards").mkdir(parents=True)
    assert list(examples(tmp_path, 0)) == []


def test_continued_training_starts_from_the_model_and_learns(
    tmp_path: Path, shards: Path, tiny: Callable[[Path], Path]
) -> None:
    pytest.importorskip("torch")
    from thinkaug.demo.train import Training, train_on

    start = tiny(tmp_path / "start")
    training = Training(steps=30, warmup_steps=2, matrix_rate=5e-3, other_rate=2e-3)
    losses = train_on(start, tmp_path / "out", examples(shards, 0), training)
    assert sum(losses[-5:]) < sum(losses[:5])
    names = sorted(path.name for path in start.iterdir())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert (tmp_path / "out" / "tokenizer.json").read_bytes() == (start / "tokenizer.json").read_bytes()
    assert (tmp_path / "out" / "model.safetensors").read_bytes() != (start / "model.safetensors").read_bytes()


@pytest.fixture
def tiny() -> Callable[[Path], Path]:
    """A small model, trained for a moment."""

    def make(folder: Path) -> Path:
        from thinkaug.demo.train import Training, train

        prompt = Templates(brief=True).render("latent.j2", before="", target=TEXTS[0], persona="")
        talk = (*prompt, Message("assistant", "Gout is a disease."))
        toy = Training(steps=2, warmup_steps=1, hidden=32, layers=1, heads=2, pool=4)
        train(folder, repeat(talk), [talk] * 80, toy)
        return folder

    return make
