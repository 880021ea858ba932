"""How thoughts are shown to the trainer, as settings. Renders nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Le

from thinkaug.errors import UserError, unknown
from thinkaug.records import KINDS, Kind
from thinkaug.rendering.spans import SPAN_KINDS

Markers = Literal["tags", "none", "tokens", "headings"]


@dataclass(frozen=True)
class Style:
    """How thoughts are shown to the trainer. Changing it costs no generated token.

    Args:
        placement: `interleaved` puts each thought before the stretch that was thought about (it is a prior), `random`
            there or after the stretch (a posterior); `before` and `after` put all thoughts, in one block, before or
            after the whole passage; `strategy` puts each before or after its stretch, as its strategy has it.
        prior: of `random`, the probability that a thought stands before its stretch.
        markers: `tags` puts each thought between <thinking> and </thinking>, `none` leaves it bare; `tokens` marks
            thoughts and steps with special tokens, which the tokenizer must be given (see `special_tokens`);
            `headings` gives each step a Markdown heading, and the text one where it goes on.
        kinds: the kinds of steps that are shown; with none of them the text is raw.
        weights: kind of span -> its weight in the training loss, 1 where it is not named; 0 trains nothing on it.
        seed: of `random`; where a thought stands depends on this, the passage's id and the cut alone.
    """

    placement: Literal["strategy", "before", "after", "interleaved", "random"] = "strategy"
    prior: Annotated[float, Ge(0), Le(1)] = 0.5
    markers: Markers = "tags"
    kinds: tuple[Kind, ...] = KINDS
    weights: Mapping[str, Annotated[float, Ge(0)]] = field(default_factory=dict)
    seed: int = 0

    def weight(self, kind: str) -> float:
        """The weight of a kind of span."""
        return float(self.weights.get(kind, 1.0))

    def check(self) -> None:
        """Refuse kinds that do not exist, weights that are none, and a text that nothing trains on."""
        for step in self.kinds:
            if step not in KINDS:
                raise unknown("kind of step", step, KINDS, "pack: style: kinds")
        for kind in self.weights:
            if kind not in SPAN_KINDS:
                raise unknown("kind of span", kind, SPAN_KINDS, "pack: style: weights")
        for kind, weight in self.weights.items():
            if not (weight == 0 or 1e-6 <= weight <= 1e6):
                raise UserError(f"pack: style: weights: {kind}: {weight} is neither 0 nor between 1e-6 and 1e6")
        if self.weights.get("text", 1.0) == 0:
            # A document must end with a trained span, and most end with expert text.
            raise UserError("pack: style: weights: text may not be 0: samples end with expert text")
        if not 0 <= self.prior <= 1:
            raise UserError(f"pack: style: prior: {self.prior} is no probability; give a number from 0 to 1")
