"""layout: what lies in an index's folder, and how it is put there whole. Knows nothing of what is searched.

index.json      spec, digest, what shaped it, counts, sources; written last
entries.arrow   Arrow IPC file of entries, by id
pieces.arrow    where the pieces of each entry's text lie that may be quoted
names.arrow     titles and synonyms by their key, with the entry's row
words.arrow     the vocabulary, in order; a word's row is its number in bm25/
facts.arrow     what the rows state, by subject
entities.arrow  what the facts speak about, by id, with names
bm25/           the arrays of bm25s
left_out.json   every row that is no entry, with file, line and reason
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thinkaug.errors import UserError

_FAMILY = "thinkaug-index/"
SPEC = f"{_FAMILY}2"
SUMMARY = "index.json"
ENTRIES = "entries.arrow"
PIECES = "pieces.arrow"
NAMES = "names.arrow"
WORDS = "words.arrow"
FACTS = "facts.arrow"
ENTITIES = "entities.arrow"
BM25 = "bm25"
LEFT_OUT = "left_out.json"


def read_summary(folder: Path) -> Mapping[str, Any]:
    """What `index.json` says.

    Raises:
        UserError: there is no such folder, it is no index, of another version, or files are missing or cut short.
    """
    values = _peek(folder)
    build = f"build it with: thinkaug index PATH --out {folder}"
    if values is None:
        what = "is not an index" if folder.exists() else "no such folder"
        raise UserError(f"{folder}: {what}; {build}")
    if values["spec"] != SPEC:
        raise UserError(f"{folder}: an index of version {values['spec']}, this program reads {SPEC}; {build}")
    for name, size in values["files"].items():
        place = folder / name
        if not place.is_file() or place.stat().st_size != size:
            raise UserError(f"{place}: missing, or not of the {size} bytes that were written; {build}")
    return values


def up_to_date(folder: Path, digest: str) -> bool:
    """Whether an index with that digest stands there whole.

    Raises:
        UserError: something else than an index stands there, which must not be replaced.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    values = _peek(folder)
    if values is None:
        raise UserError(f"{folder}: there is something that is not an index; say --out another/folder")
    if values.get("digest") != digest:
        return False
    try:
        read_summary(folder)
    except UserError:
        return False
    return True


def files_of(folder: Path) -> dict[str, int]:
    """Bytes of every file below the folder, by its path in it."""
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}


def _peek(folder: Path) -> dict[str, Any] | None:
    """The folder's `index.json`, of whatever version; None where there is none."""
    try:
        values = json.loads((folder / SUMMARY).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("files"), dict):
        return None
    return values if str(values.get("spec")).startswith(_FAMILY) else None
