"""boilerplate: whole lines of the page around an expert's text, in English. Knows neither HTML nor where a page ends.

A line goes only if all of it is one of these; a sentence about cookies stays. Off by default: a text on web design may
quote such a line by itself, and notices of rights can be wanted where a licence asks for them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

_MOST_CHARS = 250
_NETWORK = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|reddit|pinterest|instagram|youtube|telegram|mastodon|bluesky|e-?mail)"
)
_NETWORKS = rf"{_NETWORK}(?:(?: ?[,|/•·&] ?| and | or | ){_NETWORK})*"
_THIS = r"(?:this|the) (?:page|article|post|story|entry|document|site)"
_LINK = r"(?:privacy policy|terms of (?:use|service)|terms and conditions|contact us|about us|site ?map|accessibility)"
_RIGHTS = rf"all rights reserved(?:\.? ?[|•·]? ?{_LINK}){{0,6}}"

# The words that a line may begin with -> what all of it is then, in lower case, with single spaces.
_LINES = {
    "page [page": r"\[?page \d{1,5}(?: ?(?:of|/) ?\d{1,5})?\]?",
    "- – —": r"[-–—] (?:page )?\d{1,4} [-–—]",  # noqa: RUF001
    "skip jump": r"\w+ to (?:the )?(?:main )?(?:content|navigation|search|footer|menu|sidebar|main)",
    "back return ↑ ^": r"(?:[↑^] ?)?(?:back|return) to (?:the )?top(?: of (?:the )?page)?(?: ?[↑^])?",
    "toggle open close show hide": r"\w+ (?:the )?(?:main |site )?(?:navigation|menu|sidebar)",
    "print email e-mail bookmark": rf"[\w-]+ {_THIS}",
    "read see show load view": r"\w+ more(?: ?(?:\.{2,3}|…|»|›|>+))?",  # noqa: RUF001
    "click please": r"(?:please )?click here(?: (?:to|for|if) .{1,100})?",
    "this our": r"(?:this|our) (?:web ?)?sites? uses? cookies(?: .{0,200})?",
    "we": r"we (?:and our partners )?use cookies(?: .{0,200})?",
    "by": r"by (?:continuing|using|browsing|clicking) .{1,120} (?:our|of|to|use) (?:.{0,40} )?cookies(?: .{0,80})?",
    "accept reject manage allow decline": r"\w+ (?:all |optional )?cookies",
    "cookie": r"cookie (?:policy|settings|preferences|notice|statement|consent)",
    "please enable": r"(?:please )?enable javascript(?: .{0,120})?",
    "your": r"your browser does not support .{0,120}",
    "javascript": r"javascript (?:is|must be|appears to be) (?:disabled|enabled|required)(?: .{0,120})?",
    "share tweet pin post send": rf"\w+(?: {_THIS})? (?:on|via|to|with|by) {_NETWORKS}|share {_THIS}",
    "follow like find join": rf"\w+ us on {_NETWORKS}",
    "sign subscribe register": r"(?:sign up|\w+) (?:for|to) (?:our|the) (?:(?:free|weekly|e-?mail) )*newsletters?",
    "log login sign": r"(?:log ?|sign )in to (?:comment|reply|continue(?: reading)?|(?:leave|post) a comment)",
    "advertisement sponsored continue": r"advertisement|sponsored content|continue reading",
    "all": _RIGHTS,
    "© (c) copyright &copy;": rf"\S+ .{{1,150}}\b{_RIGHTS}",
    "privacy terms contact about site sitemap accessibility": rf"{_LINK}(?: ?[|•·] ?{_LINK}){{1,9}}",
}


@cache
def _by_first_word() -> dict[str, list[re.Pattern[str]]]:
    """Compiled when first asked for: few runs ask."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for words, pattern in _LINES.items():
        for word in words.split():
            found.setdefault(word, []).append(re.compile(pattern))
    return found


def boilerplate(text: str, odd: frozenset[str]) -> str:
    """The text without such lines and the line feeds that end them."""
    patterns = _by_first_word()
    lines = text.split("\n")
    kept = [line for line in lines if len(line) > _MOST_CHARS or not _is_boilerplate(line, patterns)]
    return text if len(kept) == len(lines) else "\n".join(kept)


def _is_boilerplate(line: str, patterns: Mapping[str, Sequence[re.Pattern[str]]]) -> bool:
    words = line.lower().split()
    if not words or (first := words[0].strip(".!:")) not in patterns:
        return False
    whole = " ".join(words).rstrip(".!:")
    return any(pattern.fullmatch(whole) for pattern in patterns[first])
