"""Files that survive a kill and a power cut: whole or absent. Knows nothing of what is in them."""

import os
import shutil
from hashlib import file_digest
from pathlib import Path
from secrets import token_hex
from typing import IO, Any


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that it is either whole or absent, replacing one that is there."""
    temporary = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    write_durably(temporary, text)
    temporary.replace(path)


def write_durably(path: Path, text: str) -> None:
    """Write a file and wait until it is on the disk."""
    file = path.open("w", encoding="utf-8")
    file.write(text)
    sync(file)


def sync(file: IO[Any]) -> None:
    """Flush to the disk and close: what a manifest names must survive a power cut."""
    file.flush()
    os.fsync(file.fileno())
    file.close()


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_folder(new: Path, place: Path) -> None:
    """Make a finished folder durable and put it in its place, taking away one that is there.

    In between the name is free for an instant; a reader that has the old files mapped keeps them.
    """
    for path in sorted(new.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        else:
            sync(path.open("rb"))
    sync_folder(new)
    if place.exists():
        aside = place.with_name(f".{place.name}.old")
        shutil.rmtree(aside, ignore_errors=True)
        place.rename(aside)
        new.rename(place)
        shutil.rmtree(aside)
    else:
        new.rename(place)
    sync_folder(place.parent)
