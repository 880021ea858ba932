"""About a finished set -> its README: YAML that the Hub and `datasets` read, and what a person should know who trains.

Knows nothing of files. Names that anyone may have chosen stand in it, and must not be able to change what it says.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from thinkaug.shards.describing.about import About
from thinkaug.shards.describing.head import head
from thinkaug.shards.describing.markdown import code, number, plain, table
from thinkaug.shards.describing.twins import first_line, list_of_controls
from thinkaug.shards.describing.using import adding, using
from thinkaug.yaml import write_yaml

__all__ = ["About", "card"]

_MOST_SOURCES = 10


def card(about: About) -> str:
    """The text of README.md."""
    layout = str(about.layout["name"])
    return f"""---
{write_yaml(head(about))}---

# {plain(about.lineage.pipeline)}: expert texts with the thinking put back

{first_line(about.twin)}{_samples(about)}

{_thoughts(about)}

{_licenses(about.licenses)}
## What it is made of

{_sources(about)}{_parts(about)}
{_kinds(about)}
{_stages(about)}
## How to train on it

Layout `{layout}`. {using(layout)}{_settings(about.layout)}{adding(about.special_tokens)}
## Controls

Whether thoughts help can only be said beside sets without them, or with the wrong ones. `thinkaug controls` writes
these twins of the same build, and states how near the tokens of each come to those of the set:

{list_of_controls()}
## Proof

`manifest.json` has what shaped the build, `stats.json` the whole ledger. `sha256sum -c SHA256SUMS` and
`thinkaug validate <this folder>` prove the files.
"""


def _samples(about: About) -> str:
    samples = f"{about.samples:,} samples"
    if about.layout["name"] == "packed":
        samples += f" in {about.rows:,} windows"
    if not about.has_thoughts:
        return f"{samples}. Each is expert text as it was ingested."
    return (
        f"{samples}. Each is expert text with thoughts inserted that a model reconstructed: what the expert may have "
        "recalled,\nasked and checked on the way. In layout `text`, leaving out every span that is not of kind `text` "
        "gives the expert\ntext back byte for byte."
    )


def _thoughts(about: About) -> str:
    if not about.has_thoughts:
        return "There are no thoughts in it."
    models = ", ".join(plain(name) for name in sorted(about.models) if name) or "no model"
    hidden = f" Steps of kind {', '.join(about.hidden)} are left out." if about.hidden else ""
    return (
        f"The thoughts were written by {models}. **They may be wrong**: what they\n"
        f"recall was checked only as far as the stages below say.{hidden}"
    )


def _licenses(counts: Mapping[str, int]) -> str:
    named = {words: plain(words) or "not stated" for words in counts}
    if len(named) <= 1:
        return f"Licences of the expert texts: {next(iter(named.values()), 'not stated')}.\n"
    rows = [
        (named[words], number(counts[words])) for words in sorted(counts, key=lambda words: (-counts[words], words))
    ]
    return table(("licence of the expert text", "samples"), rows, 1)


def _sources(about: About) -> str:
    """The names of the files that were read, without the folders they lay in: those are nobody's business."""
    names = sorted(set(_names(about)))
    if not names:
        return ""
    more = f" and {len(names) - _MOST_SOURCES} more" if len(names) > _MOST_SOURCES else ""
    return f"Expert texts from {', '.join(map(code, names[:_MOST_SOURCES]))}{more}.\n\n"


def _names(about: About) -> Iterator[str]:
    for entry in about.lineage.entries:
        config = entry.shaped_by.get("config", {})
        paths = config.get("paths", ()) if isinstance(config, Mapping) else ()
        yield from (name for path in paths if (name := PurePath(str(path)).name))


def _parts(about: About) -> str:
    rows = [
        (
            "made here" if part["name"] == "made" else plain(str(part["name"])),
            *(number(part.get(name)) for name in ("rows", "distinct_rows", "chars", "tokens")),
            plain(", ".join(f"{how} {value:,g}" for how, value in part.get("asked", {}).items())) or "-",
            f"{part['share']:.2%}",
        )
        for part in about.parts
    ]
    return table(("part", "samples", "distinct", "characters", "tokens", "asked for", "share"), rows, 1)


def _kinds(about: About) -> str:
    rows = [
        (plain(kind), *(number(entry.get(name)) for name in ("spans", "chars", "tokens")), _weight(entry))
        for kind, entry in sorted(about.kinds.items())
    ]
    return table(("kind of span", "spans", "characters", "tokens", "loss weight"), rows, 1)


def _weight(entry: Mapping[str, float]) -> str:
    """The mean weight of a kind's tokens."""
    return f"{entry['weight'] / entry['tokens']:.3g}" if entry.get("tokens") else "-"


def _stages(about: About) -> str:
    rows = [
        (
            plain(entry.label),
            *(number(count) for count in (entry.ledger.rows_in, entry.ledger.rows_out)),
            number(sum(entry.ledger.dropped.values())),
            number(sum(entry.ledger.quarantined.values())),
        )
        for entry in about.lineage.entries
    ]
    return table(("stage", "rows in", "rows out", "dropped", "quarantined"), rows, 1)


def _settings(layout: Mapping[str, Any]) -> str:
    """What the manifest says of the layout beyond its name."""
    rows = [
        (plain(name.replace("_", " ")), code(f"{value:,}" if isinstance(value, int) else str(value)))
        for name, value in layout.items()
        if name != "name" and isinstance(value, str | int | float)
    ]
    return f"\n{table(('of the layout', ''), rows, 2)}" if rows else ""
