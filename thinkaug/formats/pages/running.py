"""running: lines that stand at the head or foot of page after page, and page numbers. Knows nothing of their makeup."""

import re
from collections import Counter
from collections.abc import Sequence

from thinkaug.formats.pages.lines import Line

_ZONE = 3  # so many lines from the top and from the bottom may run
_SHARE = 0.3  # of the pages: left and right pages may have other heads, and a chapter its own
_FEWEST_PAGES = 3
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"\W*(?:page|seite|p\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von)\s*\d{1,4})?\W*", re.IGNORECASE
)


def without_running_lines(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The pages without what repeats, page numbers apart, at about the same height of at least three of them."""
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        counts.update({_key(line) for line in _zone(page)})
    enough = max(_FEWEST_PAGES, _SHARE * len(pages))
    return [
        [line for line in page if not (_is_in(line, _zone(page)) and _repeats(line, counts, enough))] for page in pages
    ]


def _zone(page: list[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: -line.middle)
    return by_height[:_ZONE] + by_height[max(_ZONE, len(by_height) - _ZONE) :]


def _is_in(line: Line, lines: Sequence[Line]) -> bool:
    return any(line is other for other in lines)


def _key(line: Line) -> tuple[str, int]:
    number = _NUMBER.fullmatch(line.text)
    return ("#" if number else _DIGITS.sub("#", line.text.casefold()).strip()), round(line.middle / 8)


def _repeats(line: Line, counts: Counter[tuple[str, int]], enough: float) -> bool:
    text, height = _key(line)
    return sum(counts[text, near] for near in (height - 1, height, height + 1)) >= enough
