"""generate: Passage -> Draft. Runs a strategy's dialogues through an engine; knows nothing of scoring or storage."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from thinkaug.dialogue import Dialogue, Failed, Sampling, converse_by_row
from thinkaug.errors import UserError
from thinkaug.measures.arithmetic import execute
from thinkaug.plugins import part
from thinkaug.profiles import SAMPLED, Profile, Variable, read_profile
from thinkaug.records import Draft, Generation, Passage, Thought, content_id
from thinkaug.settings import read_config
from thinkaug.stage import Kept, Outcome, Quarantined, Services, Shard, Stage, Work, counting, seed_of
from thinkaug.strategies import Step, Strategy, Stretch, Thoughts, Voice
from thinkaug.templates import Templates


@dataclass(frozen=True)
class Config:
    """Which model thinks, in which way, and how its replies are drawn.

    Args:
        engine: one of the pipeline's engines.
        strategy: a file of `thinkaug/strategies`.
        options: the strategy's own settings.
        prompts: `full`, or `brief` for small models.
        profile: what good thinking is in a domain: a file of `templates/profiles`.
        vary: the variables of the prompts that are drawn anew for every thought, from the profile's lists.
        candidates: how many thoughts are written for each stretch, each with a seed of its own.
        temperature: 0 is greedy.
        top_p: share of the distribution that is drawn from.
        top_k: how many tokens are drawn from; 0 for all.
        max_tokens: a reply is cut off after so many tokens.
        constrained: whether the engine may write nothing but well-formed steps, for strategies that tag theirs.
        measured: whether to keep the log-probability of each thought under the model that wrote it, for `score`.
        seed: another seed gives other thoughts for the same passages.
    """

    engine: str = "writer"
    strategy: str = "interleaved"
    options: Mapping[str, Any] = field(default_factory=dict)
    prompts: Literal["full", "brief"] = "full"
    profile: str = "general"
    vary: tuple[Variable, ...] = SAMPLED
    candidates: Annotated[int, Ge(1)] = 1
    temperature: Annotated[float, Ge(0)] = 0.7
    top_p: Annotated[float, Gt(0), Le(1)] = 1.0
    top_k: Annotated[int, Ge(0)] = 0
    max_tokens: Annotated[int, Gt(0)] = 512
    constrained: bool = False
    measured: bool = False
    seed: int = 0


def _strategy(config: Config) -> tuple[Strategy, Any]:
    strategy: Strategy = part("strategies", config.strategy, "generate: strategy")
    return strategy, read_config(strategy.config, config.options, f"generate: options of {config.strategy}")


def _templates(config: Config, services: Services) -> Templates:
    return services.templates.brief() if config.prompts == "brief" else services.templates


def _prompts(config: Config, strategy: Strategy, templates: Templates) -> Mapping[str, str]:
    """The digest of every text that a prompt is made of."""
    shared: frozenset[str] = frozenset({"profile", *SAMPLED})
    digests = {name: templates.check(name, variables | shared) for name, variables in strategy.templates.items()}
    digests["profile"] = content_id(repr(read_profile(config.profile, templates)))
    return digests


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    strategy, options = _strategy(config)
    _check(config, strategy)
    return {
        "engine": services.identity(config.engine, "generate: engine"),
        "strategy": {"version": strategy.version, "options": asdict(options), **strategy.shaped_by(options)},
        "templates": _prompts(config, strategy, _templates(config, services)),
    }


def _check(config: Config, strategy: Strategy) -> None:
    if config.candidates > 1 and config.temperature == 0:
        raise UserError(
            f"generate: {config.candidates} candidates at temperature 0 would be the same one; raise the temperature"
        )
    if config.constrained and not strategy.tagged:
        raise UserError(f"generate: constrained: thoughts of {config.strategy} are prose, which has no form to hold to")
    if not config.measured:
        return
    if not strategy.one_reply:
        raise UserError(
            f"generate: measured: a thought of {config.strategy} may take several replies, so no single distribution "
            "has drawn it; use latent, hidden_thought or trajectory"
        )
    if (config.temperature, config.top_p, config.top_k) != (1, 1, 0):
        raise UserError(
            f"generate: measured: temperature {config.temperature:g}, top_p {config.top_p:g}, top_k {config.top_k} "
            "change the distribution that thoughts are drawn from, so that the model's log-probability is no longer "
            "theirs; set temperature: 1, top_p: 1, top_k: 0"
        )


def dialogues(config: Config, services: Services) -> Callable[[Stretch, int], Dialogue[Thoughts]]:
    """How these settings think: the dialogue about a stretch, with the seed of one thought."""
    strategy, options = _strategy(config)
    templates = _templates(config, services)
    profile = read_profile(config.profile, templates)
    sampling = Sampling(config.temperature, config.top_p, config.max_tokens, config.top_k)

    def think(stretch: Stretch, seed: int) -> Dialogue[Thoughts]:
        variables: dict[str, object] = {**profile.draw(config.vary, seed), "profile": profile}
        voice = Voice(templates, variables, sampling, seed, config.measured, config.constrained)
        return strategy.think(stretch, options, voice)

    return think


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    strategy, _ = _strategy(config)
    services.engine(config.engine)  # started before the first shard, so that its loading is no part of the progress
    templates = _templates(config, services)
    profile = read_profile(config.profile, templates)
    model = services.engines[config.engine].name
    settle = _Settling(config, strategy, model, content_id(*_prompts(config, strategy, templates).values()), profile)

    begin = dialogues(config, services)

    def think(item: _Item) -> Dialogue[Thoughts]:
        return begin(Stretch(item.passage, item.cut), _seed(config, item))

    def parts(row: Passage) -> list[_Item]:
        passage = _as_thought_about(row, strategy)
        return [_Item(passage, cut, candidate) for cut in passage.cuts for candidate in range(config.candidates)]

    def work(shard: Shard) -> Iterator[Outcome]:
        with services.remembering(config.engine, shard.unit) as engine:
            for row, results in converse_by_row(shard, parts, think, engine, engine.window):
                outcome = settle(row, parts(row), results)
                yield counting(outcome, remembered=engine.newly_remembered())

    return work


@dataclass(frozen=True, slots=True)
class _Item:
    """One thought to be written. `passage` is cut as the strategy thinks about it."""

    passage: Passage
    cut: int
    candidate: int


def _as_thought_about(row: Passage, strategy: Strategy) -> Passage:
    return replace(row, cuts=(0,)) if strategy.whole else row


def _seed(config: Config, item: _Item) -> int:
    return seed_of(item.passage.id, item.cut, item.candidate, config.strategy, config.seed)


@dataclass(frozen=True)
class _Settling:
    """From the results of a passage's dialogues to its outcome."""

    config: Config
    strategy: Strategy
    model: str
    prompts: str
    profile: Profile

    def __call__(self, row: Passage, items: Sequence[_Item], results: Sequence[Thoughts | Failed]) -> Outcome:
        thoughts: list[Thought] = []
        generations: list[Generation] = []
        failures: list[Failed] = []
        for item, result in zip(items, results, strict=True):
            if isinstance(result, Failed):
                failures.append(result)
            else:
                thoughts += [_thought(item, step) for step in result.steps]
            generations.append(self._generation(item, result))
        tally = {
            "prompt_tokens": sum(generation.prompt_tokens for generation in generations),
            "output_tokens": sum(generation.output_tokens for generation in generations),
            "repaired": sum(generation.repaired for generation in generations),
            "thoughts_failed": len(failures),
            "steps": len(thoughts),
        }
        if not thoughts:
            first = failures[0]
            raw = "\n\n".join(failure.raw for failure in failures)
            return Quarantined(row, first.kind, str(first), raw, tally)
        draft = Draft(
            items[0].passage,
            self.config.strategy,
            self.model,
            tuple(thoughts),
            tuple(generations),
            self.strategy.placement,
            self.prompts,
        )
        return Kept(row, (draft,), tally)

    def _generation(self, item: _Item, result: Thoughts | Failed) -> Generation:
        replies, failure = result.replies, result if isinstance(result, Failed) else None
        seed = _seed(self.config, item)
        return Generation(
            cut=item.cut,
            candidate=item.candidate,
            seed=seed,
            finish=replies[-1].finish if replies else "",
            prompt_tokens=sum(reply.prompt_tokens for reply in replies),
            output_tokens=sum(reply.output_tokens for reply in replies),
            repaired=isinstance(result, Thoughts) and result.repaired,
            problem=str(failure or ""),
            raw=failure.raw if failure else "",
            turns=len(replies),
            variables=json.dumps(self.profile.draw(self.config.vary, seed)),
            log_q=None if failure or not self.config.measured else sum(replies[-1].log_probabilities),
        )


def _thought(item: _Item, step: Step) -> Thought:
    executed = execute(step.text) if step.kind in ("verification", "prose") else ()
    return Thought(item.cut, item.candidate, step.kind, step.text, evidence=step.evidence, executed=executed)


def _uses(config: Config) -> Mapping[str, frozenset[str]]:
    strategy, _ = _strategy(config)
    asked = {"measured": config.measured, "constraint": config.constrained}
    return {config.engine: frozenset({"chat", *strategy.features, *(name for name, is_on in asked.items() if is_on)})}


generate = Stage(
    name="generate",
    version=2,
    reads=(Passage,),
    writes=Draft,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    offers=lambda config: frozenset({"log_q"}) if config.measured else frozenset(),
    uses=_uses,
)
