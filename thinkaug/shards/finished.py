"""finished: the folder of a data set -> its manifest, if it is a set of ours and was finished. Knows no rows."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thinkaug.errors import UserError
from thinkaug.shards.write import SPEC


def open_manifest(root: str | Path) -> tuple[Path, Mapping[str, Any]]:
    """The folder itself, since a link that led to it may lead to another set before the end; and its manifest.

    Raises:
        UserError: there is no set, it is not finished, of another version, or its manifest is damaged.
    """
    place = Path(root)
    try:
        place = place.resolve(strict=True)
        (place / "train" / "state.json").read_bytes()
        manifest = json.loads((place / "manifest.json").read_bytes())
        spec = manifest["spec"]
        sum(int(shard["rows"]) + int(shard["bytes"]) for shard in manifest["shards"])
        str(manifest["layout"]["name"])
    except OSError as error:
        raise UserError(
            f"{root}: not a finished data set: {error.strerror}: {error.filename}; {_next(place)}"
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise damaged(place, f"manifest.json cannot be read: {type(error).__name__}: {error}") from error
    if spec != SPEC:
        raise UserError(f"{root}: its spec is {spec}, this version reads {SPEC}: pack it again with `thinkaug pack`")
    for path in (str(shard["path"]) for shard in manifest["shards"]):
        if not (place / path).resolve().is_relative_to(place):
            raise damaged(place, f"manifest.json names a shard outside the data set: {path}")
    return place, manifest


def damaged(root: Path, what: str) -> UserError:
    """What to say of a set that is not as it was written."""
    return UserError(
        f"{root}: {what}; `thinkaug validate {root}` says what else is wrong, `thinkaug pack` writes it anew"
    )


def _next(place: Path) -> str:
    """What to do about a folder that is no finished set."""
    if (place / "shards" / "train" / "state.json").is_file():
        return f"did you mean {place / 'shards'}?"
    if place.name == "train" and (place.parent / "manifest.json").is_file():
        return f"did you mean {place.parent}?"
    return "name the folder that `thinkaug run` ended with; a run that was interrupted goes on when it is run again"
