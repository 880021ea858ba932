"""The files of a set: as summed, all named, none beside. Knows nothing of what is in them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from thinkaug.durable import sha256_of

_NEVER_SUMMED = {"SHA256SUMS", "train/state.json"}  # the sums themselves, and the mark that is written after them
_ALWAYS_SUMMED = {"README.md", "dataset_dict.json", "manifest.json", "stats.json", "train/dataset_info.json"}
# What the Hub puts into the root of a clone or a download; `.map()` of `datasets` leaves `cache-*.arrow`, which no
# loader reads.
_OF_THE_HUB = {".git", ".gitattributes", ".cache", ".huggingface"}


def names_in(sums: str) -> set[str]:
    """The files that SHA256SUMS names."""
    return {name for _, name in _entries(sums)}


def digests(root: Path, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of the named files, as far as they are there, several at a time."""
    there = sorted(name for name in names if is_inside(name) and (root / name).is_file())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(there, pool.map(lambda name: sha256_of(root / name), there), strict=True))


def is_inside(name: str) -> bool:
    """Whether a name that a set has for one of its files stays within the set's folder."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def sum_faults(root: Path, sums: str, found: Mapping[str, str]) -> Iterator[str]:
    """Files that are not as SHA256SUMS has them, and files that nothing names."""
    entries = _entries(sums)
    named = names_in(sums)
    for missing in sorted(_ALWAYS_SUMMED - named):
        yield f"SHA256SUMS: does not name {missing}"
    for digest, name in entries:
        if not is_inside(name):
            yield f"SHA256SUMS: '{name}' is no file of this folder"
        elif name not in found:
            yield f"{name}: missing"
        elif found[name] != digest:
            yield f"{name}: its bytes are not those that were written (SHA-256 differs)"
    for stranger in sorted(set(_files(root)) - named - _NEVER_SUMMED):
        yield f"{stranger}: nothing names this file: left by a run that did not end, or put there"


def shard_faults(root: Path, manifest: Mapping[str, Any], state: Mapping[str, Any], info: Any) -> Iterator[str]:
    """Shards that manifest.json, train/state.json and the folder do not name alike; sizes and rows in all."""
    paths = [str(shard["path"]) for shard in manifest["shards"]]
    loaded = [f"train/{file['filename']}" for file in state["_data_files"]]
    there = {str(path.relative_to(root)) for path in (root / "train" / "shards").glob("train-*.arrow")}
    if not set(paths) == set(loaded) == there:
        differing = sorted(set(paths) ^ there | set(paths) ^ set(loaded))
        yield f"manifest.json, train/state.json and the folder do not name the same shards: {differing}"
    if repeated := sorted({path for path in paths if paths.count(path) > 1 or loaded.count(path) > 1}):
        yield f"manifest.json or train/state.json names a shard twice: {repeated}"
    for shard in manifest["shards"]:
        place = root / shard["path"]
        if is_inside(shard["path"]) and place.is_file() and place.stat().st_size != shard["bytes"]:
            yield f"{shard['path']}: {place.stat().st_size} bytes, manifest.json says {shard['bytes']}"
    rows, stated = sum(shard["rows"] for shard in manifest["shards"]), info["splits"]["train"]["num_examples"]
    if rows != stated:
        yield f"train/dataset_info.json: {stated} rows, manifest.json says {rows}"


def _entries(sums: str) -> list[tuple[str, str]]:
    """(SHA-256, name) of each line."""
    return [(digest, name) for digest, _, name in (line.partition("  ") for line in sums.splitlines())]


def _files(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        name = path.relative_to(root)
        is_cache = name.parts[:-1] == ("train", "shards") and path.match("cache-*.arrow")
        if path.is_file() and name.parts[0] not in _OF_THE_HUB and not is_cache:
            yield name.as_posix()
