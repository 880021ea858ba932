"""procedural: a step -> whether it says how something is done, or what is so. English; knows nothing of records.

That what trains reasoning is procedure, found in many documents, and what trains recall is the very document with the
fact, is the finding of arXiv 2411.12580; telling the two apart by their wording, below, is ours.
"""

import re
from typing import Literal

Manner = Literal["procedural", "factual", "neither"]

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*(?:(?<=\d\.)\d[^.!?\n]*[.!?]*)*")
_DO = (
    r"add|adjust|apply|ask|assume|avoid|begin|calculate|check|choose|combine|compare|compute|confirm|consider|convert|"
    r"count|define|determine|divide|draw|estimate|exclude|factor|find|follow|give|identify|integrate|let|list|look|"
    r"measure|monitor|multiply|note|proceed|repeat|rewrite|rule out|set|simplify|solve|split|square|start|stop|"
    r"substitute|subtract|sum|take|test|try|use|verify|work out|write"
)
_FIRST = r"(?:(?:so|then|now|next|first|second|third|finally|and|please|step \d+|to begin with|after that)[,:]?\s+)*"
_IMPERATIVE = re.compile(
    rf"^\W*{_FIRST}(?:{_DO})\b(?!')(?!\s+(?:(?!what|whe|that|which|how|who|it\b)\w+\s+)?(?:is|are|was|were|has|have)\b|\s+of\b)",
    re.IGNORECASE,
)
_PURPOSE = re.compile(rf"^\W*{_FIRST}(?:in order )?to \w+\b[^,]{{2,}},\s*\S", re.IGNORECASE)
_MODAL = "must|should|can|may|needs? to|ha(?:ve|s) to"
_HOW = re.compile(
    rf"\b(?:one|we|you|i) (?:(?:{_MODAL})\s+)?(?:(?:first|then|now)\s+)?(?:{_DO})s?\b|\bby (?:\w+ly )?\w+ing\b|"
    r"\bstep by step\b|\b(?:is|are) (?:found|obtained|calculated|reckoned|solved) by\b",
    re.IGNORECASE,
)
_THEN = re.compile(r"\bthen\b", re.IGNORECASE)
_AT_FIRST = re.compile(r"\bfirst\b", re.IGNORECASE)
_OPERATION = r"(?:[\w)]\s*[+*^\u00d7\u00f7]\s*[\w(]|[\w)]\s[-/\u2212]\s[\w(]|\d[-/\u2212]\d)"
_FORMULA = re.compile(rf"{_OPERATION}[^=]{{0,80}}=|=[^=]{{0,80}}?{_OPERATION}")


def manner(text: str, calculations: int = 0) -> Manner:
    """What a step does, by its wording.

    - `procedural`: it calculates, or one of its sentences states a formula with an operation and an equals sign, gives
      an order ("Divide the dose by ..."), begins with a purpose ("To find x, ..."), orders steps ("first ..., then"),
      says what one does, must or can do, or by doing what.
    - `neither`: all it does is ask.
    - `factual`: anything else that is stated.

    A rule of thumb: a fact in the form of an order counts as procedural, and a procedure told as a fact as factual.

    Args:
        text: the step.
        calculations: how many calculations were found in it and carried out.
    """
    sentences = [sentence for found in _SENTENCE.finditer(text) if re.search(r"\w", sentence := found[0].strip())]
    if calculations or any(_does(sentence) for sentence in sentences):
        return "procedural"
    return "factual" if any(not sentence.endswith("?") for sentence in sentences) else "neither"


def _does(sentence: str) -> bool:
    if _FORMULA.search(sentence):
        return True
    if sentence.endswith("?"):
        return False
    in_order = (first := _AT_FIRST.search(sentence)) is not None and _THEN.search(sentence, first.end()) is not None
    return in_order or any(cue.search(sentence) for cue in (_IMPERATIVE, _PURPOSE, _HOW))
