"""Tagged steps, the form in which a model writes a thought. Knows nothing of models, passages or storage.

    <self_talk>What is it given for?</self_talk>
    <recall>Metformin is used in type 2 diabetes.</recall>
    <verification>Type 2 diabetes is a metabolic disease, so the placement holds.</verification>

Read strictly: known kinds, nothing between the steps but white space, no step empty, none inside another. A reply that
is not exactly that is refused with the reason, for a repair turn; guessing would let other markup pass as a thought.
"""

import re
from collections.abc import Collection, Iterable

from thinkaug.records import STEP_KINDS, Kind

TAGS: tuple[Kind, ...] = (*STEP_KINDS, "lookup")
"""All kinds that a model may write as a tag; a look-up only where it is told so."""
_TAG = re.compile(rf"</?(?:{'|'.join(TAGS)})>")
_STEP = re.compile(rf"\s*<({'|'.join(TAGS)})>(.*?)</\1>\s*", re.DOTALL)


MOST_STEPS = 12  # that a constrained reply may have


def steps_form(kinds: Collection[Kind] = STEP_KINDS) -> str:
    """A regular expression for constrained decoding: whatever matches it can be read by `read_steps`.

    Texts hold no angle brackets and do not begin with white space, so that a weak model does not fill a step with
    blanks. A look-up, where it is among the kinds, comes last.
    """
    text = r"[^<>\s][^<>]*"
    steps = "|".join(f"<{kind}>{text}</{kind}>" for kind in kinds if kind != "lookup")
    if "lookup" not in kinds:
        return rf"({steps})(\n({steps})){{0,{MOST_STEPS - 1}}}"
    last = rf"<lookup>{text}</lookup>"
    return rf"(({steps})\n){{0,{MOST_STEPS - 1}}}({steps}|{last})"


class Malformed(ValueError):
    """A reply that is not a sequence of tagged steps; the message tells the model, and the reader, why."""


def write_steps(steps: Iterable[tuple[Kind, str]]) -> str:
    """The steps as a model is asked to write them, one a line."""
    return "\n".join(f"<{kind}>{text}</{kind}>" for kind, text in steps)


def read_steps(reply: str, kinds: Collection[Kind] = STEP_KINDS) -> tuple[tuple[Kind, str], ...]:
    """The steps of a reply, in order, texts stripped of outer white space.

    Args:
        reply: what the model wrote.
        kinds: those of `TAGS` that it may use.

    Raises:
        Malformed: the reply is anything else than one or more well-formed steps.
    """
    steps: list[tuple[Kind, str]] = []
    position = 0
    while position < len(reply) or not steps:
        step = _STEP.match(reply, position)
        if step is None:
            raise Malformed(_problem(reply, position))
        kind, text = step[1], step[2].strip()
        if kind not in kinds:
            raise Malformed(f"<{kind}> is not for this")
        if not text:
            raise Malformed(f"the {kind} step is empty")
        if nested := _TAG.search(text):
            raise Malformed(f"{nested[0]} stands inside a {kind} step")
        steps.append((kind, text))  # type: ignore[arg-type]  # the pattern admits only kinds
        position = step.end()
    return tuple(steps)


def _problem(reply: str, position: int) -> str:
    rest = reply[position:].strip()
    if not rest:
        return "the reply is empty"
    tag = _TAG.match(rest)
    if tag is None:
        return f"text outside the tags: {rest[:60]!r}"
    if tag[0].startswith("</"):
        return f"{tag[0]} closes a step that was not opened"
    return f"{tag[0]} is never closed"
