"""command: what `thinkaug index` does, from the words of the command line to the lines it prints."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

from thinkaug.errors import UserError
from thinkaug.knowledge import layout
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.wording import Config
from thinkaug.settings import read_config

_LISTED = frozenset(field.name for field in fields(Config) if field.default == ())
_MOST_EXAMPLES = 3
_MOST_RELATIONS = 8


def build(paths: Sequence[str], out: str, settings: Sequence[str]) -> list[str]:
    """Build an index and say what is in it.

    Args:
        paths: what `find_inputs` takes.
        out: the folder to write.
        settings: `key=value` each, of `wording.Config`; values as they stand, nothing is read as YAML. A template that
            is given twice is two, tried in that order; `say.COLUMN.VALUE=words` adds one to `say`.

    Raises:
        UserError: as `build_index`, and for a setting that does not exist.
    """
    return index_summary(build_index(paths, out, _config(settings)))


def index_summary(folder: Path) -> list[str]:
    """An index in lines of text: entries, sources and versions, facts, rows left out with their reasons, size, folder.

    Raises:
        UserError: the folder is no index.
    """
    summary = layout.read_summary(folder)
    size_mb = sum(summary["files"].values()) / 1e6
    lines = [
        f"index: {summary['entries']:,} entries from {summary['rows']:,} rows, {size_mb:.1f} MB, "
        f"digest {summary['digest'][:8]} -> {folder}"
    ]
    shown = summary["sources"]
    lines += [f"  {each['entries']:,} from {each['source']} {each['version']}".rstrip() for each in shown]
    if summary["origins"] > len(shown):
        lines.append(f"  and {summary['origins'] - len(shown):,} more sources")
    return lines + _facts(summary["facts"]) + _left_out(folder, summary)


def _facts(counts: Mapping[str, Any]) -> list[str]:
    if not counts["facts"] and not counts["left_out"]:
        return []
    relations = sorted(counts["relations"].items(), key=lambda relation: (-relation[1]["facts"], relation[0]))
    shown = [f"{each['facts']:,} {relation}" for relation, each in relations[:_MOST_RELATIONS]]
    shown += [f"{len(relations) - len(shown):,} more relations"] if len(relations) > len(shown) else []
    denied = f", {counts['denied']:,} of them denied" if counts["denied"] else ""
    lines = [f"  {counts['facts']:,} facts about {counts['entities']:,} entities{denied}: {', '.join(shown) or 'none'}"]
    for what, reasons in (("objects that are no entity's name", "literals"), ("stated and left out", "left_out")):
        if counts[reasons]:
            listed = ", ".join(f"{count:,} {reason}" for reason, count in counts[reasons].items())
            lines.append(f"  {what}: {listed}")
    return lines


def _left_out(folder: Path, summary: Mapping[str, Any]) -> list[str]:
    counts = summary["left_out"]
    if not counts:
        return []
    place = folder / layout.LEFT_OUT
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
    examples = islice(json.loads(place.read_bytes()), _MOST_EXAMPLES)
    return [
        f"left out: {sum(counts.values()):,} rows: {reasons}; all are listed in {place}",
        *(f"  {row['file']}:{row['line']}: {row['reason']}: {row['detail']}" for row in examples),
    ]


def _config(settings: Sequence[str]) -> Config:
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UserError(f"--set {setting}: expected key=value")
        name, *inner = key.split(".", 2)
        if name == "say":
            if len(inner) != 2:
                raise UserError(f"--set {setting}: expected say.COLUMN.VALUE=words")
            values.setdefault(name, {}).setdefault(inner[0], {})[inner[1]] = value
        elif key in _LISTED:
            values.setdefault(key, []).append(value)
        else:
            values[key] = value
    return read_config(Config, values, "index")
