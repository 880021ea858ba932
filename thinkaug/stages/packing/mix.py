"""The settings of a mix: how much of each part goes into the set. Draws nothing itself."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from thinkaug.errors import UserError
from thinkaug.stages.ingesting.config import Join

MADE, REPLAY = "made", "replay"
SLACK = 0.002
"""Shares that should add up to 1 may miss it by so much: three thirds are written 0.333."""

_NAME = re.compile(r"\w[\w.-]{0,59}")  # it becomes the name of a file, and stands in `meta`


@dataclass(frozen=True)
class Portion:
    """How much of a part is taken; one of these at most is above zero, and a part of none is left out.

    Args:
        share: of the finished set.
        amount: so much of it, in the mix's unit.
        repeats: so many times all of it; 0.5 is a half.
    """

    share: Annotated[float, Ge(0), Le(1)] = 0
    amount: Annotated[float, Ge(0)] = 0
    repeats: Annotated[float, Ge(0)] = 0

    @property
    def asked(self) -> dict[str, float]:
        """Those that are above zero, by name; empty where nothing is taken."""
        given = {field.name: float(getattr(self, field.name)) for field in fields(Portion)}
        return {name: value for name, value in given.items() if value != 0}


@dataclass(frozen=True)
class Other(Portion):
    """Other data that go into the set as they are: not even their line ends are mended.

    Args:
        paths: files, folders, globs, archives, fsspec URLs, finished data sets (of ours, or saved by `datasets`), or
            ids of data sets for `format: hub`.
        format: of the files, where their names do not say; as in `ingest`.
        options: format -> its own settings, such as `hub: {split: validation}`; as in `ingest`.
        text: the field that holds the text; `a.b` for `b` within `a`; `{join: [question, answer]}` for several.
        domain: of the texts whose records say none.
        license: of the texts whose records say none.
    """

    paths: tuple[str, ...] = ()
    format: str = ""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    text: str | Join = "text"
    domain: str = ""
    license: str = ""


@dataclass(frozen=True)
class Mix:
    """What the finished set is made of.

    What is taken by repeats or amount is fixed, and what is taken by share fills the set up. Where all is taken by
    share, the set is as large as it can be without repeating all of any part.

    Args:
        unit: in which shares and amounts are counted.
        made: of the samples with thoughts that this build made.
        replay: of the same passages without thoughts.
        others: name -> other data.
        domains: domain -> its share among what is taken of the made samples; 0 leaves it out. Domains that are not
            named share what is left, as they do now.
        keep_domains: the domains' shares among the made samples are those of their expert text: to write thoughts
            expands hard texts more than easy ones.
        most_repeats: how often all of a part or a domain may be repeated before the mix is refused.
    """

    unit: Literal["tokens", "chars", "documents"] = "tokens"
    made: Portion = field(default_factory=lambda: Portion(repeats=1))
    replay: Portion = field(default_factory=Portion)
    others: Mapping[str, Other] = field(default_factory=dict)
    domains: Mapping[str, Annotated[float, Ge(0), Le(1)]] = field(default_factory=dict)
    keep_domains: bool = False
    most_repeats: Annotated[float, Ge(1)] = 4

    @property
    def taken(self) -> dict[str, Portion]:
        """The parts of which something is taken: made, replay, then the others by name."""
        parts = {MADE: self.made, REPLAY: self.replay, **{name: self.others[name] for name in sorted(self.others)}}
        return {name: portion for name, portion in parts.items() if portion.asked}

    @property
    def is_plain(self) -> bool:
        """Whether the set is the made samples, each once, so that there is nothing to draw."""
        only_made = list(self.taken) == [MADE] and self.made.repeats == 1
        return only_made and not self.domains and not self.keep_domains

    def check(self, where: str) -> None:
        """Whether the settings fit together; which domains there are is only known when it is drawn.

        Raises:
            UserError: they do not; the message begins with `where`.
        """
        portions = {f"{where}.{MADE}": self.made, f"{where}.{REPLAY}": self.replay}
        for name, other in self.others.items():
            _check_other(name, other, f"{where}.others")
            portions[f"{where}.others.{name}"] = other
        for place, portion in portions.items():
            self._check_portion(portion, place)
        _check_number(self.most_repeats, f"{where}.most_repeats")
        self._check_shares(where)
        self._check_domains(where)

    def _check_portion(self, portion: Portion, where: str) -> None:
        asked = portion.asked
        for name, value in asked.items():
            _check_number(value, f"{where}.{name}")
        if len(asked) > 1:
            raise UserError(f"{where}: {_listed(asked)}: say one of share, amount and repeats")
        if portion.repeats > self.most_repeats:
            raise UserError(
                f"{where}: repeats {portion.repeats:g} is more than most_repeats, {self.most_repeats:g}; "
                "repeat it less, or raise most_repeats"
            )

    def _check_shares(self, where: str) -> None:
        taken = self.taken
        if not taken:
            raise UserError(f"{where}: nothing is taken of any part; say `made: {{repeats: 1}}`, or what is wanted")
        given = ", ".join(f"{name} ({_listed(portion.asked)})" for name, portion in taken.items())
        total = math.fsum(portion.share for portion in taken.values())
        if all(portion.share for portion in taken.values()):
            if abs(total - 1) > SLACK:
                raise UserError(
                    f"{where}: {given}: the shares add up to {total:.4g}; where every part is taken by share they make "
                    "up the whole set: let them add up to 1, or take one part by amount or repeats"
                )
        elif total >= 1:
            raise UserError(
                f"{where}: {given}: the shares add up to {total:.4g}, which leaves no room for the parts that are "
                "taken by amount or repeats; let them stay below 1"
            )

    def _check_domains(self, where: str) -> None:
        if not self.domains and not self.keep_domains:
            return
        name = "domains" if self.domains else "keep_domains"
        if self.domains and self.keep_domains:
            raise UserError(f"{where}: domains and keep_domains: say one of them; each sets the domains' shares")
        if MADE not in self.taken:
            raise UserError(f"{where}.{name}: they are domains of the made samples, and none are taken: see {MADE}")
        for domain, share in self.domains.items():
            _check_number(share, f"{where}.domains.{domain}")
        total = math.fsum(self.domains.values())
        if total > 1 + SLACK:
            raise UserError(f"{where}.domains: the shares add up to {total:.4g}; let them add up to 1 at most")


def _check_other(name: str, other: Other, where: str) -> None:
    if name in (MADE, REPLAY):
        raise UserError(f"{where}: '{name}' is what the samples of this build are called; give the set another name")
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{where}: '{name}': a set's name is a file's name too; of up to 60 letters, digits, `_`, `-` and `.`, "
            "not beginning with `-` or `.`"
        )
    if not other.paths:
        raise UserError(f"{where}.{name}: paths: name the files that are to be read")
    if not other.asked:
        raise UserError(f"{where}.{name}: nothing is taken of it; say a share, an amount or repeats, or leave it out")


def _check_number(value: float, where: str) -> None:
    if not 0 <= value < math.inf:
        raise UserError(f"{where}: a number from 0 on is wanted, not {value}")


def _listed(asked: Mapping[str, float]) -> str:
    return " and ".join(f"{name} {value:g}" for name, value in asked.items())
