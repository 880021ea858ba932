"""A request that vLLM has finished -> the `Reply`. Knows the shape of vLLM's outputs; does not import it."""

from collections.abc import Callable
from typing import Any

from thinkaug.dialogue import Reply

Split = Callable[[str], tuple[str, str]]
"""What a model wrote -> its reasoning and its answer."""


def written(output: Any, split: Split) -> Reply:
    """The reply to an `Ask`, with log-probabilities if vLLM was asked for them.

    Args:
        output: vLLM's `RequestOutput` of one completion.
        split: applied to the text.
    """
    completion = output.outputs[0]
    prompt_tokens, output_tokens = len(output.prompt_token_ids), len(completion.token_ids)
    finish = completion.finish_reason or "stop"
    if finish not in ("stop", "length", "repetition"):
        error = f"vLLM gave the request up ({finish}); its constraint may be one that it cannot compile"
        return Reply("", finish, prompt_tokens, output_tokens, error=error)
    reasoning, answer = split(completion.text)
    measured = tuple(completion.logprobs.logprobs) if completion.logprobs is not None else ()
    return Reply(answer, finish, prompt_tokens, output_tokens, reasoning=reasoning, log_probabilities=measured)


def scored(output: Any, before: int) -> Reply:
    """The reply to a `Score` whose target begins after `before` tokens of the prompt. The one token written is none."""
    prompt_tokens = len(output.prompt_token_ids)
    if output.outputs[0].finish_reason not in ("stop", "length"):
        error = f"vLLM gave the request up ({output.outputs[0].finish_reason})"
        return Reply("", prompt_tokens=prompt_tokens, error=error)
    found = output.prompt_logprobs.logprobs  # flat; of all tokens but the first, which has nothing before it
    assert len(found) == prompt_tokens - 1, "vLLM scored another prompt"
    return Reply("", prompt_tokens=prompt_tokens, log_probabilities=tuple(found[before - 1 :]))
