"""formulas: a formula of an article -> LaTeX, from the best of the forms that it is given in."""

import re
from typing import TYPE_CHECKING

from thinkaug.formats.mathml import latex

if TYPE_CHECKING:
    from lxml.etree import _Element

_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", re.DOTALL)
_PREAMBLE = re.compile(r"\\(?:documentclass|usepackage|setlength|oddsidemargin)\s*(?:\[[^\]]*\])?(?:\{[^}]*\}){1,2}")
_WRAPS = (
    ("$$", "$$"),
    ("$", "$"),
    (r"\[", r"\]"),
    (r"\(", r"\)"),
    (r"\begin{displaymath}", r"\end{displaymath}"),
    (r"\begin{math}", r"\end{math}"),
    (r"\begin{equation}", r"\end{equation}"),
    (r"\begin{equation*}", r"\end{equation*}"),
)


def formula(element: "_Element") -> str:
    """The LaTeX of what is in the element, without dollar signs; empty where it holds neither LaTeX nor MathML.

    LaTeX is taken before MathML: of the two, it is what somebody wrote.
    """
    written = [tex for found in element.iter("tex-math") if (tex := unwrapped("".join(map(str, found.itertext()))))]
    if written:
        return " ".join(written)
    return " ".join(tex for found in element.iter("math") if (tex := latex(found)))


def unwrapped(tex: str) -> str:
    """LaTeX without the document that some publishers put around each formula, and without its dollar signs."""
    inside = _DOCUMENT.search(tex)
    tex = re.sub(r"\s+", " ", _PREAMBLE.sub(" ", inside[1] if inside else tex)).strip()
    while wrap := next((wrap for wrap in _WRAPS if _is_within(tex, *wrap)), None):
        tex = tex[len(wrap[0]) : len(tex) - len(wrap[1])].strip()
    return tex


def _is_within(tex: str, before: str, after: str) -> bool:
    inner = tex[len(before) : len(tex) - len(after)]
    whole = len(tex) >= len(before) + len(after) and tex.startswith(before) and tex.endswith(after)
    return whole and before not in inner and not inner.endswith("\\")
