"""template_echo: the thought repeats the instructions it was given. Reads template files, and renders none."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from thinkaug import shipped
from thinkaug.checks import Check
from thinkaug.errors import UserError
from thinkaug.records import Thinking
from thinkaug.words import words

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)  # what the model never sees
_LEAST_STEP_WORDS = 3
_PROMPTS = ("*.j2", "*/*.j2", "profiles/*.yaml")


def template_echo(*, templates: Sequence[str] = _PROMPTS, folder: str = "", n: int = 6) -> Check:
    """A check for steps that repeat a template's own words.

    Reason: `template_echo`, for a run of `n` words that also stands in a template, or for a whole step of three words
    or more that does ("a choice she weighs"). What the expert's own text says is no echo.

    Args:
        templates: names or patterns of template files; each must match at least one file.
        folder: the user's own templates, read beside the shipped ones; empty for none.
        n: words in a run. A template of 200 words shares six in a row with a text on another subject hardly ever.

    Raises:
        UserError: a name or pattern matches no template.
    """
    texts = [words(_JINJA.sub(" ", path.read_text("utf-8"))) for path in _files(templates, folder)]
    runs = {run for text in texts for run in _runs(text, n)}
    flat = [f" {' '.join(text)} " for text in texts]

    def check(thinking: Thinking) -> str:
        echoes = {run for run in _runs(words(thinking.text), n) if run in runs}
        for step in thinking.steps:
            if len(step.text) > 500:  # longer than n words: the runs have seen it
                continue
            whole = words(step.text)
            if _LEAST_STEP_WORDS <= len(whole) < n and any(f" {' '.join(whole)} " in text for text in flat):
                echoes.add(whole)
        if not echoes:
            return ""
        expert = f" {' '.join(words(thinking.before))} {' '.join(words(thinking.target))} "
        return "" if all(f" {' '.join(echo)} " in expert for echo in echoes) else "template_echo"

    return check


def _files(templates: Sequence[str], folder: str) -> Iterator[Path]:
    places = [shipped.root() / "templates", *([Path(folder)] if folder else [])]
    for name in templates:
        found = [path for place in places for path in sorted(place.glob(name)) if path.is_file()]
        if not found:
            raise UserError(f"template_echo: no template matches {name!r}; looked in {', '.join(map(str, places))}")
        yield from found


def _runs(found: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(found[start:] for start in range(n)), strict=False)
