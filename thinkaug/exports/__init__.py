"""A finished data set in the form of other trainers: `export(root, to, out)`. A target is a file here with its name.

A target is a function `(finished, folder, tokenizer) -> lines to print`: it writes into `folder`, which is empty, and
knows nothing of where that will lie.
"""

import json
import os
import shutil
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from secrets import token_hex

from thinkaug.durable import replace_folder, sha256_of, write_durably
from thinkaug.errors import UserError, unknown
from thinkaug.exports.finished import Finished, open_finished

TARGETS = ("jsonl", "megatron", "nanotron", "parquet")
SPEC = "thinkaug-export/1"
_ABOUT = "export.json"


def export(root: Path, to: str, out: Path, tokenizer: str = "") -> Sequence[str]:
    """Write a data set in another form to a folder, which appears whole or not at all.

    Beside what the target writes stand `export.json`, which says of what it was made, and `SHA256SUMS`.

    Args:
        root: a finished data set.
        to: one of `TARGETS`.
        out: the folder; an earlier export is replaced, anything else is left alone.
        tokenizer: the model whose tokens are written: a folder, a `tokenizer.json`, or a Hub id.

    Returns:
        Lines to print: what was written, and what this form cannot carry.

    Raises:
        UserError: no such target, no finished data set or a damaged one, `out` is something else, a package is not
            installed, a layout that the target cannot take, or the disk is full.
    """
    if to not in TARGETS:
        raise unknown("export", to, TARGETS, "--to")
    finished = open_finished(root)
    place = out.absolute()
    _refuse(out, root)
    building = place.with_name(f".{place.name}.{token_hex(4)}")
    try:
        building.mkdir(parents=True)
        lines = getattr(import_module(f"thinkaug.exports.{to}"), to)(finished, building, tokenizer)
        _finish(building, finished, to)
        replace_folder(building, place)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error  # Arrow's own words are many
        raise UserError(f"{error.filename or out}: {reason}; nothing was left at {out}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return [f"{finished.rows:,} rows -> {out}", *lines]


def _refuse(out: Path, root: Path) -> None:
    """Refuse to write over what is no export, and into the data set itself."""
    place, source = out.resolve(), root.resolve()
    if place == source or source in place.parents or place in source.parents:
        raise UserError(f"{out}: overlaps with the data set itself; say --out another/folder")
    if out.exists() and not (out / _ABOUT).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: there is something that is no export; say --out another/folder")


def _finish(folder: Path, finished: Finished, to: str) -> None:
    """Write what stands beside every export."""
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    about = {
        "spec": SPEC,
        "to": to,
        "pipeline": finished.manifest["pipeline"],
        "layout": finished.layout,
        "rows": finished.rows,
        "manifest_sha256": sha256_of(finished.root / "manifest.json"),
        "files": files,
    }
    write_durably(folder / _ABOUT, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in sorted([*files, _ABOUT])]
    write_durably(folder / "SHA256SUMS", "".join(lines))
