"""How a layout is loaded, which trainers read it, and what each gets wrong in silence. Knows no set."""

from collections.abc import Sequence

from thinkaug.shards.describing.markdown import table

_COLUMNS = {
    "text": (
        "`text` is what a model trains on, without BOS or EOS. `spans` says which characters of it are what, as "
        "half-open code-point offsets that tile it, with kind and loss weight; `no_loss_ranges` are the `[start, end]` "
        "that carry no loss. `meta` is a JSON object: origin, licence, model, SHA-256 of the expert text."
    ),
    "tokens": (
        "One document a row: `input_ids`, `attention_mask`, `labels`, `loss_weights`. Labels are not shifted; they are "
        "-100 for the first token and wherever the weight is 0. `loss_weights[i]` weighs token i as a target. Each row "
        "ends with EOS, which is trained on."
    ),
    "packed": (
        "Rows of one length that hold several documents: `input_ids`, `labels`, `position_ids` that begin again with "
        "each document, `seq_lengths`, `loss_weights`. Labels are not shifted; they are -100 for the first token of "
        "each document and wherever the weight is 0. `loss_weights[i]` weighs token i as a target. Padding is the last "
        "of `seq_lengths`. There is no `attention_mask`, and none may be added: with one that is all 1, documents of "
        "a row attend to each other."
    ),
}

_LINES = {
    "text": 'print(rows[0]["text"])',
    "tokens": 'print(rows[0]["input_ids"])',
    "packed": 'print(rows[0]["labels"])',
}

_WEIGHTED = (
    "HF Trainer, with weights",
    "the same, with `thinkaug.training.trainer.WeightedTrainer`",
    "the stock Trainer drops `loss_weights` as a column it does not know",
)
_SHIFTED = (
    "Levanter, Megatron-Bridge",
    "tokens and weights, through `thinkaug.training.shift_weights`",
    "they want weights shifted left by one *within* each document",
)
_TRAINERS: dict[str, Sequence[tuple[str, str, str]]] = {
    "text": (
        (
            "TRL SFT",
            "`text`, as it is",
            "it trains on every character: loss weights and `no_loss_ranges` are not read",
        ),
        (
            "Axolotl, LLaMA-Factory",
            "this folder, as a local data set; column `text`",
            "the same; LLaMA-Factory's stage `pt` loses masks in any layout",
        ),
        (
            "torchtitan, lingua, nanochat, Levanter",
            "JSONL or Parquet: `thinkaug export --to jsonl` or `--to parquet`",
            "the same; each puts its own BOS or EOS between texts",
        ),
        (
            "Megatron-LM, NeMo, GPT-NeoX; nanotron, OLMo-core",
            "`thinkaug export --to megatron` or `--to nanotron`",
            "tokens alone are left: no spans, no weights",
        ),
        (
            "datatrove",
            "`text` and `no_loss_ranges`, which it turns into masks",
            "a range that reaches a text's end would mask the EOS after it; here none does",
        ),
    ),
    "tokens": (
        (
            "HF Trainer",
            "`input_ids`, `attention_mask`, `labels`, with `DataCollatorForSeq2Seq`, which pads labels with -100",
            "`DataCollatorForLanguageModeling` makes labels of its own, and the masks are gone",
        ),
        _WEIGHTED,
        (
            "TRL SFT, Axolotl",
            "`input_ids` and `labels`",
            "`loss_weights` are dropped: only what has weight 0 differs from the rest",
        ),
        _SHIFTED,
    ),
    "packed": (
        (
            "HF Trainer",
            "`input_ids`, `labels`, `position_ids`, with `default_data_collator`",
            "a collator that adds an `attention_mask` undoes the isolation of documents",
        ),
        _WEIGHTED,
        (
            "TRL SFT",
            "the same columns, with `padding_free=True, max_length=None`",
            "with other settings it drops `position_ids` without a word; `loss_weights` it always drops",
        ),
        _SHIFTED,
    ),
}


def using(layout: str) -> str:
    """The section on how to load a set of that layout and train on it."""
    rows = [(name, reads, trap[0].upper() + trap[1:]) for name, reads, trap in _TRAINERS[layout]]
    return f"""{_COLUMNS[layout]}

```python
from datasets import load_from_disk

rows = load_from_disk("<this folder>")["train"]
{_LINES[layout]}
```

{table(("trainer", "reads", "know"), rows, 3)}"""


def added_by(tokens: Sequence[str]) -> list[str]:
    """The lines of Python that give special tokens to a tokenizer and its model; none where there are no tokens."""
    if not tokens:
        return []
    return [
        f"tokenizer.add_tokens({list(tokens)!r}, special_tokens=True)",
        "model.resize_token_embeddings(max(len(tokenizer), model.get_input_embeddings().num_embeddings))",
    ]


def adding(tokens: Sequence[str]) -> str:
    """The section on special tokens; nothing where a tokenizer needs none."""
    if not tokens:
        return ""
    lines = "\n".join(added_by(tokens))
    return f"""
## Special tokens

Thoughts stand between tokens of their own. Before training, the tokenizer and the model must be given them:

```python
{lines}
```
"""
