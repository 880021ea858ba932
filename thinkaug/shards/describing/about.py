"""What a card is written from. Knows no Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from thinkaug.ledger import Lineage
from thinkaug.records import KINDS


@dataclass(frozen=True)
class About:
    """A finished set, as far as its README speaks of it.

    Args:
        lineage: the build that the set is of.
        rows: in the shards: samples, or windows where the layout is packed.
        kinds: per kind of span `spans`, `chars`, and where tokens are counted `tokens` and `weight`, tokens times loss
            weight.
        layout: `name`, and whatever else the manifest says of it.
        parts: what the set is made of, as in the manifest.
        licenses: licence of the expert text -> samples; empty words where none is stated.
        models: that wrote the thoughts -> samples; empty words for samples without.
        languages: of the expert text -> samples; empty words where it is not known.
        special_tokens: that a tokenizer must be given.
        control: what was done to the set so that it is a control, or `none`.
    """

    lineage: Lineage
    rows: int
    kinds: Mapping[str, Mapping[str, float]]
    layout: Mapping[str, Any]
    parts: Sequence[Mapping[str, Any]]
    licenses: Mapping[str, int] = field(default_factory=dict)
    models: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    special_tokens: Sequence[str] = ()
    control: str = "none"

    @property
    def samples(self) -> int:
        """How many samples there are, copies included."""
        return sum(part["rows"] for part in self.parts)

    @property
    def has_thoughts(self) -> bool:
        """Whether any thought is shown."""
        return any(kind in KINDS for kind in self.kinds)

    @property
    def twin(self) -> str:
        """Which control the set is, or `none`: a set without thoughts is one, however it came to have none."""
        if self.control == "none" and not self.has_thoughts:
            repeats = any(part["rows"] > part["distinct_rows"] for part in self.parts)
            return "raw_repeat" if repeats else "raw"
        return self.control

    @property
    def hidden(self) -> tuple[str, ...]:
        """The kinds of thoughts that the settings leave out."""
        config = self.lineage.entries[-1].shaped_by.get("config", {}) if self.lineage.entries else {}
        style = config.get("style", {}) if isinstance(config, Mapping) else {}
        return tuple(kind for kind in KINDS if kind not in style.get("kinds", KINDS))
