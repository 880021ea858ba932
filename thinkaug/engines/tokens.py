"""Counts tokens with a model's tokenizer alone, without the model."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

from thinkaug.errors import UserError


def count_tokens(model: str, revision: str, texts: Sequence[str]) -> list[int]:
    """How many tokens each text has, special tokens aside.

    Args:
        model: a model folder or a Hub id; it must have a `tokenizer.json`.
        revision: of a Hub model.
        texts: any number of texts.
    """
    encoded = _tokenizer(model, revision).encode_batch_fast(list(texts), add_special_tokens=False)
    return [len(encoding) for encoding in encoded]


@cache
def _tokenizer(model: str, revision: str) -> Tokenizer:
    place = Path(model) / "tokenizer.json"
    if not place.is_file():
        from huggingface_hub import hf_hub_download

        try:
            place = Path(hf_hub_download(model, "tokenizer.json", revision=revision))
        except OSError as error:
            raise UserError(f"engines: {model}: no tokenizer.json to count tokens with: {error}") from error
    return Tokenizer.from_file(str(place))
