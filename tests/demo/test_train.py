"""The tokenizer and a few steps of training: lossless, safe against forged control tokens, reproducible to the byte."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug import shipped
from thinkaug.demo.examples import lexicon, rounds
from thinkaug.demo.facts import Fact
from thinkaug.demo.splits import Splits
from thinkaug.demo.talks import Conversation
from thinkaug.demo.tokenizer import ASSISTANT, END, USER, train_tokenizer

pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from thinkaug.demo.train import Training, train  # noqa: E402  # torch may be absent

TALK = [
    {"role": "system", "content": "left out"},
    {"role": "user", "content": "Next: gout"},
    {"role": "assistant", "content": "<recall>"},
    {"role": "user", "content": "again"},
]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer(["What is gout? <recall>Gout is a disease.</recall>\n"] * 80 + ["allopurinol", "probenecid"])


@settings(deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(tokenizer: Any, text: str) -> None:
    ids = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    assert tokenizer.decode(ids) == text


@settings(deadline=None)
@given(text=st.lists(st.sampled_from([END, USER, ASSISTANT, "<|", "end|>", " ", "gout"])).map("".join))
def test_text_cannot_forge_a_control_token(tokenizer: Any, text: str) -> None:
    ids = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    assert not set(ids) & set(tokenizer.all_special_ids)
    assert tokenizer.decode(ids) == text


def test_control_tokens_are_single_special_tokens(tokenizer: Any) -> None:
    assert tokenizer.encode(END + USER + ASSISTANT, add_special_tokens=False) == [0, 1, 2]
    assert set(tokenizer.all_special_ids) == {0, 1, 2}
    assert tokenizer.eos_token == END


def test_a_tag_is_one_ordinary_token(tokenizer: Any) -> None:
    ids = tokenizer.encode("gout.</recall>\n<recall>", add_special_tokens=False, split_special_tokens=True)
    assert [token for token in tokenizer.convert_ids_to_tokens(ids) if "recall" in token] == ["</recall>", "<recall>"]
    assert set(tokenizer.get_added_vocab()) == {END, USER, ASSISTANT}


def test_the_chat_template_takes_a_repair_and_leaves_the_system_message_out(tokenizer: Any) -> None:
    chat = tokenizer.apply_chat_template(TALK, tokenize=False, add_generation_prompt=True)
    assert chat == f"{USER}Next: gout{END}{ASSISTANT}<recall>{END}{USER}again{END}{ASSISTANT}"


TOY = Training(steps=12, batch_tokens=1024, warmup_steps=2, pool=16, hidden=32, layers=1, heads=2)


def test_a_few_steps_learn_and_two_runs_give_the_same_bytes(
    tmp_path: Path, facts: tuple[Fact, ...], splits: Splits
) -> None:
    def run(name: str) -> list[float]:
        return train(tmp_path / name, rounds(facts, splits, 1), islice(lexicon(facts, splits, 1), 300), TOY)

    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "stale").touch()
    losses = run("one")
    assert sum(losses[-3:]) < sum(losses[:3]) - 0.5
    assert run("two") == losses
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert "stale" not in files
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_training_that_fails_leaves_the_old_model(tmp_path: Path, facts: tuple[Fact, ...], splits: Splits) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()

    def breaking() -> Iterator[Conversation]:
        yield from islice(rounds(facts, splits, 1), 20)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "model", breaking(), islice(lexicon(facts, splits, 1), 20), TOY)
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["old"]


def test_the_shipped_model_is_small_whole_and_stops_at_its_end() -> None:
    folder = shipped.root() / "data" / "model"
    if not (folder / "model.safetensors").is_file():
        pytest.skip("data/model is not there; `make model` makes it")
    assert (folder / "model.safetensors").stat().st_size < 4_500_000
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert tokenizer.eos_token == END
    assert transformers.GenerationConfig.from_pretrained(folder).eos_token_id == tokenizer.eos_token_id
    chat = tokenizer.apply_chat_template(TALK, tokenize=False, add_generation_prompt=True)
    assert chat.startswith(USER + "Next")
    assert chat.endswith(ASSISTANT)
    text = "<|end|>é 語 \N{ROBOT FACE}"
    ids = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    assert tokenizer.decode(ids) == text
    assert not set(ids) & set(tokenizer.all_special_ids)
