"""What stood before and what stands after, as whole numbers for the ledger. Knows nothing of why."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from thinkaug.measures.knowledge import count_verdicts
from thinkaug.records import VERDICTS, Draft
from thinkaug.stages.pruning.candidates import Candidate
from thinkaug.stages.pruning.steps import contradicted


def counted(
    draft: Draft,
    before: Sequence[Candidate],
    after: Sequence[Candidate],
    count_tokens: Callable[[Sequence[str]], list[int]],
) -> Mapping[str, int]:
    """The tally of one draft: `<what>_before` and `<what>_after`, steps dropped by reason, and what goes out raw.

    `supported`, `contradicted`, `unknown` are claims of standing steps; `thought_tokens` those of their words;
    `gain_millinats` is the gain of standing candidates times their `target_tokens`, over those that were scored, so
    that the one by the other is the mean IG in millinats a token; `recall` is 1 where a recall step stands. `hedged`
    are steps that got a word of doubt. `raw` is 1 for a passage that goes out without any thought; `raw_stretches` are
    those that do.
    """
    tally = {
        f"{name}_{when}": count
        for when, candidates in (("before", before), ("after", after))
        for name, count in _standing(candidates, count_tokens).items()
    }
    pairs = [pair for old, new in zip(before, after, strict=True) for pair in zip(old.steps, new.steps, strict=True)]
    dropped = Counter(f"dropped_{new.drop}" for old, new in pairs if new.drop and not old.drop)
    thought_about = {candidate.cut for candidate in after if candidate.thinks}
    return {
        **tally,
        **dropped,
        "hedged": sum(new.text != old.text and not contradicted(old) for old, new in pairs),
        "raw": int(not thought_about),
        "stretches": len(draft.passage.cuts),
        "raw_stretches": len(set(draft.passage.cuts) - thought_about),
    }


def _standing(candidates: Sequence[Candidate], count_tokens: Callable[[Sequence[str]], list[int]]) -> dict[str, int]:
    steps = [step for candidate in candidates for step in candidate.standing]
    verdicts = count_verdicts(claim.verdict for step in steps for claim in step.claims)
    scored = [
        (candidate.gain, candidate.worth.target_tokens)
        for candidate in candidates
        if candidate.thinks and candidate.worth is not None and candidate.gain is not None
    ]
    return {
        **{verdict: verdicts[verdict] for verdict in VERDICTS},
        "thought_tokens": sum(count_tokens([step.text for step in steps])) if steps else 0,
        "gain_millinats": round(1000 * sum(gain * tokens for gain, tokens in scored)),
        "target_tokens": sum(tokens for _, tokens in scored),
        "recall": int(any(step.kind == "recall" for step in steps)),
    }
