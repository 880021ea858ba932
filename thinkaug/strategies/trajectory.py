"""trajectory: a reasoning model's own thinking about a document, put after it, as in TPT (arXiv 2509.20186).

The thinking ends where the model closed it; what the model then answers is left out. A model that does not think apart
is asked to think aloud, and its whole reply is the thought.
"""

from dataclasses import dataclass
from typing import Literal

from thinkaug.dialogue import Dialogue, Failed
from thinkaug.strategies import Strategy, Stretch, Thoughts, Voice, written_prose


@dataclass(frozen=True)
class Config:
    """Options of the strategy.

    Args:
        use: `reasoning` takes what the engine tells apart as thinking and fails a reply without any; `either` takes the
            whole reply of a model that does not think apart.
    """

    use: Literal["either", "reasoning"] = "either"


def _think(stretch: Stretch, config: Config, voice: Voice) -> Dialogue[Thoughts]:
    reply = yield voice.ask(*voice.prompt("trajectory.j2", target=stretch.target))
    if config.use == "reasoning" and not reply.reasoning:
        raise Failed("no_reasoning", "the reply holds no thinking; set the engine's `reasoning`", reply.text, (reply,))
    # Once the thinking was closed, it does not matter whether the answer after it was cut off.
    closed = bool(reply.reasoning and reply.text.strip())
    return written_prose(reply, reply.reasoning or reply.text, torn=reply.finish == "length" and not closed)


trajectory = Strategy(
    version=1,
    config=Config,
    templates={"trajectory.j2": frozenset({"target"})},
    think=_think,
    whole=True,
    placement="after",
    one_reply=True,
    features=frozenset({"reasoning"}),
)
