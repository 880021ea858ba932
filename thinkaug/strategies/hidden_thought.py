"""hidden_thought: one thought in prose before a whole text, as in Reasoning CPT (arXiv 2505.10182).

The paper's generator is the student's own base model in its instruction-tuned form, so that the thought is worded as
the student would word it; that choice is the pipeline's (`engines.writer.model`).
"""

from dataclasses import dataclass

from thinkaug.dialogue import Dialogue
from thinkaug.strategies import Strategy, Stretch, Thoughts, Voice, written_prose


@dataclass(frozen=True)
class Config:
    """It has no options."""


def _think(stretch: Stretch, config: Config, voice: Voice) -> Dialogue[Thoughts]:
    reply = yield voice.ask(*voice.prompt("hidden_thought.j2", target=stretch.target))
    return written_prose(reply, reply.text, torn=reply.finish == "length")


hidden_thought = Strategy(
    version=1,
    config=Config,
    templates={"hidden_thought.j2": frozenset({"target"})},
    think=_think,
    whole=True,
    one_reply=True,
)
