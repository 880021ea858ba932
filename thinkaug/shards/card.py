"""The data set's README: YAML that `datasets` reads, and what a person should know before training on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from thinkaug.ledger import Lineage
from thinkaug.yaml import write_yaml


def card(
    lineage: Lineage,
    licenses: Sequence[str],
    models: Sequence[str],
    rows: int,
    kinds: Mapping[str, Mapping[str, float]],
) -> str:
    """The text of README.md.

    Args:
        lineage: the build that the data set is of.
        licenses: of the expert texts, as ingested.
        models: that wrote the thoughts.
        rows: samples in all.
        kinds: per kind of span its `spans`, `chars` and `tokens`.
    """
    head: dict[str, Any] = {
        "license": licenses[0].lower() if len(licenses) == 1 and licenses[0] else "other",
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "train/shards/train-*.arrow"}]}
        ],
    }
    table = "\n".join(
        f"| {kind} | {entry['spans']:,.0f} | {entry['chars']:,.0f} | {entry['tokens']:,.0f} |"
        for kind, entry in sorted(kinds.items())
    )
    stages = "\n".join(
        f"| {entry.label} | {entry.ledger.rows_in:,} | {entry.ledger.rows_out:,} "
        f"| {sum(entry.ledger.dropped.values()):,} | {sum(entry.ledger.quarantined.values()):,} |"
        for entry in lineage.entries
    )
    return f"""---
{write_yaml(head)}---

# {lineage.pipeline}: expert texts with the thinking put back

{rows:,} samples. Each `text` is expert text with thoughts inserted that a model reconstructed; `spans` says which
characters are which, as half-open code-point offsets that tile the text. Leaving out every span that is not of kind
`text` gives the expert text back byte for byte.

The thoughts were written by {", ".join(models) or "no model"}. **They may be wrong**: what they
recall was checked only as far as the stages below say.

Licences of the expert texts: {", ".join(filter(None, licenses)) or "not stated"}.

| kind of span | spans | characters | tokens |
|---|---:|---:|---:|
{table}

| stage | rows in | rows out | dropped | quarantined |
|---|---:|---:|---:|---:|
{stages}

```python
from datasets import load_from_disk

samples = load_from_disk("<this folder>")["train"]
```

`no_loss_ranges` are the character ranges that should carry no loss; `meta` is a JSON object with the passage's origin,
the model and the SHA-256 of the expert text. `manifest.json` has what shaped the build, `stats.json` the whole ledger;
`sha256sum -c SHA256SUMS` and `thinkaug validate <this folder>` prove the files.
"""
