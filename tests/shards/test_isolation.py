"""A packed document is read as if it were alone: by position ids, and only where no attention mask is given."""

from typing import Any

import pytest

from tests.shards.toy_students import batch, bytelevel, folder
from thinkaug.shards.packed import packed_layout
from thinkaug.shards.student import Student

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

LENGTHS = (3, 17, 5, 30, 1, 9)


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A packed row of several documents, with padding at its end."""
    place = folder(tmp_path_factory.mktemp("model"), bytelevel(), config={"eos_token_id": 1})
    made = batch(*([("7 " * (length // 2) + "x", "text", 1.0)] for length in LENGTHS))
    layout = packed_layout(Student.open(place, "main", "", ()), 96, 0)
    laid = layout.lay(lambda: iter([made]), len(LENGTHS), made.nbytes, tmp_path_factory.mktemp("scratch"))
    (found,) = [row for each in laid.batches() for row in each.to_pylist()]
    assert len(found["seq_lengths"]) == len(LENGTHS) + 1
    return found


@pytest.fixture(scope="module", params=["eager", "sdpa"])
def model(request: pytest.FixtureRequest) -> Any:
    """A Llama of random weights, of which each token attends to all before it."""
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=bytelevel().get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        initializer_range=0.3,
        attn_implementation=request.param,
    )
    return transformers.LlamaForCausalLM(config).eval()


def difference(model: Any, row: dict[str, Any], **given: Any) -> float:
    """The largest one between the logits of a packed document and those of the document by itself."""
    ids = torch.tensor([row["input_ids"]])
    positions = torch.tensor([row["position_ids"]])
    with torch.no_grad():
        packed = model(input_ids=ids, position_ids=positions, **given).logits[0]
        worst, at = 0.0, 0
        for length in row["seq_lengths"]:
            lone = model(input_ids=ids[:, at : at + length], use_cache=False).logits[0]
            worst = max(worst, float((packed[at : at + length] - lone).abs().max()))
            at += length
    return worst


def test_logits_are_those_of_the_lone_document(model: Any, row: dict[str, Any]) -> None:
    assert difference(model, row, use_cache=False) < 1e-5


def test_an_attention_mask_of_ones_would_break_it(model: Any, row: dict[str, Any]) -> None:
    mask = torch.ones(1, len(row["input_ids"]), dtype=torch.long)
    assert difference(model, row, use_cache=False, attention_mask=mask) > 1e-2


def test_a_cache_would_break_it(model: Any, row: dict[str, Any]) -> None:
    """HF Trainer turns the cache off; who calls the model by hand has to."""
    assert transformers.TrainingArguments.use_cache is False
    assert difference(model, row, use_cache=True) > 1e-2
