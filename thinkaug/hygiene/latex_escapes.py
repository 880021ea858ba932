r"""latex_escapes: LaTeX written into JSON with single backslashes, which a JSON reader took for escapes.

`\frac` comes in as a form feed and `rac`, `\begin` as a backspace and `egin`: to take the control character out would
leave the expert's formula broken for good. Form feed and backspace before the rest of a command prove it. Where one
of them is found, a tab, CR or LF before the rest of a command (`\theta`, `\right`, `\nabla`) is a backslash too, save
before what is an English word as well (`\tan`, `\not`). Knows no other control characters.
"""

import re

_SURE = {
    "\b": "backslash bar begin beta bigcap bigcup bigg bigl bigr binom boldsymbol bot boxed bullet bf bmod",
    "\f": "fbox flat flushleft flushright footnote footnotesize forall frac frown",
}
_ALONGSIDE = {
    "\t": "tanh tau text textbf textit textrm textsc textsf texttt tfrac theta tilde times to triangle",
    "\r": "rangle rbrace rceil renewcommand rfloor rho right rightarrow rm rvert",
    "\n": "nabla neq newcommand newline nmid nonumber normalsize notin nu nrightarrow nsubseteq",
}


def _lost(commands: dict[str, str]) -> re.Pattern[str]:
    """A control character before what is left of a command."""
    each = (control + "(?:" + "|".join(word[1:] for word in words.split()) + ")" for control, words in commands.items())
    return re.compile(f"(?:{'|'.join(each)})(?![A-Za-z])")


_PROOF = _lost(_SURE)
_ALL = _lost({**_SURE, **_ALONGSIDE})
_LETTER = {"\b": "b", "\f": "f", "\t": "t", "\r": "r", "\n": "n"}


def latex_escapes(text: str, odd: frozenset[str]) -> str:
    """The text with the commands as they were written."""
    if odd.isdisjoint(_SURE) or not _PROOF.search(text):
        return text
    return _ALL.sub(lambda found: "\\" + _LETTER[found[0][0]] + found[0][1:], text)
