"""The settings of `gate`."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Gt, Le

from thinkaug.stages.between import Between


@dataclass(frozen=True)
class Hardest:
    """Which cuts are kept.

    Args:
        keep: the share of the cuts that stay, the hardest first; 1 keeps all, and then none is measured. The share is
            of the cuts of a shard, rounded up, so that what stays does not depend on what other shards hold.
        by: `surprisal` of the stretch after a cut to a model, in nats a token; or `proxy`, by counts of the shard's
            words alone, without a model.
        engine: by surprisal: whose log-probabilities count.
        max_batch_tokens: by surprisal: how many tokens may be in flight; lower it where the engine runs out of memory.
    """

    keep: Annotated[float, Gt(0), Le(1)] = 1.0
    by: Literal["proxy", "surprisal"] = "proxy"
    engine: str = "writer"
    max_batch_tokens: Annotated[int, Gt(0)] = 65_536

    @property
    def asks(self) -> bool:
        """Whether a model is asked."""
        return self.by == "surprisal" and self.keep < 1


@dataclass(frozen=True)
class Config:
    """Which passages are thought about, and where. Without settings it only measures how procedural they are.

    Args:
        procedural: the scores of the passages that are thought about. One that could not be measured is among them.
        hardest: which of their cuts stay. A stretch reaches to the next cut that stays.
        otherwise: a passage that is not thought about goes on `raw`, without thoughts, or is `drop`ped, with a reason.
    """

    procedural: Between = field(default_factory=Between)
    hardest: Hardest = field(default_factory=Hardest)
    otherwise: Literal["raw", "drop"] = "raw"
