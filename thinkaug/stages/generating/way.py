"""One way of thinking: settings with all that they name. From a passage to dialogues, and from replies to a draft."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from thinkaug.dialogue import Dialogue, Failed, Sampling
from thinkaug.errors import UserError, unknown
from thinkaug.measures.arithmetic import execute
from thinkaug.plugins import part
from thinkaug.profiles import SAMPLED, Profile, read_profile
from thinkaug.records import Draft, Generation, Passage, Thought, content_id
from thinkaug.settings import read_config
from thinkaug.stage import Kept, Outcome, Quarantined, Services, seed_of
from thinkaug.stages.generating.config import WHERE, Config
from thinkaug.strategies import Step, Strategy, Stretch, Thoughts, Voice
from thinkaug.templates import Templates


@dataclass(frozen=True, slots=True)
class Item:
    """One thought to be written. `passage` is cut as the strategy thinks about it."""

    passage: Passage
    cut: int
    candidate: int


@dataclass(frozen=True)
class Way:
    """Settings, and all that they name. `prompts` are the digests of every text that a prompt is made of, by name."""

    config: Config
    strategy: Strategy
    options: Any
    templates: Templates
    profile: Profile
    prompts: Mapping[str, str]

    def shaped_by(self) -> Mapping[str, object]:
        """What besides the settings shapes the thoughts, the engine aside."""
        strategy = self.strategy
        return {
            "strategy": {
                "version": strategy.version,
                "options": asdict(self.options),
                **strategy.shaped_by(self.options),
            },
            "templates": self.prompts,
        }

    def items(self, row: Passage) -> list[Item]:
        """The thoughts to write about a passage; none where it has no cut."""
        passage = self._as_thought_about(row)
        return [Item(passage, cut, candidate) for cut in passage.cuts for candidate in range(self.config.candidates)]

    def begin(self, stretch: Stretch, seed: int) -> Dialogue[Thoughts]:
        """The dialogue about a stretch."""
        config = self.config
        variables: dict[str, object] = {**self.profile.draw(config.vary, seed), "profile": self.profile}
        sampling = Sampling(config.temperature, config.top_p, config.max_tokens, config.top_k)
        voice = Voice(self.templates, variables, sampling, seed, config.measured, config.constrained)
        return self.strategy.think(stretch, self.options, voice)

    def think(self, item: Item) -> Dialogue[Thoughts]:
        """The dialogue that writes a thought, with the seed of its own."""
        return self.begin(Stretch(item.passage, item.cut), self._seed(item))

    def _seed(self, item: Item) -> int:
        config = self.config
        return seed_of(item.passage.id, item.cut, item.candidate, config.strategy, config.seed)

    def _as_thought_about(self, row: Passage) -> Passage:
        return replace(row, cuts=(0,)) if self.strategy.whole and row.cuts else row

    def settle(self, row: Passage, results: Sequence[Thoughts | Failed], model: str) -> Outcome:
        """From the results of a passage's items to its outcome. A passage without any item goes on raw.

        `model` is the writer's name.
        """
        items = self.items(row)
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
            "raw": int(not items),
        }
        if items and not thoughts:
            first = failures[0]
            raw = "\n\n".join(failure.raw for failure in failures)
            return Quarantined(row, first.kind, str(first), raw, tally)
        draft = Draft(
            self._as_thought_about(row),
            self.config.strategy,
            model,
            tuple(thoughts),
            tuple(generations),
            self.strategy.placement,
            content_id(*self.prompts.values()),
        )
        return Kept(row, (draft,), tally)

    def _generation(self, item: Item, result: Thoughts | Failed) -> Generation:
        replies, failure = result.replies, result if isinstance(result, Failed) else None
        seed = self._seed(item)
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


def strategy_of(config: Config, where: str = WHERE) -> Strategy:
    """The strategy that is named. Raises `UserError` where there is none."""
    strategy: Strategy = part("strategies", config.strategy, f"{where}: strategy")
    return strategy


def way_of(config: Config, services: Services, where: str = WHERE) -> Way:
    """The way of thinking that the settings come to.

    Raises:
        UserError: something that they name does not exist, or they do not go together.
    """
    strategy = strategy_of(config, where)
    options: Any = read_config(strategy.config, config.options, f"{where}: options of {config.strategy}")
    _check(config, strategy, where)
    templates = services.templates.brief() if config.prompts == "brief" else services.templates
    if config.profile not in (known := templates.profiles()):
        raise unknown("profile", config.profile, known, f"{where}: profile")
    profile = read_profile(config.profile, templates)
    return Way(config, strategy, options, templates, profile, _prompts(strategy, templates, profile))


def _prompts(strategy: Strategy, templates: Templates, profile: Profile) -> Mapping[str, str]:
    shared: frozenset[str] = frozenset({"profile", *SAMPLED})
    digests = {name: templates.check(name, variables | shared) for name, variables in strategy.templates.items()}
    digests["profile"] = content_id(repr(profile))
    return digests


def _check(config: Config, strategy: Strategy, where: str) -> None:
    if config.candidates > 1 and config.temperature == 0:
        raise UserError(
            f"{where}: {config.candidates} candidates at temperature 0 would be the same one; raise the temperature"
        )
    if config.constrained and not strategy.tagged:
        raise UserError(f"{where}: constrained: thoughts of {config.strategy} are prose, which has no form to hold to")
    if not config.measured:
        return
    if not strategy.one_reply:
        raise UserError(
            f"{where}: measured: a thought of {config.strategy} may take several replies, so no single distribution "
            "has drawn it; use latent, hidden_thought or trajectory"
        )
    if (config.temperature, config.top_p, config.top_k) != (1, 1, 0):
        raise UserError(
            f"{where}: measured: temperature {config.temperature:g}, top_p {config.top_p:g}, top_k {config.top_k} "
            "change the distribution that thoughts are drawn from, so that the model's log-probability is no longer "
            "theirs; set temperature: 1, top_p: 1, top_k: 0"
        )


def _thought(item: Item, step: Step) -> Thought:
    executed = execute(step.text) if step.kind in ("verification", "prose") else ()
    return Thought(item.cut, item.candidate, step.kind, step.text, evidence=step.evidence, executed=executed)
