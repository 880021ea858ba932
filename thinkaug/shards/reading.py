"""reading: the folder of a finished set -> its samples, one by one. Knows neither how a set is written nor trainers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from thinkaug.errors import UserError
from thinkaug.records import Sample
from thinkaug.schema import arrow_schema, from_batch
from thinkaug.shards.finished import damaged, open_manifest


@dataclass(frozen=True)
class Shards:
    """The samples of a set, in its order, again each time that they are iterated.

    Shards are mapped, not loaded: memory holds the records of one batch. Several iterators may go on at once, and the
    set may be handed to another process.

    Args:
        root: the folder itself: where a link led to it, the link may since lead to another set.
        manifest: what the set says about itself: `parts`, `shards`, `special_tokens`, `steps` and so on.
    """

    root: Path
    manifest: Mapping[str, Any]

    @property
    def layout(self) -> str:
        """How the samples are laid out."""
        return str(self.manifest["layout"]["name"])

    def __len__(self) -> int:
        """How many samples there are."""
        return sum(shard["rows"] for shard in self.manifest["shards"])

    def __iter__(self) -> Iterator[Sample]:
        """The samples, their spans as records.

        Raises:
            UserError: a shard is damaged, or is gone since the set was opened.
        """
        for shard in self.manifest["shards"]:
            yield from _samples(self.root, shard["path"])


def open_shards(root: str | Path) -> Shards:
    """Open a finished set of layout `text`, such as `data/builds/demo/shards`.

    Raises:
        UserError: there is none, it is not finished, not whole, of another version, or its layout has no text.
    """
    place, manifest = open_manifest(root)
    layout = manifest["layout"]["name"]
    if layout != "text":
        raise UserError(
            f"{root}: layout '{layout}' holds tokens, no texts with spans: read it with "
            f"datasets.load_from_disk({str(root)!r}), or pack again with `--set stages.pack.layout=text`"
        )
    for path, size in ((shard["path"], shard["bytes"]) for shard in manifest["shards"]):
        if not (place / path).is_file():
            raise damaged(place, f"{path} is missing")
        if (found := (place / path).stat().st_size) != size:
            raise damaged(place, f"{path} has {found} bytes, not {size}")
    return Shards(place, manifest)


def _samples(root: Path, path: str) -> Iterator[Sample]:
    try:
        with pa.memory_map(str(root / path)) as source, pa.ipc.open_stream(source) as reader:
            if not reader.schema.equals(arrow_schema(Sample)):
                raise damaged(root, f"{path} has other columns than samples have")
            for batch in reader:
                # Offsets that point outside the file would kill the process that follows them.
                batch.validate(full=True)
                yield from from_batch(Sample, batch)
    except (pa.ArrowException, OSError) as error:
        raise damaged(root, f"{path} cannot be read: {error}") from error
