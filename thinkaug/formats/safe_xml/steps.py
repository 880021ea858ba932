"""steps: the simple paths among XPaths, matched against the elements that are open. Knows no tree."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_STEP = re.compile(r"(//?)(?:([\w.-]+):)?(\*|[^\W\d][\w.-]*)")


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path. `deep` is `//`; `space` is the namespace, "" for none and None for any; `name` may be `*`."""

    deep: bool
    space: str | None
    name: str

    def fits(self, element: tuple[str, str]) -> bool:
        """Whether an element of that (namespace, local name) is of this name."""
        return self.space in (None, element[0]) and self.name in ("*", element[1])


Steps = tuple[tuple[Step, ...], ...]
"""One way or several: what any of them leads to."""


def simple_steps(path: str, namespaces: Mapping[str, str]) -> Steps | None:
    """The steps of an XPath such as `//QAPair`, `/a/b:c` or `//a/* | //b`; None of any other."""
    ways = [_way(way.strip(), namespaces) for way in path.split("|")]
    return tuple(way for way in ways if way) if all(ways) else None


def _way(path: str, namespaces: Mapping[str, str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    at = 0
    while found := _STEP.match(path, at):
        prefix, name = found[2], found[3]
        if prefix and prefix not in namespaces:
            return ()
        space = namespaces[prefix] if prefix else None if name == "*" else ""
        steps.append(Step(found[1] == "//", space, name))
        at = found.end()
    return tuple(steps) if at == len(path) else ()


def any_namespace(name: str) -> Steps:
    """The steps to every element of that local name."""
    return ((Step(True, None, name),),)


def matches(steps: Steps, elements: Sequence[tuple[str, str]]) -> bool:
    """Whether the last of the open elements, from the root on, is what the steps lead to."""
    return any(way[-1].fits(elements[-1]) and _leads(way, elements) for way in steps)


def _leads(way: Sequence[Step], elements: Sequence[tuple[str, str]]) -> bool:
    if not way or not elements:
        return not way and not elements
    step, above = way[-1], elements[:-1]
    if not step.fits(elements[-1]):
        return False
    if not step.deep:
        return _leads(way[:-1], above)
    if len(way) == 1:
        return True
    return any(_leads(way[:-1], above[:length]) for length in range(len(above), 0, -1))
