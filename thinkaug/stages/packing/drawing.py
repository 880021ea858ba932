"""A mix, and the sizes of the rows of its parts -> which rows go into the set, and how often. Knows no texts, no files.

What is drawn of a part depends on the seed, the part's name and rows, and on how much is wanted of it: never on the
order in which parts are named.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from thinkaug.errors import PromiseBroken, UserError
from thinkaug.records import content_id
from thinkaug.stages.packing.domains import rows_by_domain, shares_of, sums_by_domain
from thinkaug.stages.packing.filling import Numbers, counts_of
from thinkaug.stages.packing.mix import MADE, REPLAY, Mix, Portion

_ROUNDING = 1e-9


def _no_numbers() -> Numbers:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Part:
    """What may be drawn of a part, a row each.

    Args:
        sizes: in the unit of the mix; of documents, 1 each.
        domains: of the made samples, which domain each is of; needed where the mix says something of domains.
        expert: of the made samples, the size of the expert text alone, counted once for samples that are variants of
            one passage and 0 for the others; needed for `keep_domains`.
    """

    sizes: Numbers
    domains: pa.Array | pa.ChunkedArray = field(default_factory=lambda: pa.array([], pa.string()))
    expert: Numbers = field(default_factory=_no_numbers)


@dataclass(frozen=True)
class Taken:
    """What goes into the set of a part.

    Args:
        rows: numbers of its rows, ascending, each as often as it is taken.
        copies: for each of them which copy of its row it is, from 1 on.
        asked: `share`, `amount` or `repeats`, as the mix says.
        size: of all rows taken, in the unit of the mix.
        share: of the set that they are.
        domains: domain -> `asked` and `share` of what is taken, where the mix says something of domains.
    """

    rows: Numbers
    copies: Numbers
    asked: Mapping[str, float]
    size: int
    share: float
    domains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def distinct(self) -> int:
        """How many different rows there are."""
        return int(np.count_nonzero(self.copies == 1))

    def described(self, name: str) -> dict[str, Any]:
        """The part's entry in the manifest, as far as it is known here."""
        about = {"name": name, "rows": len(self.rows), "distinct_rows": self.distinct}
        domains = {"domains": {name: dict(of) for name, of in self.domains.items()}} if self.domains else {}
        return {**about, "asked": dict(self.asked), "share": self.share, **domains}


@dataclass(frozen=True)
class Drawn:
    """What the set is made of: what is taken of each part, made and replay first; and how much that is in all."""

    parts: Mapping[str, Taken]
    size: int


def draw(sizes: Numbers, target: float, rng: np.random.Generator) -> Numbers:
    """Numbers of rows, ascending, each as often as it is taken, whose sizes add up to about `target`.

    See `thinkaug.stages.packing.filling.counts_of`: whole passes first, the rest at random, as near as can be.

    Raises:
        PromiseBroken: a size or the target is negative, or there is nothing that could be drawn.
    """
    return np.repeat(np.arange(len(sizes), dtype=np.int64), counts_of(sizes, target, rng))


def draw_mix(mix: Mix, parts: Mapping[str, Part], seed: int, where: str = "pack: mix") -> Drawn:
    """Draw what the mix takes of each part.

    Parts by amount or repeats come first; those by share are then of such a size that the shares hold of what was
    really drawn.

    Args:
        mix: settings that were checked.
        parts: all of which something is taken, by name; others are passed over.
        seed: decides which rows are taken once more than others.
        where: the setting, for what is said of it.

    Raises:
        UserError: a part or a domain of which something is wanted is empty, or would be repeated too often; or there is
            no such domain.
    """
    return _Drawing(mix, parts, seed, where).run()


