"""Chat messages -> prompt tokens, such that no message can speak as the template. Knows nothing of vLLM.

A chat template writes roles and turns as control tokens. Expert text may contain the very same characters; encoded
along with the template they would open a turn of their own. So such messages are encoded apart, as plain characters.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

from jinja2 import TemplateError

from thinkaug.dialogue import Message
from thinkaug.errors import UserError


def read_template(place: str) -> str:
    """The text of a chat template's file; empty where none is named.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        return Path(place).read_text(encoding="utf-8") if place else ""
    except OSError as error:
        raise UserError(f"chat_template: {place}: {error.strerror}") from error


class ChatEncoder:
    """Encodes chats for one tokenizer (a fast `transformers` tokenizer that has a chat template).

    Args:
        tokenizer: the model's own.
        options: further values for its chat template, such as `enable_thinking`.
    """

    def __init__(self, tokenizer: Any, options: Mapping[str, object]) -> None:
        if not tokenizer.chat_template:
            raise UserError(
                f"{tokenizer.name_or_path}: the model has no chat template; name one that has, or set "
                "engines.<name>.chat_template to a Jinja file"
            )
        self._tokenizer = tokenizer
        self._options = dict(options)
        special = sorted(tokenizer.get_added_vocab(), key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, special))) if special else None
        self._takes_system = self._accepts(Message("system", "s"), Message("user", "u"))
        if not self._accepts(Message("user", "u"), Message("assistant", "a"), Message("user", "u")):
            raise UserError(f"{tokenizer.name_or_path}: its chat template takes no conversation of several turns")

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """The prompt's token ids, ending where the model's own turn begins.

        For a model whose template takes no system message, that message opens the first turn of the user.
        """
        if not self._takes_system and messages[0].role == "system":
            first = Message("user", f"{messages[0].content}\n\n{messages[1].content}")
            messages = (first, *messages[2:])
        if self._control is None or not any(self._control.search(message.content) for message in messages):
            return self._ids(self._apply([message.content for message in messages], messages), plain=False)
        # Rare: the template is filled with marks that cannot occur, and the texts are put in as plain characters.
        mark = f"\x02{token_hex(8)}:"
        filled = self._apply([f"{mark}{number}\x03" for number in range(len(messages))], messages)
        ids: list[int] = []
        for number, piece in enumerate(re.split(f"{mark}(\\d+)\x03", filled)):
            is_text = number % 2 == 1
            ids += self._ids(messages[int(piece)].content if is_text else piece, plain=is_text)
        return ids

    def _accepts(self, *messages: Message) -> bool:
        try:
            self._apply([message.content for message in messages], messages)
        except TemplateError:
            return False
        return True

    def _apply(self, contents: Sequence[str], messages: Sequence[Message]) -> str:
        chat = [{"role": message.role, "content": text} for message, text in zip(messages, contents, strict=True)]
        filled: str = self._tokenizer.apply_chat_template(
            chat, tokenize=False, add_generation_prompt=True, **self._options
        )
        return filled

    def _ids(self, text: str, *, plain: bool) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=plain)
        return ids
