"""A request that vLLM has finished -> the `Reply`. Knows the shape of vLLM's outputs; does not import it."""

from collections.abc import Callable, Mapping
from typing import Any

from thinkaug.dialogue import Reply

Split = Callable[[str], tuple[str, str]]
"""What a model wrote -> its reasoning and its answer."""

SCORING: Mapping[str, Any] = {
    "prompt_logprobs": 0,
    "max_tokens": 1,  # vLLM writes one at least
    "temperature": 0.0,
    "flat_logprobs": True,
    "detokenize": False,  # it would trip over the places of tokens that came from the cache of prefixes
}
"""How vLLM is asked for the log-probabilities of a prompt."""


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


def scored(output: Any, before: int, again: Callable[[], None]) -> Reply | None:
    """The reply to a `Score` whose target begins after `before` tokens of the prompt. The one token written is none.

    Of the tokens that vLLM took from its cache of prefixes it knows no log-probability: their places hold whatever the
    memory held. Where such a token belongs to the target, `again` is called to ask without the cache, and there is no
    reply yet.
    """
    prompt_tokens = len(output.prompt_token_ids)
    if output.outputs[0].finish_reason not in ("stop", "length"):
        error = f"vLLM gave the request up ({output.outputs[0].finish_reason})"
        return Reply("", prompt_tokens=prompt_tokens, error=error)
    cached = output.num_cached_tokens or 0
    if cached >= before:
        again()
        return None
    found = output.prompt_logprobs.logprobs  # flat; of all tokens but the first, which has nothing before it
    # One build of vLLM leaves room for what it took from the cache, another leaves it out: count from the end.
    assert len(found) in (prompt_tokens - 1, prompt_tokens - 1 - cached), "vLLM scored another prompt"
    return Reply("", prompt_tokens=prompt_tokens, log_probabilities=tuple(found[before - prompt_tokens :]))
