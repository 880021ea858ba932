"""What does an endpoint offer? Asks it, a few tokens for each feature. Knows nothing of pipelines."""

import asyncio
import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import aiohttp

from thinkaug.dialogue import Ask, Constraint, Message, Reply, Request, Sampling, Score
from thinkaug.engines.http.addresses import api_key
from thinkaug.engines.http.exchange import Job
from thinkaug.engines.http.plain_tokens import PlainTokens
from thinkaug.engines.http.wire import read_echo, score_body
from thinkaug.engines.server import Config, connect
from thinkaug.errors import UserError, unknown

FEATURES = ("chat", "seed", "measured", "score", "constraint", "reasoning")
"""What can be wanted: a chat's reply, the same reply for the same seed, log-probabilities of a reply and of a prompt,
replies of a given form, and the model's reasoning kept apart."""

_QUESTION = (
    Message("system", "You answer in one short sentence."),
    Message("user", "Which of the two is heavier: a litre of water or a litre of mercury?"),
)
_PATTERN = "[0-9]{3}-[A-Z]{4}"  # which no model would answer by itself
_CONTEXT, _TARGET = "Water boils at one hundred", " degrees Celsius at sea level."
# A check is soon over: whoever asks waits for it.
_TIMEOUT_S = 120.0
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the server at `url` has a feature; `detail` says what was seen, and what to do about it."""

    url: str
    feature: str
    offered: bool
    wanted: bool
    detail: str

    @property
    def is_fault(self) -> bool:
        """Whether something wanted is missing."""
        return self.wanted and not self.offered


def probe(config: Config, wanted: Collection[str]) -> list[Finding]:
    """Ask each server of a config for each of `FEATURES`, and whether it is there and serves the model at all.

    The first finding of each server is that of `model`, which is always wanted; without a server it is the only one.

    Args:
        config: the engine as the pipeline names it.
        wanted: those of `FEATURES` that the pipeline uses.

    Raises:
        UserError: a wanted feature does not exist, or the key is not set.
    """
    for feature in wanted:
        if feature not in FEATURES:
            raise unknown("feature of a server", feature, FEATURES, "probe")
    findings: list[Finding] = []
    for url in config.urls:
        one = replace(
            config,
            urls=(url.rstrip("/"),),
            retries=1,
            timeout_s=min(config.timeout_s, _TIMEOUT_S),
            patience_s=min(config.patience_s, _PATIENCE_S),
        )
        findings += _probe_one(one, wanted)
    return findings


def _probe_one(config: Config, wanted: Collection[str]) -> list[Finding]:
    url = config.urls[0]
    is_there, detail = asyncio.run(_look_for_model(config))
    findings = [Finding(url, "model", is_there, True, detail)]
    if not is_there:
        return findings
    for feature in FEATURES:
        try:
            offered, detail = _CHECKS[feature](config)
        except UserError as error:
            offered, detail = False, str(error)
        findings.append(Finding(url, feature, offered, feature in wanted, detail))
    return findings


async def _look_for_model(config: Config) -> tuple[bool, str]:
    client = await connect(config, api_key(config.api_key_env))
    try:
        status, answer = await client.get(f"{config.urls[0]}/models")
    except (aiohttp.ClientError, OSError) as error:
        return False, f"not to be reached: {str(error) or 'no answer in time'}; start it, or put its URL right"
    finally:
        await client.close()
    if status in (401, 403):
        return False, f"HTTP {status}: it does not accept the key; api_key_env names the variable that holds it"
    listed = answer.get("data") if isinstance(answer, dict) else None
    if status != 200 or not isinstance(listed, list):
        return True, f"it lists no models (HTTP {status}); does its URL end in /v1?"
    names = [str(entry["id"]) for entry in listed if isinstance(entry, dict) and "id" in entry]
    if config.model not in names:
        return False, str(unknown("model", config.model, names, "served there"))
    return True, f"serves {config.model}"


def _replies(config: Config, *requests: Request) -> list[Reply]:
    """The replies to some requests, in their order."""
    engine = config.open()
    try:
        for ticket, request in enumerate(requests):
            engine.submit(ticket, request)
        found: dict[int, Reply] = {}
        while len(found) < len(requests):
            found.update(engine.ready())
    finally:
        engine.close()
    return [found[ticket] for ticket in range(len(requests))]


def _ask(max_tokens: int, seed: int = 1, constraint: Constraint | None = None, *, measured: bool = False) -> Ask:
    return Ask(_QUESTION, Sampling(temperature=1.0, max_tokens=max_tokens), seed, constraint, measured)


def _chat(config: Config) -> tuple[bool, str]:
    (reply,) = _replies(config, _ask(1))
    if reply.error:
        return False, f"{reply.error}; if it is the system message that it refuses, set takes_system: false"
    return True, f"{reply.prompt_tokens} tokens read, {reply.output_tokens} written"


def _seed(config: Config) -> tuple[bool, str]:
    replies = _replies(config, _ask(24, 1), _ask(24, 1), _ask(24, 2), _ask(24, 3))
    if error := _first_error(replies):
        return False, error
    first, same, *others = (reply.text or reply.reasoning for reply in replies)
    if first != same:
        return False, "the same seed gave two texts: what is generated again will differ from what was kept"
    if all(other == first for other in others):
        return False, "three seeds gave one text at temperature 1: seeds or temperature are ignored"
    return True, "the same seed gives the same text, another seed another"


def _measured(config: Config) -> tuple[bool, str]:
    (reply,) = _replies(config, _ask(8, measured=True))
    if reply.error:
        return False, reply.error
    values = reply.log_probabilities
    if not values or max(values) > 1e-3:
        return False, f"{len(values)} log-probabilities, the highest {max(values, default=0.0):.3f}: no probabilities"
    if reply.output_tokens and len(values) != reply.output_tokens:
        return True, f"{len(values)} for {reply.output_tokens} tokens: its end, or its reasoning, is not measured"
    return True, f"{len(values)} for {reply.output_tokens} tokens"


def _score(config: Config) -> tuple[bool, str]:
    tokens = PlainTokens(config.tokenizer_path, config.tokenizer_revision)
    context, target = tokens.encode_score(_CONTEXT, _TARGET)
    (scored,) = _replies(config, Score(_CONTEXT, _TARGET))
    if scored.error:
        return False, scored.error
    if len(scored.log_probabilities) != len(target):
        return False, f"{len(scored.log_probabilities)} log-probabilities for {len(target)} tokens"
    # Were the tokenizer another model's, the numbers would come all the same and mean nothing.
    read = asyncio.run(_read_back(config, [*context, *target]))
    if "".join(_CONTEXT.split()) not in "".join(read.split()):
        return False, f"it reads our tokens as {read[:60]!r}: engines.<name>.tokenizer is not the served model's"
    return True, f"{len(target)} tokens, {sum(scored.log_probabilities) / len(target):.2f} nats each"


async def _read_back(config: Config, prompt: Sequence[int]) -> str:
    """The text of some tokens, as the server reads them."""
    client = await connect(config, api_key(config.api_key_env))
    try:
        body = json.dumps(score_body(config.model, prompt)).encode()
        answer = await client.post(config.urls[0], Job(0, "/completions", body, read_echo))
    finally:
        await client.close()
    return answer.reply.text if answer.reply else answer.problem


def _constraint(config: Config) -> tuple[bool, str]:
    (reply,) = _replies(config, _ask(64, constraint=Constraint("regex", _PATTERN)))
    if reply.error:
        return False, reply.error
    if not re.fullmatch(_PATTERN, reply.text.strip()):
        return False, f"asked for {_PATTERN}, it wrote {reply.text[:60]!r}: it ignores structured_outputs"
    return True, f"wrote {reply.text.strip()} where {_PATTERN} was asked for"


def _reasoning(config: Config) -> tuple[bool, str]:
    (reply,) = _replies(config, _ask(1024))
    if reply.error:
        return False, reply.error
    if reply.reasoning:
        return True, f"{len(reply.reasoning)} characters of reasoning kept apart from the reply"
    return False, "no reasoning beside the reply: it does not think, or the server runs without a reasoning parser"


def _first_error(replies: Sequence[Reply]) -> str:
    return next((reply.error for reply in replies if reply.error), "")


_CHECKS: dict[str, Callable[[Config], tuple[bool, str]]] = {
    "chat": _chat,
    "seed": _seed,
    "measured": _measured,
    "score": _score,
    "constraint": _constraint,
    "reasoning": _reasoning,
}
