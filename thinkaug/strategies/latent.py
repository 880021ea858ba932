"""latent: what lies behind each chunk, terse and declarative, as in BoLT (arXiv 2503.18866).

The model sees the text before and the chunk itself (the posterior). Whether the thought stands before its chunk or
after it is chosen when the shards are written. Of several candidates the stage `score` draws one by its importance.
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from thinkaug.dialogue import Dialogue
from thinkaug.strategies import Strategy, Stretch, Thoughts, Voice, written_prose


@dataclass(frozen=True)
class Config:
    """Options of the strategy.

    Args:
        before_chars: how much of the expert text before the chunk the model sees.
    """

    before_chars: Annotated[int, Ge(0)] = 4000


def _think(stretch: Stretch, config: Config, voice: Voice) -> Dialogue[Thoughts]:
    before = stretch.before(config.before_chars)
    reply = yield voice.ask(*voice.prompt("latent.j2", before=before, target=stretch.target))
    return written_prose(reply, reply.text, torn=reply.finish == "length")


latent = Strategy(
    version=1,
    config=Config,
    templates={"latent.j2": frozenset({"before", "target"})},
    think=_think,
    one_reply=True,
)
