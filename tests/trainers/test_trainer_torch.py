"""The plain PyTorch loop: killed and resumed, it is the run that was never stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import load_from_disk
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

HERE = Path(__file__).parents[2]
Example = Callable[..., tuple[float, float]]
Straight = tuple[Path, float, float, list[str]]


@pytest.fixture(scope="module")
def dropping(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The student with dropout, so that a step depends on random numbers too."""
    place = tmp_path_factory.mktemp("dropping")
    config = AutoConfig.from_pretrained(student, attention_dropout=0.3)
    AutoModelForCausalLM.from_pretrained(student, config=config, dtype="float32").save_pretrained(place)
    return place


def options(packed_root: Path, model: Path, out: Path, steps: int) -> list[str]:
    return [
        f"--shards={packed_root}",
        f"--model={model}",
        f"--out={out}",
        f"--steps={steps}",
        "--lr=3e-3",
        "--batch=7",  # of 40 rows: a pass of 5 steps
        "--save-every=4",
    ]


def steps_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("step ")]


@pytest.fixture(scope="module")
def straight(example: Example, packed_root: Path, dropping: Path, tmp_path_factory: pytest.TempPathFactory) -> Straight:
    out, said = tmp_path_factory.mktemp("straight"), StringIO()
    with redirect_stdout(said):
        before, after = example("torch_loop.py", *options(packed_root, dropping, out, 13))
    return out, before, after, steps_in(said.getvalue())


def test_it_learns(straight: Straight) -> None:
    _, before, after, _ = straight
    assert after < before - 0.2


def test_a_run_that_was_killed_ends_with_the_same_weights(
    example: Example,
    packed_root: Path,
    dropping: Path,
    straight: Straight,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    argv = options(packed_root, dropping, tmp_path, 100_000)
    run = subprocess.Popen(
        [sys.executable, str(HERE / "examples" / "torch_loop.py"), *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"},
    )
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith("step 6:"):
            run.send_signal(signal.SIGKILL)
            break
    run.wait()
    run.stdout.close()
    found = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"]
    assert found in {4, 8}  # the last save before it died
    capsys.readouterr()
    _, after = example("torch_loop.py", *options(packed_root, dropping, tmp_path, 13))
    place, _, unbroken, losses = straight
    assert steps_in(capsys.readouterr().out) == losses[found:]
    assert after == unbroken
    same(place, tmp_path)


@pytest.mark.parametrize("stop", [5, 12])  # at the end of a pass, within one
def test_a_run_that_stopped_goes_on_with_the_same_losses(
    example: Example,
    packed_root: Path,
    dropping: Path,
    straight: Straight,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    stop: int,
) -> None:
    example("torch_loop.py", *options(packed_root, dropping, tmp_path / "parts", stop))
    example("torch_loop.py", *options(packed_root, dropping, tmp_path / "parts", 13))
    assert steps_in(capsys.readouterr().out) == straight[3]
    same(straight[0], tmp_path / "parts")


def test_a_save_that_was_cut_short_is_not_read(
    example: Example, packed_root: Path, dropping: Path, straight: Straight, tmp_path: Path
) -> None:
    (tmp_path / "checkpoint.tmp").write_bytes(b"half a")
    example("torch_loop.py", *options(packed_root, dropping, tmp_path, 13))
    same(straight[0], tmp_path)


def test_a_packed_row_has_the_loss_of_its_documents_alone(packed_root: Path, student: Path) -> None:
    row = load_from_disk(str(packed_root))["train"].with_format("torch")[0]
    model = AutoModelForCausalLM.from_pretrained(student, dtype="float32").eval()
    columns = ("input_ids", "labels", "position_ids", "loss_weights")
    loss = LOOP["loss_of"](model, {name: row[name][None] for name in columns})
    losses = weights = 0.0
    documents = zip(*(row[name].split(row["seq_lengths"].tolist()) for name in columns), strict=True)
    for ids, labels, _, weight in documents:
        weight = weight[1:] * (labels[1:] != -100)
        chances = model(input_ids=ids[None]).logits[0, :-1].log_softmax(-1)
        losses -= (weight * chances.gather(-1, labels[1:, None].clamp(min=0))[:, 0]).sum().item()
        weights += float(weight.sum())
    assert len(row["seq_lengths"]) > 2
    assert loss.item() == pytest.approx(losses / weights, abs=1e-5)


def same(some: Path, others: Path) -> None:
    """Weights, and the optimizer's memory, bit for bit."""
    one, other = load_file(some / "model.safetensors"), load_file(others / "model.safetensors")
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    first, second = (torch.load(place / "checkpoint.pt", weights_only=True) for place in (some, others))
    memory, remembered = first["optimizer"]["state"], second["optimizer"]["state"]
    assert all(torch.equal(memory[n][key], remembered[n][key]) for n in memory for key in memory[n])


def batches(**values: int) -> list[list[int]]:
    return list(LOOP["batches"](**values))


LOOP: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def loop(load: Callable[[str], dict[str, Any]]) -> None:
    LOOP.update(load("torch_loop.py"))


@given(
    rows=st.integers(1, 40),
    batch=st.integers(1, 10),
    seed=st.integers(0, 5),
    first=st.integers(0, 30),
    more=st.integers(0, 30),
)
def test_the_rows_of_a_step_do_not_depend_on_where_the_run_began(
    rows: int, batch: int, seed: int, first: int, more: int
) -> None:
    given_ = {"rows": rows, "batch": batch, "seed": seed}
    whole = batches(**given_, first=0, last=first + more)
    assert batches(**given_, first=first, last=first + more) == whole[first:]


def test_a_pass_shows_every_row_once_and_the_next_in_another_order() -> None:
    first, second, other = (
        [row for rows in batches(rows=40, batch=8, seed=seed, first=begin, last=begin + 5) for row in rows]
        for seed, begin in ((3, 0), (3, 5), (4, 0))
    )
    assert sorted(first) == sorted(second) == list(range(40))
    assert first != second
    assert first != other
