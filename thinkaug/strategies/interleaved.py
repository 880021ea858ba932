"""interleaved: typed steps before each stretch of expert text; one question, and one repair turn where it is needed."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from thinkaug.dialogue import Dialogue
from thinkaug.strategies import Strategy, Stretch, Thoughts, Voice, written_steps


@dataclass(frozen=True)
class Config:
    """Options of the strategy.

    Args:
        before_chars: how much of the expert text before the stretch the model sees.
    """

    before_chars: Annotated[int, Ge(0)] = 1500


def _think(stretch: Stretch, config: Config, voice: Voice) -> Dialogue[Thoughts]:
    before = stretch.before(config.before_chars)
    return (yield from written_steps(voice, voice.prompt("interleaved.j2", before=before, target=stretch.target)))


interleaved = Strategy(
    version=1,
    config=Config,
    templates={"interleaved.j2": frozenset({"before", "target"}), "repair.j2": frozenset({"problem"})},
    think=_think,
    tagged=True,
)
