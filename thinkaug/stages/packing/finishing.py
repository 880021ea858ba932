"""The samples of a build, and whatever is mixed with them, become the finished data set: whole, or not at all."""

import shutil
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
from typing import Any

from thinkaug.durable import replace_folder
from thinkaug.ledger import Lineage
from thinkaug.rendering import special_tokens
from thinkaug.shards.card import card
from thinkaug.shards.describing.about import About
from thinkaug.shards.describing.using import added_by
from thinkaug.shards.gathering import Gathered
from thinkaug.shards.write import finish_folder, write_shards
from thinkaug.stage import Services
from thinkaug.stages.packing.config import Config
from thinkaug.stages.packing.exposing import exposure_of
from thinkaug.stages.packing.mixing import mixed
from thinkaug.stages.packing.origins import Origins
from thinkaug.stages.packing.tokens import Tokens
from thinkaug.store import Folder

DATASET = "dataset"


def finish(folder: Folder, config: Config, services: Services, lineage: Lineage) -> None:
    """Lay the samples out as a data set beside the stage's own shards."""
    building = folder.path / f".{DATASET}.{token_hex(4)}"
    try:
        _build(building, folder, config, services, lineage)
        replace_folder(building, folder.path / DATASET)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _build(building: Path, folder: Folder, config: Config, services: Services, lineage: Lineage) -> None:
    scratch = building / ".scratch"
    scratch.mkdir(parents=True)
    tokens = Tokens(config, services)
    mix = mixed(folder, config, tokens.by_row(), scratch)
    gathered = Gathered(mix.parts, config.seed, scratch)
    origins = Origins(gathered.batches)
    layout = tokens.layout()
    laid = layout.lay(origins.batches, len(gathered), gathered.bytes, scratch)
    shards = write_shards(building, laid, layout, max(1, int(config.shard_mb * 1e6)))
    shutil.rmtree(scratch)
    counted: list[str] = [name for name in ("chars", "tokens") if name in shards[0]]
    sizes: dict[str, int] = {name: sum(shard[name] for shard in shards) for name in counted}
    manifest: dict[str, Any] = {
        "pipeline": lineage.pipeline,
        "seeds": {"shuffle": config.seed},
        "tokenizer": tokens.name,
        "models": sorted(filter(None, origins.models)),
        "control": config.control,
        "layout": {"name": layout.name, **layout.about()},
        "special_tokens": list(special_tokens(config.style)),
        "special_tokens_added_by": added_by(special_tokens(config.style)),
        "parts": mix.described(sizes),
        "steps": [
            {"label": entry.label, "folder": entry.folder, "digest": entry.digest, **entry.shaped_by}
            for entry in lineage.entries
        ],
    }
    stats = {
        "kinds": layout.kinds,
        "exposure": exposure_of(folder, config, lineage),
        "ledger": [asdict(entry.ledger) for entry in lineage.entries],
        "unreadable": mix.unreadable,
    }
    about = About(
        lineage=lineage,
        rows=sum(shard["rows"] for shard in shards),
        kinds=layout.kinds,
        layout=manifest["layout"],
        parts=manifest["parts"],
        licenses=origins.licenses,
        models=origins.models,
        languages=origins.languages,
        special_tokens=manifest["special_tokens"],
        control=config.control,
    )
    finish_folder(building, layout.schema, shards, card(about), manifest, stats)
