"""What a reply is found by, and the form it is stored in. Knows nothing of files or engines.

A reply is found again by its engine and its request: messages, or context and target; constraint; sampling; seed. Not
by `max_tokens`: a reply that ended by itself is valid wherever it would have had room, one that was cut off only where
it would be cut off at the same place.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b

import pyarrow as pa

from thinkaug.dialogue import Ask, Reply, Request
from thinkaug.records import content_id

_ZSTD = pa.Codec("zstd", compression_level=1)
_CHECK_BYTES, _SIZE_BYTES = 8, 4
# Not as ASCII: two escaped halves of a surrogate pair would come back as one character.
_JSON = json.JSONEncoder(ensure_ascii=False)
_FIELDS = tuple(field.name for field in fields(Reply))


@dataclass(frozen=True, slots=True)
class Question:
    """What a reply is found by: `key`, 16 bytes, stands for engine and request; and how long the reply may be."""

    key: bytes
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A reply, and the question that it was given to."""

    question: Question
    reply: Reply

    def answers(self, question: Question) -> bool:
        """Whether that question would have had the same reply."""
        if self.question.key != question.key:
            return False
        ended = self.reply.finish == "stop" and self.reply.output_tokens <= question.max_tokens
        return ended or self.question.max_tokens == question.max_tokens


def engine_digest(identity: Mapping[str, object]) -> str:
    """128 bits, in hex, of all that shapes an engine's replies.

    `max_model_len` decides which requests are taken, not what is replied to them: who raises it with `max_tokens` keeps
    what was paid for.
    """
    shaping = {key: value for key, value in identity.items() if key != "max_model_len"}
    canonical = json.dumps(shaping, sort_keys=True, ensure_ascii=True, default=str)
    return blake2b(canonical.encode(), digest_size=16).hexdigest()


def question_of(engine: str, request: Request) -> Question:
    """The question that a request is to the engine of that digest."""
    if not isinstance(request, Ask):
        return Question(bytes.fromhex(content_id(engine, "score", request.context, request.target)), 0)
    sampling, constraint = request.sampling, request.constraint
    drawn = f"{float(sampling.temperature)} {float(sampling.top_p)} {sampling.top_k} {request.seed} {request.measured}"
    form = (constraint.kind, constraint.pattern) if constraint else ("", "")
    turns = (part for message in request.messages for part in (message.role, message.content))
    return Question(bytes.fromhex(content_id(engine, "ask", drawn, *form, *turns)), sampling.max_tokens)


def encode(stored: Stored) -> bytes:
    """A checksum over question and reply, the size in bytes, and the reply as JSON, compressed."""
    values = {name: getattr(stored.reply, name) for name in _FIELDS}
    plain = _JSON.encode(values).encode("utf-8", "surrogatepass")
    body: bytes = len(plain).to_bytes(_SIZE_BYTES, "little") + _ZSTD.compress(plain, asbytes=True)
    return _checksum(stored.question, body) + body


def decode(question: Question, value: object) -> Stored | None:
    """What `encode` made the value of; None if it, or the question beside it, is damaged."""
    if not isinstance(value, bytes) or value[:_CHECK_BYTES] != _checksum(question, value[_CHECK_BYTES:]):
        return None
    body = value[_CHECK_BYTES:]
    size = int.from_bytes(body[:_SIZE_BYTES], "little")
    plain = _ZSTD.decompress(body[_SIZE_BYTES:], size, asbytes=True)
    values = json.loads(plain.decode("utf-8", "surrogatepass"))
    return Stored(question, Reply(**{**values, "log_probabilities": tuple(values["log_probabilities"])}))


def _checksum(question: Question, body: bytes) -> bytes:
    name = f"{question.key.hex()} {question.max_tokens}\n".encode()
    return blake2b(name + body, digest_size=_CHECK_BYTES).digest()
