"""Markers that are tokens: what the manifest says gives a stock tokenizer the very ids that stand in the shards."""

import json
from collections.abc import Callable
from pathlib import Path

import datasets
import torch
from transformers import AutoTokenizer, LlamaForCausalLM


def test_the_two_lines_give_tokenizer_and_model_the_tokens_of_the_shards(
    pack: Callable[..., Path], student: Path
) -> None:
    style = {"markers": "tokens"}
    text = datasets.load_from_disk(str(pack(layout="text", style=style)))["train"]
    root = pack(layout="tokens", tokenizer=str(student), style=style)
    manifest = json.loads((root / "manifest.json").read_text())
    tokenizer, model = AutoTokenizer.from_pretrained(student), LlamaForCausalLM.from_pretrained(student)
    before = len(tokenizer)
    for line in manifest["special_tokens_added_by"]:
        exec(line, {"tokenizer": tokenizer, "model": model})
    assert len(tokenizer) == before + len(manifest["special_tokens"]) == before + 9
    assert model.get_input_embeddings().num_embeddings >= len(tokenizer)
    texts = {row["id"]: row["text"] for row in text}
    rows = list(datasets.load_from_disk(str(root))["train"])
    assert len(rows) == len(texts) > 20
    for row in rows:
        assert row["input_ids"] == [*tokenizer(texts[row["id"]])["input_ids"], manifest["layout"]["eos_id"]]
        assert max(row["input_ids"]) >= before
    with torch.no_grad():
        assert model(torch.tensor([rows[0]["input_ids"]])).logits.isfinite().all()
