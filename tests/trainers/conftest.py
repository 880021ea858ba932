"""Finished shards of all layouts and a tiny student of random weights, made once; nothing is asked of the Hub."""

import json
import os
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import thinkaug
from thinkaug.engines.scripted import Scripted

HERE = Path(__file__).parents[2]
WINDOW_TOKENS = 256
DOCUMENTS = 150
Example = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def offline() -> None:
    """Before any trainer is imported: they look when they are."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads on tensors this small only wait for each other; and their number may change the last bit of a sum."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of two small layers with random weights, and the shipped tokenizer beside it."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    place = tmp_path_factory.mktemp("student")
    tokenizer = AutoTokenizer.from_pretrained(HERE / "data" / "model")
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=WINDOW_TOKENS,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


Pack = Callable[..., Path]


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Lay the toy out by these options of pack; what stands before pack runs once.

    The documents are regular enough that a student learns within a few steps. Of each, one thought has no loss.
    """
    place = tmp_path_factory.mktemp("build")
    rows = [
        {
            "text": f"Patient {number} has gout 🫀.\r\n\r\nSo patient {number} takes allopurinol, "
            + "day after day, " * (number % 4)
            + "and is well."
        }
        for number in range(DOCUMENTS)
    ]
    (place / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(**options: Any) -> Path:
        stages = [
            {"ingest": {"paths": [str(place / "docs.jsonl")]}},
            {"segment": {"window_chars": 500}},
            "generate",
            {"pack": {"style": {"weights": {"self_talk": 0.0, "recall": 0.5}}, **options}},
        ]
        (place / "toy.yaml").write_text(json.dumps({"stages": stages}))
        writer = Scripted(
            lambda ask: (
                "<self_talk>What lowers uric acid 🫀?</self_talk>\n<recall>Allopurinol lowers uric acid.</recall>"
            )
        )
        # Where the link leads now: the next layout takes it over.
        return thinkaug.run(
            str(place / "toy.yaml"), out=str(place / "out"), engines={"writer": writer}
        ).shards.resolve()

    return run


@pytest.fixture(scope="session")
def text_root(pack: Pack) -> Path:
    return pack(layout="text")


@pytest.fixture(scope="session")
def tokens_root(pack: Pack) -> Path:
    return pack(layout="tokens", tokenizer="shipped:model")


@pytest.fixture(scope="session")
def packed_root(pack: Pack) -> Path:
    return pack(layout="packed", tokenizer="shipped:model", window_tokens=WINDOW_TOKENS)


@pytest.fixture(scope="session")
def load() -> Callable[[str], dict[str, Any]]:
    """The names that an example defines."""
    return lambda name: runpy.run_path(str(HERE / "examples" / name))


@pytest.fixture(scope="session")
def example(load: Callable[[str], dict[str, Any]]) -> Example:
    """Run the `main` of an example, as its command line does, and give what it returns."""

    def run(name: str, *argv: str) -> Any:
        return load(name)["main"](argv)

    return run
