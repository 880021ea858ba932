"""What lies in a pipeline's folder and is no build's: listed with sizes, and taken away when told to.

Only files that this program made and can name are looked at, and only inside the folder: links are not followed. What a
manifest names, what `shards` points to and what a run may be writing (younger than an hour, and its unit not committed)
is left alone. Knows nothing of pipelines, stages or engines.
"""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from thinkaug.errors import UserError
from thinkaug.responses import ASIDE, ENDING, FOLDER, SIDES, TROUBLE, check, connect, forget_unused, unused

YOUNG_S = 3600.0

_STAGE = re.compile(r"[a-z_]+-[0-9a-f]{8}")
_ENGINE = re.compile(r"[0-9a-f]{8}")
_TOKEN = r"[0-9a-f]{8}"  # noqa: S105  # of an attempt
_UNIT = r"(?P<unit>.+)"
_LEFTOVERS = {
    "shards": re.compile(rf"{_UNIT}-\d{{3,}}\.{_TOKEN}\.(arrow|tmp)"),
    "dropped": re.compile(rf"{_UNIT}\.{_TOKEN}\.(jsonl|tmp)"),
    "quarantine": re.compile(rf"{_UNIT}\.{_TOKEN}\.(jsonl|tmp)"),
    "notes": re.compile(rf"{_UNIT}\.{_TOKEN}\.(jsonl|tmp)"),
    "manifest": re.compile(rf"{_UNIT}\.{_TOKEN}\.tmp"),
}
_PARTS = ("dropped", "quarantine", "notes")
_UNFINISHED = re.compile(rf"\.dataset\.({_TOKEN}|old)|\.stage\.json\.{_TOKEN}\.tmp")
_UNFINISHED_LINK = re.compile(rf"\.shards\.{_TOKEN}")


@dataclass(frozen=True)
class Garbage:
    """Something to take away: where, how many bytes, what it is, and how."""

    path: Path
    bytes: int
    what: str
    remove: Callable[[], object]


def collect(root: Path, *, really: bool) -> list[str]:
    """List what no build below a pipeline's root refers to, a line each with its size and a last one with the sum.

    Args:
        root: the pipeline's folder.
        really: take it away, too.
    """
    found = list(garbage(root))
    lines = []
    for entry in found:
        if really:
            entry.remove()
        lines.append(f"{entry.bytes:>14,}  {entry.path}: {entry.what}")
    total = sum(entry.bytes for entry in found)
    did = "removed" if really else "could be removed; say --yes to do it"
    return [*lines, f"{total:>14,}  bytes {did}" if found else f"{root}: nothing to remove"]


def garbage(root: Path) -> Iterator[Garbage]:
    """All that can be taken away.

    Raises:
        UserError: a manifest cannot be read.
    """
    root = root.resolve() if root.is_symlink() else root
    stages = [place for place in _folders(root, _STAGE) if (place / "stage.json").is_file()]
    named = {stage: _named(stage) for stage in stages}
    answering = not _is_old(root / FOLDER)
    for stage, units in named.items():
        yield from _leftovers(stage, units, is_quiet=not answering and _is_old(stage))
        yield from _unfinished(stage)
    for link in _entries(root):
        if _UNFINISHED_LINK.fullmatch(link.name) and link.is_symlink() and _is_old(link):
            yield Garbage(link, 0, "link of a killed run", link.unlink)
    committed = {stage.name: set(units) for stage, units in named.items()}
    for folder in _folders(root / FOLDER, _ENGINE):
        yield from _responses(folder, committed)


def _named(stage: Path) -> dict[str, set[str]]:
    """Each committed unit of a stage, with the files its manifest names."""
    units = {}
    for place in _entries(stage / "manifest"):
        if place.suffix == ".json":
            try:
                values = json.loads(place.read_bytes())
                files = [file["path"] for file in values["files"]]
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{place}: no manifest can be read here: {error}; remove {stage} or mend it") from error
            units[place.stem] = {*files, *(values.get(f"{part}_file", "") for part in _PARTS)}
    return units


