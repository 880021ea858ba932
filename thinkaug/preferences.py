"""Preference pairs out of what `prune` decided: what stands of a stretch against what was taken out, and why.

A pair has the columns that TRL and others read: `prompt`, `chosen`, `rejected`, each a list of `{role, content}`. The
prompt is the writer's own: what the strategy asked before it saw any reply. Reads stored rows; asks no model.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from thinkaug.dialogue import Ask, Failed, Message
from thinkaug.errors import UserError
from thinkaug.plan import Plan, Step
from thinkaug.records import Draft, Kind, Thought
from thinkaug.shards.pairs import Row, write_folder
from thinkaug.stages.generate import dialogues
from thinkaug.stages.pruning.candidates import Candidate, candidates_of
from thinkaug.steps import TAGS, write_steps
from thinkaug.strategies import Stretch

CAUSES = ("contradicted", "unsupported", "leak", "low_reward", "no_worth")
"""The reasons of `prune` that say something against a candidate; of several the first counts."""


_Opening = Callable[[Draft, int, Candidate], tuple[Message, ...] | None]
"""How the writer was asked: the messages before its first reply; None where the strategy would not begin."""


def pairs(plan: Plan, margin: float = 0.1) -> Iterator[Row]:
    """Every pair that the plan's pruned rows give, in their order.

    Of a stretch the candidate that stands (of several the one with the best reward, then the first) is chosen, against
    each other one that was rejected for a cause, as it was written; and against itself as it was written, where steps
    of it were taken out or put right. `reason` is one of `CAUSES`, `rewritten`, or `lower_reward`.

    Only thoughts that came of one prompt: where a dialogue went on after its first reply (an outline, a look-up),
    nothing but the whole of it would be the prompt. A turn that only repaired the form of the reply does not count.

    Args:
        plan: one whose last `prune` is complete, as far as it is.
        margin: how much lower the reward of a candidate must be, that nothing else was said against.

    Raises:
        UserError: the plan has no `prune`.
    """
    for step in _pruned(plan):
        opening = _opening(step)
        for draft in step.folder.all_rows():
            yield from _pairs(draft, opening, margin)


def write_pairs(plan: Plan, out: Path, margin: float = 0.1) -> Mapping[str, int]:
    """Write all pairs to a folder that `datasets.load_from_disk` opens; it appears whole or not at all.

    Args:
        plan: see `pairs`.
        out: the folder; one that was written by this function before is replaced.
        margin: see `pairs`.

    Returns:
        How many pairs there are, by reason.

    Raises:
        UserError: there is no pair, or something else lies at `out`.
    """
    about = {"pipeline": plan.name, "prune": _pruned(plan)[-1].digest, "margin": margin}
    counts = write_folder(out, pairs(plan, margin), about)
    if not counts:
        raise UserError(
            f"pairs: nothing to learn from: in {plan.root} prune has rejected no candidate for a cause beside one that "
            "stands, or has not run; it takes several candidates (generate.candidates), and a strategy that writes a "
            "thought in one reply"
        )
    return counts


def _pruned(plan: Plan) -> list[Step]:
    """The last `prune` of each round: one whose rows no later `prune` reads."""
    prunes = [step for step in plan.steps if step.stage.name == "prune"]
    if not prunes:
        raise UserError(f"pairs: {plan.name} has no stage 'prune', which chooses and rejects; put it after generate")
    return [step for step in prunes if not any(step in _sources(other) for other in prunes)]


def _sources(step: Step) -> list[Step]:
    """The steps whose rows come to this one, the nearest first."""
    found: list[Step] = []
    for source in step.sources:
        found += [source, *_sources(source)]
    return found


def _pairs(draft: Draft, opening: _Opening, margin: float) -> Iterator[Row]:
    by_cut: dict[int, list[Candidate]] = {}
    for candidate in candidates_of(draft):
        if _one_prompt(candidate):
            by_cut.setdefault(candidate.cut, []).append(candidate)
    for cut, candidates in by_cut.items():
        standing = [candidate for candidate in candidates if candidate.thinks]
        if not standing:
            continue
        chosen = max(standing, key=lambda candidate: (_reward(candidate, -1e300), -candidate.number))
        prompt = opening(draft, cut, chosen)
        if prompt is None:
            continue
        stands = _said(chosen.standing, as_written=False)
        for rejected in candidates:
            reason = _reason(chosen, rejected, margin)
            written = _said(rejected.steps, as_written=True)
            if reason and written != stands:
                yield _row(draft, prompt, (chosen, stands), (rejected, written), reason)


def _row(
    draft: Draft,
    prompt: Sequence[Message],
    chosen: tuple[Candidate, str],
    rejected: tuple[Candidate, str],
    reason: str,
) -> Row:
    return {
        "prompt": [{"role": message.role, "content": message.content} for message in prompt],
        "chosen": [{"role": "assistant", "content": chosen[1]}],
        "rejected": [{"role": "assistant", "content": rejected[1]}],
        "reason": reason,
        "passage": draft.passage.id,
        "cut": chosen[0].cut,
        "chosen_candidate": chosen[0].number,
        "rejected_candidate": rejected[0].number,
        "chosen_reward": chosen[0].generation and chosen[0].generation.reward,
        "rejected_reward": rejected[0].generation and rejected[0].generation.reward,
        "strategy": draft.strategy,
        "model": draft.model,
    }


def _reason(chosen: Candidate, rejected: Candidate, margin: float) -> str:
    """What there is against a candidate; empty where there is nothing."""
    drops = {step.drop for step in rejected.steps}
    if cause := next((cause for cause in CAUSES if cause in drops), ""):
        return cause
    if any(step.written for step in rejected.steps):
        return "rewritten"
    better, worse = _reward(chosen, float("nan")), _reward(rejected, float("nan"))
    return "lower_reward" if "not_chosen" in drops and better - worse >= margin else ""


def _reward(candidate: Candidate, otherwise: float) -> float:
    reward = candidate.generation.reward if candidate.generation else None
    return otherwise if reward is None else reward


def _one_prompt(candidate: Candidate) -> bool:
    generation = candidate.generation
    return generation is not None and generation.turns - generation.repaired == 1


def _said(steps: Sequence[Thought], *, as_written: bool) -> str:
    """The steps as a model writes them: tagged, or bare where they are prose. Observations are no model's words."""
    said: list[tuple[Kind, str]] = [
        (step.kind, (step.written if as_written else "") or step.text) for step in steps if step.kind != "observation"
    ]
    if all(kind in TAGS for kind, _ in said):
        return write_steps(said)
    return "\n".join(text for _, text in said)


def _opening(pruned: Step) -> _Opening:
    """From the `generate` that the pruned rows came of. Its own settings, so its own prompts."""
    step = next(step for step in _sources(pruned) if step.stage.name == "generate")
    begin = dialogues(step.config, step.services)

    def opening(draft: Draft, cut: int, candidate: Candidate) -> tuple[Message, ...] | None:
        assert candidate.generation is not None, "only candidates with one prompt are asked for"
        dialogue = begin(Stretch(draft.passage, cut), candidate.generation.seed)
        try:
            request = next(dialogue)
        except (Failed, StopIteration):
            return None
        finally:
            dialogue.close()
        return request.messages if isinstance(request, Ask) else None

    return opening
