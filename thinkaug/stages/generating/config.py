"""The settings of `generate`, and those that passages of another score take. Knows nothing of engines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from thinkaug.errors import UserError, unknown
from thinkaug.profiles import SAMPLED, Variable
from thinkaug.settings import read_config
from thinkaug.stages.between import Between

WHERE = "generate"
ROUTED = (
    "strategy",
    "options",
    "profile",
    "prompts",
    "vary",
    "candidates",
    "temperature",
    "top_p",
    "max_tokens",
)
"""What a route may say otherwise. The engine is one for the stage, and so is what the stages after it count on."""


@dataclass(frozen=True)
class Config:
    """Which model thinks, in which way, and how its replies are drawn.

    Args:
        engine: one of the pipeline's engines.
        strategy: a file of `thinkaug/strategies`.
        options: the strategy's own settings.
        prompts: `full`, or `brief` for small models.
        profile: what good thinking is in a domain: a file of `templates/profiles`.
        vary: the variables of the prompts that are drawn anew for every thought, from the profile's lists.
        candidates: how many thoughts are written for each stretch, each with a seed of its own.
        temperature: 0 is greedy.
        top_p: share of the distribution that is drawn from.
        top_k: how many tokens are drawn from; 0 for all.
        max_tokens: a reply is cut off after so many tokens.
        constrained: whether the engine may write nothing but well-formed steps, for strategies that tag theirs.
        measured: whether to keep the log-probability of each thought under the model that wrote it, for `score`.
        seed: another seed gives other thoughts for the same passages.
        routes: other settings for passages by how procedural they are: each has a range `procedural: {at_least: 0.6}`
            and any of `ROUTED`. The first whose range holds a passage's score is taken, and otherwise the settings
            above. A route with another strategy has that strategy's default options, but for those it names.
    """

    engine: str = "writer"
    strategy: str = "interleaved"
    options: Mapping[str, Any] = field(default_factory=dict)
    prompts: Literal["full", "brief"] = "full"
    profile: str = "general"
    vary: tuple[Variable, ...] = SAMPLED
    candidates: Annotated[int, Ge(1)] = 1
    temperature: Annotated[float, Ge(0)] = 0.7
    top_p: Annotated[float, Gt(0), Le(1)] = 1.0
    top_k: Annotated[int, Ge(0)] = 0
    max_tokens: Annotated[int, Gt(0)] = 512
    constrained: bool = False
    measured: bool = False
    seed: int = 0
    routes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Route:
    """The settings that passages within a range take. `where` is its place, for errors."""

    procedural: Between
    config: Config
    where: str


def routes_of(config: Config) -> list[Route]:
    """The routes, each with the whole of its settings.

    Raises:
        UserError: one has no range, says what only the stage can say, or a value that cannot work.
    """
    return list(_routes(config))


def _routes(config: Config) -> Iterator[Route]:
    shared = {setting.name: getattr(config, setting.name) for setting in fields(config)} | {"routes": ()}
    for index, given in enumerate(config.routes):
        where = f"{WHERE}: routes[{index}]"
        own = dict(given)
        if "procedural" not in own:
            raise UserError(
                f"{where}: procedural: say which passages take this route, such as procedural: {{at_least: 0.6}}"
            )
        between = read_config(Between, own.pop("procedural"), f"{where}.procedural")
        between.check(f"{where}.procedural")
        for key in own:
            if key not in ROUTED:
                raise _not_routed(key, shared, where)
        options: dict[str, Any] = {"options": {}} if own.get("strategy", config.strategy) != config.strategy else {}
        yield Route(between, read_config(Config, {**shared, **options, **own}, where), where)


def _not_routed(key: str, settings: Mapping[str, Any], where: str) -> UserError:
    if key in settings:
        return UserError(f"{where}: {key}: is one for the whole stage; a route may say {', '.join(ROUTED)}")
    return unknown("setting", key, ("procedural", *ROUTED), where)
