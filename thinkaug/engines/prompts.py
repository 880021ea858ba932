"""A request -> its prompt's tokens: a chat through the model's template, a text to score as plain characters.

Knows nothing of the engine that takes them.
"""

from collections.abc import Mapping
from typing import Any

from thinkaug.dialogue import Ask, Score
from thinkaug.engines.chat import ChatEncoder
from thinkaug.errors import UserError


class Prompts:
    """Encodes requests for one tokenizer (a fast `transformers` tokenizer that has a chat template).

    Args:
        tokenizer: the model's own.
        template_options: further values for its chat template.
    """

    def __init__(self, tokenizer: Any, template_options: Mapping[str, object]) -> None:
        self._tokenizer = tokenizer
        self._chat = ChatEncoder(tokenizer, template_options)
        bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
        # A model whose tokenizer opens every text with BOS has never seen one without it.
        self._opens = [bos] if bos is not None and tokenizer.encode("")[:1] == [bos] else []
        self._begins = [token for token in (bos, eos) if token is not None][:1]

    def ask(self, ask: Ask) -> list[int]:
        """The token ids, ending where the reply begins.

        Raises:
            UnicodeEncodeError: a text holds half a surrogate pair.
        """
        for message in ask.messages:
            message.content.encode()
        return self._chat.encode(ask.messages)

    def score(self, score: Score) -> tuple[list[int], int]:
        """The token ids of context and target, and how many of them stand before the target.

        Raises:
            UnicodeEncodeError: a text holds half a surrogate pair.
            UserError: the context is empty, and the model has no token that a document begins with.
        """
        before = self._opens + self._plain(score.context) if score.context else self._begins
        if not before:
            raise UserError(
                f"{self._tokenizer.name_or_path}: the model has neither a BOS nor an EOS token, so that a text without "
                "a context cannot be scored; give it a context"
            )
        return before + self._plain(score.target), len(before)

    def _plain(self, text: str) -> list[int]:
        text.encode()
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
        return ids
