"""hygiene: damage in a text is mended and what nobody reads is taken out. Knows nothing of documents, files or counts.

One file a rule. A rule is `(text, odd) -> text`; `odd` are the characters of the text besides printable ASCII, tab and
line feed, so that most rules see at a glance that a text is none of theirs. The rules stand in this order:

1. `surrogates`: always, since lone ones cannot be stored.
2. `latex_escapes`: first of the rules for control characters, which are all that is left of a backslash here.
3. `line_ends`: mojibake is judged line by line.
4. `mojibake`: before `controls` and `invisibles`, which would take away the halves of damaged letters.
5. `controls`, then `invisibles`.
6. `normalize`: letters and marks that only now stand side by side are joined.
7. `boilerplate`, `running_heads`: whole lines, once they are legible.

All else is kept as it is: quotes, dashes, ligatures, width, spaces, blank lines, entities.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt

from thinkaug.hygiene.boilerplate import boilerplate
from thinkaug.hygiene.controls import controls
from thinkaug.hygiene.invisibles import invisibles
from thinkaug.hygiene.latex_escapes import latex_escapes
from thinkaug.hygiene.line_ends import line_ends
from thinkaug.hygiene.mojibake import mojibake
from thinkaug.hygiene.normalize import normalize
from thinkaug.hygiene.odd import Rule, odd_characters
from thinkaug.hygiene.running_heads import running_heads
from thinkaug.hygiene.surrogates import join_surrogates


@dataclass(frozen=True, slots=True)
class Hygiene:
    r"""Which rules are applied to a text.

    Args:
        latex_escapes: `\f`, `\b`, `\t`, ... of LaTeX commands that a JSON reader took for control characters.
        line_ends: CRLF and CR become LF.
        mojibake: letters decoded in the wrong encoding, `Ã©` for é.
        controls: control characters, noncharacters and the escape sequences of terminals.
        invisibles: zero-width characters, soft hyphens, direction overrides, tags; not where they mean something.
        normalize: Unicode NFC.
        boilerplate: whole lines such as `Page 3 of 12`, `Skip to main content`; English.
        running_heads: short lines that come again and again, far apart, as on each page.
        running_head_times: how often.
    """

    latex_escapes: bool = True
    line_ends: bool = True
    mojibake: bool = True
    controls: bool = True
    invisibles: bool = True
    normalize: bool = True
    boilerplate: bool = False
    running_heads: bool = False
    running_head_times: Annotated[int, Gt(1)] = 4


Cleaner = Callable[[str], tuple[str, tuple[str, ...]]]


def cleaner(settings: Hygiene) -> Cleaner:
    """A function from a text to the cleaned text and the names of the rules that changed it, each once, in order.

    Cleaning what was cleaned changes nothing. A text that needs nothing is returned as the same object. Only
    `normalize` can make a text longer, at most threefold.
    """
    rules: dict[str, Rule] = {}
    if settings.latex_escapes:
        rules["latex_escapes"] = latex_escapes
    if settings.line_ends:
        rules["line_ends"] = line_ends
    if settings.mojibake:
        rules["mojibake"] = mojibake()
    if settings.controls:
        rules["controls"] = controls
    if settings.invisibles:
        rules["invisibles"] = invisibles
    if settings.normalize:
        rules["normalize"] = normalize
    lines: dict[str, Rule] = {}
    if settings.boilerplate:
        lines["boilerplate"] = boilerplate
    if settings.running_heads:
        lines["running_heads"] = running_heads(settings.running_head_times)
    rules |= lines

    def clean(text: str) -> tuple[str, tuple[str, ...]]:
        changed: dict[str, None] = {}
        whole = join_surrogates(text)
        if whole != text:
            text, changed["surrogates"] = whole, None
        again = True
        while again:  # what one rule takes out may bring together what an earlier one looks for
            again = False
            odd = odd_characters(text)
            for name, rule in (rules if odd else lines).items():
                mended = rule(text, odd)
                if mended != text:
                    text, odd, again = mended, odd_characters(mended), True
                    changed[name] = None
        return text, tuple(changed)

    return clean