def _leftovers(stage: Path, units: dict[str, set[str]], *, is_quiet: bool) -> Iterator[Garbage]:
    """Files of attempts that no manifest names. A slow attempt may not have written to its own for hours."""
    names = {name for files in units.values() for name in files}
    for part, form in _LEFTOVERS.items():
        for place in _entries(stage / part):
            match = form.fullmatch(place.name)
            if match is None or place.is_symlink() or not place.is_file() or f"{part}/{place.name}" in names:
                continue
            # A manifest's own temporary file stays for an instant after it is committed.
            if is_quiet or (match["unit"] in units and part != "manifest"):
                yield Garbage(place, place.stat().st_size, "file of a killed attempt", place.unlink)


def _unfinished(stage: Path) -> Iterator[Garbage]:
    for place in _entries(stage):
        if not _UNFINISHED.fullmatch(place.name) or place.is_symlink() or not _is_old(place):
            continue
        if place.name == ".dataset.old" and not (stage / "dataset").exists():
            continue  # killed between the two renames: all there is until the next run
        if _is_folder(place):
            size = sum(file.lstat().st_size for file in place.rglob("*") if not file.is_dir())
            yield Garbage(place, size, "data set of a killed run", partial(shutil.rmtree, place))
        else:
            yield Garbage(place, place.stat().st_size, "file of a killed run", place.unlink)


def _responses(folder: Path, committed: dict[str, set[str]]) -> Iterator[Garbage]:
    for place in [entry for entry in _entries(folder) if entry.is_file() and not entry.is_symlink()]:
        if ASIDE in place.name and _is_old(place):
            yield Garbage(place, place.stat().st_size, "damaged replies, moved aside", place.unlink)
        elif place.name.endswith(ENDING):
            yield from _replies(place, folder.name, committed)


def _replies(place: Path, engine: str, committed: dict[str, set[str]]) -> Iterator[Garbage]:
    is_old = all(_is_old(side) for side in _sides(place))  # before SQLite touches them
    size = sum(side.stat().st_size for side in _sides(place) if not side.name.endswith("-shm"))
    try:
        database = connect(place, read_only=True)
        try:
            if not check(database, engine):
                return
            found = unused(database, set(committed))
        finally:
            database.close()
    except TROUBLE:
        return  # damaged: the next run moves it aside
    unit = place.name.removesuffix(ENDING)
    is_settled = bool(found.builds) and all(unit in committed[build] for build in found.builds)
    if not is_old and not is_settled:
        return
    if not found.builds:  # a run makes itself known in the file before it asks anything
        yield Garbage(place, size, f"{found.replies:,} replies for builds that are gone", partial(_remove, place))
    elif found.replies:
        what = f"{found.replies:,} replies that no build uses"
        yield Garbage(place, found.bytes, what, partial(forget_unused, place, set(committed)))


def _remove(place: Path) -> None:
    for side in _sides(place):
        side.unlink(missing_ok=True)
    if not any(place.parent.iterdir()):
        place.parent.rmdir()


def _sides(place: Path) -> list[Path]:
    """The file, and what SQLite has beside it."""
    sides = [place.with_name(place.name + side) for side in SIDES]
    return [side for side in sides if side.exists()]


def _is_old(place: Path) -> bool:
    """Whether nothing in it was written within the hour."""
    if place.is_dir() and not place.is_symlink():
        return all(_is_old(inside) for inside in place.rglob("*") if inside.is_symlink() or not inside.is_dir())
    try:
        status = place.lstat()
    except FileNotFoundError:
        return True
    left_by_a_reader = place.name.endswith("-shm") or (place.name.endswith("-wal") and not status.st_size)
    return left_by_a_reader or status.st_mtime < time.time() - YOUNG_S


def _folders(place: Path, form: re.Pattern[str]) -> list[Path]:
    return [entry for entry in _entries(place) if form.fullmatch(entry.name) and _is_folder(entry)]


def _entries(place: Path) -> list[Path]:
    """What lies in a folder, in order; nothing, if it is a link."""
    return sorted(place.iterdir()) if _is_folder(place) else []


def _is_folder(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink()
