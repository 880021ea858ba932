"""Requests and replies <-> the JSON of OpenAI-style servers. Knows nothing of HTTP, retries or tokenizers."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from thinkaug.dialogue import Ask, Message, Reply

# Fields of a request that the pipeline sets: another value for one of them under `body` would belie the build's record.
OURS = frozenset(
    {
        "model",
        "messages",
        "temperature",
        "top_p",
        "max_tokens",
        "seed",
        "logprobs",
        "structured_outputs",
        "chat_template_kwargs",
        "n",
        "stream",
    }
)
# vLLM's word for "draw from all tokens". It must be said: a server puts its model's own default where nothing is said.
_ALL_TOKENS = -1
_SHOWN_CHARS = 300


class Unreadable(Exception):
    """An answer that is not what was asked for. `again`: a second try may bring a better one."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


def chat_body(
    request: Ask, model: str, chat_options: Mapping[str, Any], extra: Mapping[str, Any], takes_system: bool
) -> dict[str, Any]:
    """The body of a chat request. What is null in `extra` is left out, for servers that refuse a field."""
    sampling = request.sampling
    messages = request.messages if takes_system else _without_system(request.messages)
    body: dict[str, Any] = {
        **extra,
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": request.seed,
    }
    if sampling.top_k > 0 or request.measured:
        body["top_k"] = sampling.top_k if sampling.top_k > 0 else _ALL_TOKENS
    if request.measured:
        body["logprobs"] = True
    if request.constraint:
        kind, pattern = request.constraint.kind, request.constraint.pattern
        body["structured_outputs"] = {kind: pattern.split("\n") if kind == "choice" else pattern}
    if chat_options:
        body["chat_template_kwargs"] = dict(chat_options)
    return {key: value for key, value in body.items() if key not in extra or extra[key] is not None}


def score_body(model: str, prompt: Sequence[int]) -> dict[str, Any]:
    """The body of a request for the log-probabilities of a prompt's own tokens.

    One token must be written, which nobody reads. `logprobs` is 1 because some servers take 0 for "none".
    """
    return {
        "model": model,
        "prompt": list(prompt),
        "echo": True,
        "logprobs": 1,
        "max_tokens": 1,
        "temperature": 0,
    }


def read_chat(answer: object, *, measured: bool) -> Reply:
    """The reply in a chat answer.

    Raises:
        Unreadable: it holds no reply.
    """
    choice = _first_choice(answer)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise Unreadable("the first choice has no message")
    # A model that declines to answer says so in `refusal`, on some servers, with content null.
    content = _text(message, "content") or _text(message, "refusal")
    finish = choice.get("finish_reason") or "stop"
    if finish in ("abort", "error"):
        raise Unreadable(f"the server broke the reply off (finish_reason {finish})")
    prompt_tokens, output_tokens = _usage(answer)
    found: tuple[float, ...] = ()
    if measured:
        listed = choice.get("logprobs")
        tokens = listed.get("content") if isinstance(listed, dict) else None
        if isinstance(tokens, list):
            found = tuple(_number(token.get("logprob") if isinstance(token, dict) else None) for token in tokens)
        if content and not found:
            raise Unreadable("it gives no log-probabilities of what it writes", again=False)
    return Reply(
        text=content,
        finish=plain(str(finish)),
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        reasoning=_text(message, "reasoning_content") or _text(message, "reasoning"),
        log_probabilities=found,
    )


def read_score(answer: object, *, context_tokens: int, target_tokens: int) -> Reply:
    """The log-probabilities of a prompt's last `target_tokens` tokens.

    Raises:
        Unreadable: they are not there, or the server has read another number of tokens than it was sent.
    """
    choice = _first_choice(answer)
    listed = choice.get("logprobs")
    values = listed.get("token_logprobs") if isinstance(listed, dict) else None
    if not isinstance(values, list):
        raise Unreadable("it gives no log-probabilities of a prompt", again=False)
    sent = context_tokens + target_tokens
    prompt_tokens, output_tokens = _usage(answer)
    if len(values) not in (sent, sent + 1) or prompt_tokens not in (0, sent):
        raise Unreadable(
            f"it read {prompt_tokens or len(values)} tokens where {sent} were sent: it adds tokens of its own, or drops"
            " some",
            again=False,
        )
    found = tuple(_number(value) for value in values[context_tokens:sent])
    return Reply("", prompt_tokens=sent, output_tokens=output_tokens, log_probabilities=found)


def read_echo(answer: object) -> Reply:
    """A prompt and what follows it, as the server spells them.

    Raises:
        Unreadable: it spells nothing.
    """
    return Reply(_text(_first_choice(answer), "text"))


def complaint(answer: object, raw: str) -> str:
    """What the server says went wrong, in one short line; the beginning of its answer where it says nothing."""
    found: object = answer
    for key in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(key):
            found = found[key]
    return shortened(found if isinstance(found, str) else raw)


def shortened(text: str) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(plain(text[: 8 * _SHOWN_CHARS]).split())
    return line if len(line) <= _SHOWN_CHARS else f"{line[:_SHOWN_CHARS]}..."


def plain(text: str) -> str:
    """The text with halves of surrogate pairs replaced: JSON can spell them, but no file could hold them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_system(messages: Sequence[Message]) -> Sequence[Message]:
    if len(messages) < 2 or messages[0].role != "system":
        return messages
    return (Message(messages[1].role, f"{messages[0].content}\n\n{messages[1].content}"), *messages[2:])


def _first_choice(answer: object) -> dict[str, Any]:
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise Unreadable("it holds no choices")
    return choices[0]


def _text(message: Mapping[str, Any], key: str) -> str:
    value = message.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"its {key} is no text")
    return plain(value)


def _number(value: object) -> float:
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:  # JSON has integers of any size
        number = math.inf
    if not math.isfinite(number):
        raise Unreadable("a log-probability in it is no number")
    return number


def _usage(answer: object) -> tuple[int, int]:
    usage = answer.get("usage") if isinstance(answer, dict) else None
    counts = [usage.get(key) if isinstance(usage, dict) else 0 for key in ("prompt_tokens", "completion_tokens")]
    # Counted for the ledger: it holds 64-bit numbers, and a server's nonsense must not end the run.
    prompt, output = (count if isinstance(count, int) and 0 <= count < 1 << 40 else 0 for count in counts)
    return prompt, output
