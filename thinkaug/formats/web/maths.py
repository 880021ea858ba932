"""maths: the formulas of an HTML tree, as TeX: `$x^2$`, `$$...$$`. Knows nothing of the rest of the page."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from thinkaug.formats.mathml import latex

_SCRIPT = "script[starts-with(@type, 'math/')]"
_RENDERED = "//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"  # what a script drew from the TeX
_DRAWN = (
    "katex-html",
    "MathJax",
    "MathJax_Display",
    "MathJax_Preview",
    "MathJax_SVG",
    "MJX_Assistive_MathML",
    "mwe-math-fallback-image-inline",
    "mwe-math-fallback-image-display",
)
_STYLE = re.compile(r"^\{?\s*\\displaystyle\s*(.*?)\s*\}?$", re.DOTALL)
_TEX = ("application/x-tex", "TeX", "text/x-tex", "latex")
_IN_TEXT = re.compile(
    r"""
    \\\((?:[^\\]|\\[^()]){1,2000}+\\\)
  | \\\[(?:[^\\]|\\[^\[\]]){1,4000}+\\\]
  | \$\$[^$]{1,4000}+\$\$
  | \\begin\{(?P<name>(?:equation|align|gather|multline|eqnarray)\*?)\}
      (?:[^\\]|\\(?!begin|end)|\\(?:begin|end)\{(?!(?P=name))){1,6000}+\\end\{(?P=name)\}
  | (?<![\\$])\$(?![\s$])(?P<within>[^$\n]{1,500}+)(?<![\s\\])\$(?![\d$])
  | \\[()\[\]]  # one that does not close: for it the extractor would look through all the rest, each time
    """,
    re.VERBOSE,
)
_TEX_SIGN = re.compile(r"[\\^_]")
_LITERAL = frozenset({"script", "style", "pre", "code", "textarea"})


class Formulas:
    """The formulas of a page. A word stands for each while the text is taken out, so that no sign changes."""

    def __init__(self, page: str) -> None:
        self._word = "formula"
        while self._word in page:
            self._word += "x"
        self._found: list[str] = []

    def keep(self, formula: str) -> str:
        """The word that stands for the formula."""
        self._found.append(formula)
        return f"{self._word}{len(self._found) - 1}z"

    def keep_found(self, found: "re.Match[str]") -> str:
        """The word for what was found in the text, unless it only stands between two prices."""
        within = found["within"]
        return self.keep(found[0]) if within is None or _TEX_SIGN.search(within) else found[0]

    def put_back(self, text: str) -> str:
        """The text with the formulas in place of their words."""
        return re.sub(rf"{self._word}(\d+)z", lambda word: self._found[int(word[1])], text)


def formulas_as_words(tree: HtmlElement, formulas: Formulas) -> None:
    """Put a word where each formula stands; what a script drew from it goes."""
    for element in [*tree.iter("math")]:
        _replace(formulas, element, _of_math(element), element.get("display") == "block" or _is_katex_display(element))
    for element in tree.xpath(f"//{_SCRIPT}"):
        kind = element.get("type", "")
        _replace(formulas, element, element.text or "" if kind.startswith("math/tex") else "", "mode=display" in kind)
    for image in tree.xpath("//img[@alt][contains(@class, 'latex') or contains(@class, 'tex ') or @class='tex']"):
        _replace(formulas, image, image.get("alt", ""), False)
    for element in tree.iter():
        if element.text and element.tag not in _LITERAL:
            element.text = _IN_TEXT.sub(formulas.keep_found, element.text)
        if element.tail:
            element.tail = _IN_TEXT.sub(formulas.keep_found, element.tail)
    for name in _DRAWN:
        for element in tree.xpath(_RENDERED.format(name=name)):
            if element.getparent() is not None:
                element.drop_tree()


def _replace(formulas: Formulas, element: HtmlElement, tex: str, display: bool) -> None:
    if element.getparent() is None:
        return
    found = _STYLE.match(tex.strip())
    tex = found[1] if found and tex.strip().startswith("{") == tex.strip().endswith("}") else tex.strip()
    sign = "$$" if display else "$"
    if tex:
        element.tail = formulas.keep(f"{sign}{tex}{sign}") + (element.tail or "")
    element.drop_tree()


def _is_katex_display(element: HtmlElement) -> bool:
    parents = list(_parents(element))
    return any("katex-display" in (parent.get("class") or "").split() for parent in parents)


def _parents(element: HtmlElement) -> Iterator[HtmlElement]:
    for number, parent in enumerate(element.iterancestors()):
        if number == 4:  # KaTeX puts no more around it
            return
        yield parent


def _of_math(element: HtmlElement) -> str:
    """TeX of a `<math>`: what its author wrote, or what its tags say."""
    for annotation in element.iter("annotation"):
        if annotation.get("encoding") in _TEX and (annotation.text or "").strip():
            return str(annotation.text)
    if said := (element.get("alttext") or "").strip():
        return str(said)
    try:
        return latex(element)
    except RecursionError:  # nested deeper than any formula
        return ""
