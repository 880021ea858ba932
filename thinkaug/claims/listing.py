"""listing: one step of a thought -> the atomic claims in it, as a model lists them. A dialogue; it judges nothing.

    - Allopurinol is used in gout.
    - Allopurinol is not used in asthma.

Read strictly: such lines, or `none`. A reply that is neither is refused with the reason, for one repair turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from thinkaug.dialogue import Ask, Constraint, Dialogue, Failed, Message, Reply, Sampling
from thinkaug.templates import Templates
from thinkaug.words import words

TEMPLATES = {"claims.j2": frozenset({"before", "step"}), "claims_again.j2": frozenset({"problem"})}
FEATURES = frozenset({"chat", "constraint"})
"""What is asked of the engine."""

MOST_CLAIMS = 12  # that a constrained reply may have
FORM = rf"none|- [^\s][^\n]*(\n- [^\s][^\n]*){{0,{MOST_CLAIMS - 1}}}"
"""A regular expression for constrained decoding: whatever matches it can be read."""

# Sharing these says nothing. Words of other languages are all taken for content: in doubt a claim is kept.
_EMPTY = frozenset(
    """a an and are as at be been but by can could did do does for from had has have how i if in into is it its may
    might more most must no nor not of on or our shall should so some such than that the their them then there these
    they this those to was we were what when where which who will with would you your""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of it.

    Args:
        claims: in the model's words, in its order, each once.
        repeated: how many said again what another had said.
        strange: how many share no content word with the step, and so were made up.
        repaired: whether it took a second try.
    """

    claims: tuple[str, ...]
    repeated: int = 0
    strange: int = 0
    repaired: bool = False


class Malformed(ValueError):
    """A reply that is no list of claims; the message tells the model, and the reader, why."""


def list_claims(step: str, before: str, templates: Templates, sampling: Sampling, seed: int) -> Dialogue[Listed]:
    """Ask for the claims of a step.

    Args:
        step: the words of the step.
        before: the steps before it, for what "it" means; no claims are taken from them.
        templates: those of `TEMPLATES`.
        sampling: how the replies are drawn.
        seed: of the drawing.

    Raises:
        Failed: `malformed` where the second reply cannot be read either, or a request failed.
    """
    opening = templates.render("claims.j2", step=step, before=before)
    constraint = Constraint("regex", FORM)
    first = yield Ask(opening, sampling, seed, constraint)
    try:
        return _own(read_claims(first), step, repaired=False)
    except Malformed as malformed:
        again = templates.render("claims_again.j2", problem=str(malformed))
    second = yield Ask((*opening, Message("assistant", first.text), *again), sampling, seed, constraint)
    try:
        return _own(read_claims(second), step, repaired=True)
    except Malformed as malformed:
        raise Failed("malformed", str(malformed), second.text, (first, second)) from malformed


def read_claims(reply: Reply) -> tuple[str, ...]:
    """The claims in a reply, in order; none where it says `none`.

    Raises:
        Malformed: the reply is anything else than lines that begin with "- ", or was cut off.
    """
    if reply.finish == "length":
        raise Malformed(f"it was cut off after {reply.output_tokens} tokens; write fewer and shorter claims")
    return tuple(_lines(reply.text))


def _lines(text: str) -> Iterator[str]:
    said = text.strip()
    if not said:
        raise Malformed("the reply is empty")
    if said.casefold().rstrip(".") == "none":
        return
    for line in text.split("\n"):
        if not line.strip():
            continue
        if not line.lstrip().startswith("- "):
            raise Malformed(f"a line that is no claim: {line.strip()[:60]!r}")
        yield line.lstrip()[2:].strip()


def _own(claims: tuple[str, ...], step: str, *, repaired: bool) -> Listed:
    """The claims without those said twice and those that are not of the step."""
    content = set(words(step)) - _EMPTY
    kept: dict[tuple[str, ...], str] = {}
    repeated = strange = 0
    for claim in claims:
        said = words(claim)
        if said in kept:
            repeated += 1
        elif content.isdisjoint(said):
            strange += 1
        else:
            kept[said] = claim
    return Listed(tuple(kept.values()), repeated, strange, repaired)
