"""Which samples go into the set: those made here, raw text replayed, other data, each as often as the mix has it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.shards.gathering import Part
from thinkaug.stages.packing import drawing
from thinkaug.stages.packing.config import Config
from thinkaug.stages.packing.mix import MADE, REPLAY
from thinkaug.stages.packing.others import read_others
from thinkaug.stages.packing.parts import Available, Weighed, first_of_each_passage, weigh, without_thoughts
from thinkaug.store import Folder


@dataclass(frozen=True)
class Mixed:
    """What goes into the set.

    Args:
        parts: the samples.
        about: of each part, for the manifest: `name`, `rows`, `distinct_rows`, `asked`, `share`, and sizes where they
            were counted.
        unreadable: other set -> reason -> how many of its records were left out.
    """

    parts: Sequence[Part]
    about: Sequence[Mapping[str, Any]]
    unreadable: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def described(self, sizes: Mapping[str, int]) -> list[Mapping[str, Any]]:
        """What the manifest says of the parts, given the sizes of the finished set: those of its only part."""
        return [{**part, **sizes} for part in self.about] if len(self.about) == 1 else list(self.about)


def mixed(
    folder: Folder, config: Config, count: Callable[[pa.RecordBatch], NDArray[np.int64]] | None, scratch: Path
) -> Mixed:
    """Draw the samples of the set.

    Args:
        folder: of the pack stage, whose shards hold the samples made here.
        config: of the stage.
        count: how many tokens each sample of a batch will have; None where tokens are not counted.
        scratch: an empty folder for other data, which must stay until the set is written.

    Raises:
        UserError: the mix cannot be had of what there is.
    """
    files = [folder.path / file.path for manifest in folder.manifests() for file in manifest.files]
    rows = sum(manifest.rows_out for manifest in folder.manifests())
    if config.mix.is_plain:
        about = {"name": MADE, "rows": rows, "distinct_rows": rows, "asked": config.mix.made.asked, "share": 1.0}
        return Mixed([Part(MADE, files, np.arange(rows), np.ones(rows, np.int64))], [about])
    others = read_others(config.mix, scratch / "others")
    available = {
        MADE: Available(files),
        REPLAY: Available(files, without_thoughts, first_of_each_passage(files)),
        **{name: Available([other.path]) for name, other in others.items()},
    }
    weighed = {
        name: weigh(available[name], config.mix.unit, count, expert=config.mix.keep_domains and name == MADE)
        for name in config.mix.taken
    }
    drawn = drawing.draw_mix(config.mix, {name: of.drawable() for name, of in weighed.items()}, config.seed)
    return Mixed(
        [_part(name, available[name], taken) for name, taken in drawn.parts.items()],
        [_described(name, taken, weighed[name]) for name, taken in drawn.parts.items()],
        {name: other.left_out for name, other in others.items()},
    )


def _part(name: str, available: Available, taken: drawing.Taken) -> Part:
    return Part(name, available.files, available.numbers(taken.rows), taken.copies, available.turn)


def _described(name: str, taken: drawing.Taken, weighed: Weighed) -> Mapping[str, Any]:
    sizes = {measure: int(amounts[taken.rows].sum()) for measure, amounts in weighed.sizes.items()}
    return {**taken.described(name), **sizes}
