"""The YAML head of a card, as the Hub wants it: About -> keys and values. Knows no Markdown."""

import re
from collections.abc import Iterable
from typing import Any

from thinkaug.licenses import spdx
from thinkaug.shards.describing.about import About
from thinkaug.shards.describing.markdown import one_line

HUB_LICENSES = frozenset(
    (
        *("afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd", "bsd-2-clause", "bsd-3-clause"),
        *("bsd-3-clause-clear", "bsl-1.0", "c-uda", "cc", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0"),
        *("cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0"),
        *("cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0"),
        *("cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0", "ecl-2.0", "epl-1.0", "epl-2.0"),
        *("etalab-2.0", "eupl-1.1", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "isc", "lgpl", "lgpl-2.1", "lgpl-3.0"),
        *("lppl-1.3c", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1", "osl-3.0", "pddl"),
        *("postgresql", "unlicense", "wtfpl", "zlib"),
    )
)
"""Ids that the Hub knows, of https://huggingface.co/docs/hub/repositories-licenses."""

# The Hub has one id where SPDX has several.
_FAMILIES = re.compile(r"^(gfdl|odbl|odc-by|pddl)-[\d.]+|-(?:only|or-later)$")
_MOST_NAMED = 3
_SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


def head(about: About) -> dict[str, Any]:
    """The keys and values. Names that people gave are on one line each; the YAML writer quotes them."""
    control = [] if about.twin == "none" else ["control"]
    return {
        **_license(about.licenses),
        **_language(about.languages),
        "pretty_name": one_line(about.lineage.pipeline),
        "task_categories": ["text-generation"],
        "size_categories": [_size(about.rows)],
        "tags": ["thinkaug", "synthetic", "continued-pretraining", "reasoning", *control],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "train/shards/train-*.arrow"}]}
        ],
    }


def hub_license(words: str) -> str:
    """The Hub's id of a licence in any words; empty where it has none."""
    found = _FAMILIES.sub(lambda part: part[1] or "", spdx(words).lower())
    return found if found in HUB_LICENSES else ""


def _license(stated: Iterable[str]) -> dict[str, str]:
    words = sorted(set(stated) or {""})
    if words == [""]:
        return {"license": "unknown"}
    ids = {hub_license(word) for word in words}
    if len(ids) == 1 and (one := ids.pop()):
        return {"license": one}
    names = sorted({_slug(word) for word in words})
    return {"license": "other", "license_name": "-and-".join(names) if len(names) <= _MOST_NAMED else "several"}


def _slug(words: str) -> str:
    """A short name in lower case, of letters, digits, dots and hyphens."""
    name = hub_license(words) or spdx(words).lower() or one_line(words).lower()
    return re.sub(r"[^a-z0-9.]+", "-", name.removeprefix("licenseref-")).strip("-.")[:60] or "unstated"


def _language(found: Iterable[str]) -> dict[str, list[str]]:
    """Only where all samples agree, on a code of ISO 639: the Hub refuses other words."""
    codes = set(found)
    if len(codes) != 1 or not re.fullmatch("[a-z]{2,3}", code := codes.pop()):
        return {}
    return {"language": [code]}


def _size(rows: int) -> str:
    """The Hub's category of size, such as `1K<n<10K`."""
    for place, name in enumerate(_SIZES):
        if rows < 1000 * 10**place:
            return f"{_SIZES[place - 1]}<n<{name}" if place else "n<1K"
    return "n>1T"
