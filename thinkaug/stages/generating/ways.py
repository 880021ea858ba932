"""All ways of thinking of a `generate` stage, and which of them a passage takes by its score."""

from collections.abc import Mapping
from dataclasses import dataclass

from thinkaug.records import Passage
from thinkaug.stage import Services
from thinkaug.stages.between import Between
from thinkaug.stages.generating.config import Config, routes_of
from thinkaug.stages.generating.way import Way, way_of


@dataclass(frozen=True)
class Ways:
    """The stage's own way, and those of its routes in order, each with the range of scores that takes it."""

    own: Way
    routed: tuple[tuple[Between, Way], ...]

    def of(self, passage: Passage) -> Way:
        """The way of the first route whose range holds the passage's score, or else the stage's own.

        A passage that could not be measured takes the stage's own.
        """
        return self._chosen(passage)[1]

    def tally(self, passage: Passage) -> Mapping[str, int]:
        """The route that the passage takes, counted; nothing where there are none."""
        return {self._chosen(passage)[0]: 1} if self.routed else {}

    def shaped_by(self) -> Mapping[str, object]:
        """What besides the settings shapes the thoughts, the engine aside."""
        routes = [way.shaped_by() for _, way in self.routed]
        return {**self.own.shaped_by(), **({"routes": routes} if routes else {})}

    def _chosen(self, passage: Passage) -> tuple[str, Way]:
        if passage.procedural is not None:
            for index, (between, way) in enumerate(self.routed):
                if between.holds(passage.procedural):
                    return f"route_{index}", way
        return "route_own", self.own


def ways_of(config: Config, services: Services) -> Ways:
    """The ways of the settings. Raises `UserError`, naming the place, for any of them that cannot work."""
    routes = ((route.procedural, way_of(route.config, services, route.where)) for route in routes_of(config))
    return Ways(way_of(config, services), tuple(routes))
