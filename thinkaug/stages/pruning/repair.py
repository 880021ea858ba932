"""A contradicted step is written again from the evidence against it, and verified before it may stay.

A repair stays when it can be read, none of its claims is contradicted and one at least is supported. Anything else is a
repair that failed, and the step goes as if none had been asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thinkaug.claims.reading import Reader
from thinkaug.claims.relations import read_relations
from thinkaug.dialogue import Ask, Dialogue, Reply, Sampling
from thinkaug.judges.facts import judge
from thinkaug.knowledge.index import Index
from thinkaug.profiles import SAMPLED, read_profile
from thinkaug.records import STEP_KINDS, Claim, Draft, Thought, content_id
from thinkaug.stage import Services, seed_of
from thinkaug.stages.pruning.candidates import candidates_of
from thinkaug.stages.pruning.config import Config
from thinkaug.stages.pruning.steps import Mended, contradicted
from thinkaug.steps import Malformed, read_steps
from thinkaug.templates import Templates

_TEMPLATE = "correct.j2"
_VARIABLES = frozenset({"step", "kind", "found", "profile", *SAMPLED})

Verify = Callable[[str], tuple[Claim, ...]]
"""The words of a step -> what it states, with verdicts."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A contradicted step with evidence against it; `place` is its place in its candidate."""

    cut: int
    candidate: int
    place: int
    step: Thought


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of a repair: the step, where it holds, and the reply it took."""

    mended: Mended | None
    reply: Reply


def broken(draft: Draft) -> list[Broken]:
    """The steps of a draft that can be repaired: of a kind that is written as a tag, with a quote against them."""
    return [
        Broken(candidate.cut, candidate.number, place, step)
        for candidate in candidates_of(draft)
        for place, step in enumerate(candidate.steps)
        if contradicted(step) and step.kind in STEP_KINDS and _found(step)
    ]


@dataclass(frozen=True)
class Repairing:
    """How steps are repaired: `repairing(broken)` is the dialogue for one."""

    templates: Templates
    variables: Mapping[str, object]
    sampling: Sampling
    seed: int
    verify: Verify

    def __call__(self, item: Broken) -> Dialogue[Repaired]:
        """Ask once; what comes back is verified."""
        kind = item.step.kind
        messages = self.templates.render(
            _TEMPLATE, **self.variables, step=item.step.text, kind=kind, found=_found(item.step)
        )
        # The same step with the same evidence against it is the same question wherever it stands, and is paid for once.
        reply = yield Ask(messages, self.sampling, self.seed)
        return Repaired(self._read(reply, item.step), reply)

    def _read(self, reply: Reply, step: Thought) -> Mended | None:
        try:
            steps = read_steps(reply.text, (step.kind,))
        except Malformed:
            return None
        if len(steps) != 1 or reply.finish == "length":
            return None
        ((_, text),) = steps
        claims = self.verify(text)
        verdicts = {claim.verdict for claim in claims}
        return Mended(text, claims) if "supported" in verdicts and "contradicted" not in verdicts else None


def repairing(config: Config, services: Services) -> Repairing:
    """How steps are repaired under a config that was checked."""
    templates = _templates(config, services)
    profile = read_profile(config.profile, templates)
    return Repairing(
        templates,
        {**profile.draw((), 0), "profile": profile},
        Sampling(temperature=0.0, max_tokens=config.max_tokens),
        seed_of("repair", config.seed),
        _verifying(config, services),
    )


def shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    """What shapes the repairs: engine, prompt, profile, index and the wording of relations.

    Raises:
        UserError: one of them cannot be had.
    """
    templates = _templates(config, services)
    return {
        "engine": services.identity(config.engine, "prune: engine"),
        "templates": {
            _TEMPLATE: templates.check(_TEMPLATE, _VARIABLES),
            "profile": content_id(repr(read_profile(config.profile, templates))),
        },
        "index": Index.shared(config.index).facts.digest,
        "relations": read_relations(config.relations, services.templates).digest,
    }


def _verifying(config: Config, services: Services) -> Verify:
    facts = Index.shared(config.index).facts
    relations = read_relations(config.relations, services.templates)
    read, decide = Reader(facts, relations).read, judge(facts, relations)
    return lambda text: tuple(decide(statement) for statement in read(text))


def _templates(config: Config, services: Services) -> Templates:
    return services.templates.brief() if config.prompts == "brief" else services.templates


def _found(step: Thought) -> str:
    """What stands against the step, one numbered quote a line; empty where nothing was quoted."""
    against = (claim for claim in step.claims if claim.verdict == "contradicted")
    quotes = dict.fromkeys(evidence.quote for claim in against for evidence in claim.evidence if evidence.quote)
    return "\n".join(f"[{number}] {quote}" for number, quote in enumerate(quotes, start=1))
