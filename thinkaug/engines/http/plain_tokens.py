"""Plain text -> token ids, for requests that send tokens instead of a chat. Knows nothing of servers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from thinkaug.errors import UserError


class PlainTokens:
    """A model's tokenizer, for which all text is text: what spells a control token is encoded as its characters.

    Args:
        model: a model folder or a Hub id; it must have a `tokenizer.json`.
        revision: of a Hub model.
    """

    def __init__(self, model: str, revision: str) -> None:
        place = _file(model, revision, "tokenizer.json")
        if place is None:
            raise UserError(
                f"{model}: no tokenizer.json to count tokens with; set engines.<name>.tokenizer to a folder or a Hub "
                "model that has one"
            )
        self._tokenizer = Tokenizer.from_file(str(place))
        self._tokenizer.encode_special_tokens = True
        self._model = model
        place = _file(model, revision, "tokenizer_config.json")
        settings = json.loads(place.read_text(encoding="utf-8")) if place else {}
        bos = self._named(settings, "bos_token")
        self._begins = bos or self._named(settings, "eos_token")
        # A model whose tokenizer opens every text with BOS has never seen one without it.
        self._opens = bos if bos and self._tokenizer.encode("").ids[:1] == bos else []

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, nothing added."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids."""
        text: str = self._tokenizer.decode(list(ids))
        return text

    def encode_score(self, context: str, target: str) -> tuple[list[int], list[int]]:
        """The ids of a context and of what follows it, tokenised apart, as `engines/vllm.py` does it.

        Raises:
            UnicodeEncodeError: one of them holds half a surrogate pair.
            UserError: the context is empty, and the model names no token that a document begins with.
        """
        (context + target).encode()
        before, after = self.encode([context, target])
        return ([*self._opens, *before] if context else [self._document_start()]), after

    def _document_start(self) -> int:
        """BOS, or for a model that has none EOS, which ends another document."""
        if not self._begins:
            raise UserError(
                f"{self._model}: its tokenizer_config.json names no bos_token and no eos_token, so that a text without "
                "a context cannot be scored; set engines.<name>.tokenizer to the model that the server runs"
            )
        return self._begins[0]

    def _named(self, settings: Mapping[str, Any], key: str) -> list[int]:
        """The id of the token that the settings name, in a list; empty if they name none."""
        token = settings.get(key)
        name = token.get("content") if isinstance(token, dict) else token
        number = self._tokenizer.token_to_id(name) if isinstance(name, str) else None
        return [] if number is None else [number]


def _file(model: str, revision: str, name: str) -> Path | None:
    place = Path(model) / name
    if place.is_file():
        return place
    if Path(model).is_dir():
        return None
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HFValidationError

    try:
        return Path(hf_hub_download(model, name, revision=revision))
    except EntryNotFoundError:
        return None
    except (OSError, HFValidationError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"{model} (revision {revision}): {name} is not to be had from the Hub: {reason}; set "
            "engines.<name>.tokenizer to a folder or a Hub model that has one"
        ) from error
