"""Where a reply of a reasoning model turns from thinking to answering, for the engine in this process."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from thinkaug.dialogue import Ask
from thinkaug.engines.finished import Split
from thinkaug.errors import UserError
from thinkaug.reasoning import split_reasoning

Splitter = Callable[[Ask, Sequence[int]], Split]
"""A request and its prompt's tokens -> what tells the thinking in its reply from the answer."""

_TAIL_TOKENS = 16
_LAST_TAG = re.compile(r"(<[^<>\s]+>|\[[^\[\]\s]+\]|\u25c1[^\s]+\u25b7)\s*\Z")


def no_thinking(ask: Ask, prompt: Sequence[int]) -> Split:
    """All of a reply is its answer."""
    return lambda text: ("", text)


def by_tags(tokenizer: Any) -> Splitter:
    """Thinking stands between tags. A chat template may have written the first of them at the end of the prompt."""

    def splitter(ask: Ask, prompt: Sequence[int]) -> Split:
        if ask.constraint:
            return no_thinking(ask, prompt)  # a constraint holds from the first token on
        tag = _LAST_TAG.search(tokenizer.decode(prompt[-_TAIL_TOKENS:]))
        opened = tag[1] if tag and not split_reasoning(tag[1]).complete else ""

        def split(text: str) -> tuple[str, str]:
            found = split_reasoning(opened + text)
            return found.reasoning, found.answer if found.complete else ""

        return split

    return splitter


def by_parser(name: str, parser: Callable[[], Any], request: Any) -> Splitter:
    """One of vLLM's reasoning parsers tells.

    Args:
        name: of the parser.
        parser: makes one. Each reply has its own, for they keep what they have seen.
        request: an empty request for a chat, which some of them look into.

    Raises:
        UserError: the parser is not one for this model, or reads tokens instead of text.
    """

    def split(text: str) -> tuple[str, str]:
        reasoning, answer = parser().extract_reasoning(text, request)
        return reasoning or "", answer or ""

    try:
        split("")
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"reasoning: the parser '{name}' does not fit the model: {reason}; try 'tags'") from error
    return lambda ask, prompt: split
