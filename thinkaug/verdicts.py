"""verdicts: a claim, a candidate's worth -> a line of text to look at, with its colour. Knows no terminal."""

from collections.abc import Iterator

from thinkaug.records import Claim, Generation, Thought, Verdict

_MARKS: dict[Verdict, tuple[str, str]] = {
    "supported": ("\u2713", "green"),
    "contradicted": ("\u2717", "bold red"),
    "unknown": ("?", "dim"),
}
_SHORT = 8  # characters of a digest
_MOST_QUOTED = 160


def claim_line(claim: Claim) -> tuple[str, str]:
    """What a claim says and what was made of it, as in `x Gout is rare.  contradicted 0.97 by passages: [D1] "..."`."""
    mark, colour = _MARKS[claim.verdict]
    parts = [f"{mark} {claim.text} ", claim.verdict]
    if claim.confidence is not None:
        parts.append(f"{claim.confidence:.2f}")
    if claim.judge:
        parts.append(f"by {claim.judge}")
    if claim.reason:
        parts.append(f"({claim.reason})")
    said = " ".join(parts)
    if claim.evidence:
        said += ": " + "; ".join(f"[{each.entry}] {_quoted(each.quote)}" for each in claim.evidence)
    return said + (f" (index {claim.index[:_SHORT]})" if claim.index else ""), colour


def gains(thought: Thought) -> str:
    """What a step adds after those before it, and what is lost without it alone; empty where it was not scored."""
    said = [f"IG {thought.gain:+.3f}"] if thought.gain is not None else []
    said += [f"alone {thought.gain_alone:+.3f}"] if thought.gain_alone is not None else []
    return f"  ({', '.join(said)})" if said else ""


def worth_line(generation: Generation) -> str:
    """What a candidate does for its stretch, in nats a token of it; empty where it was neither scored nor rewarded."""
    said = ", ".join(_worth(generation))
    return f"candidate {generation.candidate}: {said}" if said else ""


def _worth(generation: Generation) -> Iterator[str]:
    worth = generation.worth
    if worth is not None:
        yield f"IG {worth.gain:+.3f}"
        if worth.mismatched is not None:
            yield f"IG - mismatched {worth.gain - worth.mismatched:+.3f}"
        if worth.containment is not None:
            yield f"containment {worth.containment:.2f}"
        if worth.named_first is not None:
            yield f"named first {worth.named_first:.2f}"
    if generation.reward is not None:
        yield f"reward {generation.reward:+.3f}"


def _quoted(text: str) -> str:
    return f'"{text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED].rstrip() + "..."}"'