@dataclass
class _Drawing:
    """A mix on the way to be drawn: how often each row of a part is taken, and what came of the domains."""

    mix: Mix
    parts: Mapping[str, Part]
    seed: int
    where: str
    counts: dict[str, Numbers] = field(default_factory=dict)
    domains: dict[str, dict[str, float]] = field(default_factory=dict)

    def run(self) -> Drawn:
        taken = self.mix.taken
        have = {name: self._have(name, portion) for name, portion in taken.items()}
        shares = {name: portion.share for name, portion in taken.items() if portion.share}
        for name, portion in taken.items():
            if portion.amount:
                self._limit(name, portion, portion.amount, have[name], have[name] * self.mix.most_repeats)
            if not portion.share:
                self._take(name, portion.amount or portion.repeats * have[name], portion.repeats)
        beside = sum(map(self._size, self.counts))
        total = self._total(shares, have, beside)
        for name, share in shares.items():
            most = have[name] * self.mix.most_repeats
            room = 1 - math.fsum(other for of, other in shares.items() if of != name)
            self._limit(name, taken[name], share * total, have[name], most * room / (beside + most))
            self._take(name, share * total)
        whole = sum(map(self._size, taken))
        return Drawn({name: self._taken(name, portion, whole) for name, portion in taken.items()}, whole)

    def _have(self, name: str, portion: Portion) -> int:
        """How much there is of a part."""
        if name not in self.parts:
            raise PromiseBroken(f"the mix takes some of {name}, and there is no such part")
        have = int(self.parts[name].sizes.sum())
        if not have and not portion.repeats:
            ((how, value),) = portion.asked.items()
            raise UserError(
                f"{self._place(name)}: {how} {value:g} is wanted, and there are no {self.mix.unit} of it; "
                "leave it out, or see what became of its texts"
            )
        return have

    def _total(self, shares: Mapping[str, float], have: Mapping[str, int], beside: int) -> float:
        """The size of the set in which the shares hold; where all is taken by share, without repeating any part."""
        if len(shares) == len(have):
            return min(have[name] / share for name, share in shares.items())
        if shares and not beside:
            raise UserError(
                f"{self.where}: there are no {self.mix.unit} of {', '.join(self.counts)}, beside which "
                f"{', '.join(shares)} could be a share; take them by amount, or see what became of the texts"
            )
        return beside / (1 - math.fsum(shares.values()))

    def _limit(self, name: str, portion: Portion, wanted: float, have: int, highest: float) -> None:
        if wanted > have * self.mix.most_repeats * (1 + _ROUNDING):
            ((how, value),) = portion.asked.items()
            raise self._too_often(f"{self._place(name)}: {how} {value:g}", wanted, have, f"{how} {_floored(highest)}")

    def _too_often(self, what: str, wanted: float, have: int, instead: str) -> UserError:
        return UserError(
            f"{what} comes to {wanted:,.0f} {self.mix.unit}, and there are {have:,}: they would be repeated "
            f"{wanted / have:.3g} times, and most_repeats is {self.mix.most_repeats:g}; say {instead} at most, "
            "raise most_repeats, or add texts"
        )

    def _place(self, name: str) -> str:
        return f"{self.where}.{name}" if name in (MADE, REPLAY) else f"{self.where}.others.{name}"

    def _take(self, name: str, wanted: float, repeats: float = 0) -> None:
        part = self.parts[name]
        if name == MADE and (self.mix.domains or self.mix.keep_domains) and len(part.sizes):
            self.counts[name] = self._by_domain(part, wanted)
        elif part.sizes.any():
            self.counts[name] = counts_of(part.sizes, wanted, self._rng(name))
        else:  # rows, but not one with a size: so much of nothing says nothing, so often does
            self.counts[name] = np.full(len(part.sizes), int(repeats), np.int64)

    def _by_domain(self, part: Part, wanted: float) -> Numbers:
        """As much in all as without domains, but of each domain its share."""
        if len(part.domains) != len(part.sizes) or (self.mix.keep_domains and len(part.expert) != len(part.sizes)):
            raise PromiseBroken("there is not a domain and a size of expert text for each of the made samples")
        rows = rows_by_domain(part.domains)
        have = sums_by_domain(rows, part.sizes)
        expert = sums_by_domain(rows, part.expert) if self.mix.keep_domains else {}
        counts = np.zeros(len(part.sizes), np.int64)
        for name, share in shares_of(self.mix, have, expert, self.where).items():
            self._limit_domain(name, share, wanted, have[name])
            if have[name]:
                counts[rows[name]] = counts_of(part.sizes[rows[name]], share * wanted, self._rng(MADE, name))
            self.domains[name] = {"asked": share}
        whole = int(counts @ part.sizes)
        for name, about in self.domains.items():
            about["share"] = int(counts[rows[name]] @ part.sizes[rows[name]]) / whole if whole else 0.0
        return counts

    def _limit_domain(self, name: str, share: float, wanted: float, have: int) -> None:
        most = have * self.mix.most_repeats
        if share * wanted <= most * (1 + _ROUNDING):
            return
        what = f"{self.where}.{'keep_domains' if self.mix.keep_domains else 'domains'}: '{name}': share {share:.4g}"
        if not have:
            raise UserError(f"{what} is wanted, and there are no {self.mix.unit} of it; say 0 to leave it out")
        instead = (
            f"share {_floored(most / wanted)}" if name in self.mix.domains else f"made amount {_floored(most / share)}"
        )
        raise self._too_often(f"{what} of the made samples", share * wanted, have, instead)

    def _rng(self, *parts: str) -> np.random.Generator:
        return np.random.default_rng(int(content_id("mix", str(self.seed), *parts), 16))

    def _size(self, name: str) -> int:
        return int(self.counts[name] @ self.parts[name].sizes)

    def _taken(self, name: str, portion: Portion, whole: int) -> Taken:
        counts = self.counts[name]
        rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        copies = np.arange(1, len(rows) + 1) - np.repeat(np.cumsum(counts) - counts, counts)
        size = self._size(name)
        domains = self.domains if name == MADE else {}
        return Taken(rows, copies, portion.asked, size, size / whole if whole else 0.0, domains)


def _floored(value: float) -> str:
    """Three digits of a number from 0 on, never above it, as YAML reads numbers."""
    if value <= 0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(value)) - 2)
    digits = math.floor(value / step) * step
    return f"{digits:.0f}" if digits >= 100 else f"{digits:.3g}"
