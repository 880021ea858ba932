"""verify: Draft -> Draft. Finds the claims in the steps that stand, and what judges make of each.

Reading claims and judging them by a table or by the expert text needs no engine, and then none is started. Knows
nothing of how thoughts were written, nor of what becomes of a step that is wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from annotated_types import Ge, Gt, MinLen

from thinkaug.claims import listing
from thinkaug.claims.reading import Reader
from thinkaug.claims.relations import Relations, read_relations
from thinkaug.dialogue import Dialogue, Sampling, converse_by_row
from thinkaug.errors import UserError
from thinkaug.judges import facts, passages, source
from thinkaug.knowledge.index import Index
from thinkaug.measures.knowledge import count_verdicts
from thinkaug.panel import Asking, Checked, Panel, Step, at_once, without_asking
from thinkaug.records import Draft, Passage
from thinkaug.stage import Kept, Outcome, Quarantined, Services, Shard, Stage, Work, counting, seed_of
from thinkaug.templates import Templates


@dataclass(frozen=True)
class Config:
    """Where claims come from, and who judges them.

    Args:
        index: the folder of an index, made by `thinkaug index`.
        relations: what the index's relations are called in sentences, and which are closed: a file of
            `templates/relations`.
        claims: `read` out of the steps by the names and relations of the index, or `list`ed by a model.
        judges: in order; the first that decides gives the verdict. `facts` is the table of the index, `source` the
            expert text itself, `passages` a model that is shown entries of the index.
        engine: whose model lists and judges; not started where neither is asked for.
        kinds: which steps are looked at. Those that were dropped never are, nor look-ups and observations.
        found: how many entries `passages` are shown with a claim.
        prompts: `full`, or `brief` for small models.
        temperature: of the model's replies; 0 is greedy.
        max_tokens: a reply is cut off after so many tokens.
        seed: of the drawing.
    """

    index: str = ""
    relations: str = "general"
    claims: Literal["read", "list"] = "read"
    judges: Annotated[tuple[Literal["facts", "source", "passages"], ...], MinLen(1)] = ("facts",)
    engine: str = "writer"
    kinds: Annotated[tuple[Literal["self_talk", "recall", "verification", "prose"], ...], MinLen(1)] = (
        "recall",
        "self_talk",
        "verification",
        "prose",
    )
    found: Annotated[int, Gt(0)] = 3
    prompts: Literal["full", "brief"] = "full"
    temperature: Annotated[float, Ge(0)] = 0.0
    max_tokens: Annotated[int, Gt(0)] = 512
    seed: int = 0

    @property
    def reads(self) -> bool:
        """Whether claims are read as facts: otherwise an index without facts will do."""
        return self.claims == "read" or self.judges != ("passages",)

    @property
    def templates(self) -> Mapping[str, frozenset[str]]:
        """The prompts that are needed, with their variables."""
        listed = listing.TEMPLATES if self.claims == "list" else {}
        return {**listed, **(passages.TEMPLATES if "passages" in self.judges else {})}

    @property
    def features(self) -> frozenset[str]:
        """What is asked of the engine; nothing where it is not needed."""
        listed = listing.FEATURES if self.claims == "list" else frozenset()
        return listed | (passages.FEATURES if "passages" in self.judges else frozenset())


def _index(config: Config) -> Index:
    if not config.index:
        raise UserError("verify: index: name a folder made by thinkaug index PATH --out FOLDER")
    index = Index.shared(config.index)
    if not len(index):
        raise UserError(
            f"verify: index: {config.index} holds no entry, so nothing could be checked; "
            f"build it with: thinkaug index PATH --out {config.index}"
        )
    return index


def _templates(config: Config, services: Services) -> Templates:
    return services.templates.brief() if config.prompts == "brief" else services.templates


def _relations(config: Config, services: Services) -> Relations:
    relations = read_relations(config.relations, services.templates)
    known = _index(config).facts.relations
    if not known & relations.keys():
        raise UserError(
            f"verify: relations: none of those of '{config.relations}' ({', '.join(sorted(relations))}) is in "
            f"{config.index}, which has {', '.join(sorted(known)) or 'none'}; "
            "name another file, or write one into relations/ of your own templates"
        )
    return relations


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    templates = _templates(config, services)
    shaped: dict[str, object] = {"index": _index(config).digest}
    if config.reads:
        shaped["relations"] = _relations(config, services).digest
    if config.features:
        shaped["templates"] = {name: templates.check(name, used) for name, used in config.templates.items()}
        shaped["engine"] = services.identity(config.engine, "verify: engine")
    return shaped


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    if config.features:
        services.engine(config.engine)  # started before the first shard, so that its loading is no part of the progress
    panel = _panel(config, services)

    def steps(draft: Draft) -> list[Step]:
        return _steps(draft, panel, config)

    def work(shard: Shard) -> Iterator[Outcome]:
        if not config.features:
            for draft in shard:
                yield _settle(draft, [at_once(panel.check(step)) for step in steps(draft)])
            return
        with services.remembering(config.engine, shard.unit) as engine:
            for draft, results in converse_by_row(shard, steps, panel.check, engine, engine.window):
                checked = [result for result in results if isinstance(result, Checked)]
                assert len(checked) == len(results), "the panel catches what fails"
                yield counting(_settle(draft, checked), remembered=engine.newly_remembered())

    return work


def _panel(config: Config, services: Services) -> Panel:
    index, templates = _index(config), _templates(config, services)
    sampling = Sampling(config.temperature, max_tokens=config.max_tokens)
    # The same claim before the same entries is the same question, wherever it stands, and is paid for once.
    seed = seed_of("verify", config.seed)

    def listed(step: str, before: str) -> Dialogue[listing.Listed]:
        return listing.list_claims(step, before, templates, sampling, seed)

    made: dict[str, Callable[[Passage], Asking]] = {}
    if "passages" in config.judges:
        asking = passages.judge(index, templates, sampling, seed, found=config.found)
        made["passages"] = lambda passage: asking
    reader = None
    if config.reads:
        relations = _relations(config, services)
        reader = Reader(index.facts, relations)
        table = without_asking(facts.judge(index.facts, relations))
        text = source.judge(reader, index.digest)
        made |= {"facts": lambda passage: table, "source": lambda passage: without_asking(text(passage))}
    return Panel(
        index=index.digest,
        judges=lambda passage: tuple(made[name](passage) for name in config.judges),
        read=reader.read if reader else None,
        listed=listed if config.claims == "list" else None,
    )


def _steps(draft: Draft, panel: Panel, config: Config) -> list[Step]:
    """The steps of a draft that are looked at.

    Raises:
        UserError: others have verdicts by another index, which would then stand beside those by this one.
    """
    judges = panel.judges(draft.passage)
    found: list[Step] = []
    before: dict[tuple[int, int], list[str]] = {}
    for place, thought in enumerate(draft.thoughts):
        if thought.drop:
            continue
        earlier = before.setdefault((thought.cut, thought.candidate), [])
        if thought.kind in config.kinds:
            found.append(Step(place, thought, "\n".join(earlier), judges))
        elif others := {claim.index for claim in thought.claims} - {panel.index}:
            raise UserError(
                f"verify: {draft.id}: its {thought.kind} steps have verdicts by index {', '.join(sorted(others))[:8]}, "
                f"and {config.index} is {panel.index[:8]}; two indexes would be mixed in one thought: "
                f"add {thought.kind} to kinds, so that they are verified again, or use the index of before"
            )
        earlier.append(thought.text)
    return found


def _settle(draft: Draft, checked: Sequence[Checked]) -> Outcome:
    claims = [claim for found in checked for claim in found.claims]
    verdicts = count_verdicts(claim.verdict for claim in claims)
    tally: Counter[str] = Counter(verdicts)
    tally.update(
        claims=len(claims),
        steps=len(checked),
        steps_without_claims=sum(not found.claims for found in checked),
        steps_verified_again=sum(bool(draft.thoughts[found.place].claims) for found in checked),
    )
    for found in checked:
        tally.update(found.spent)
    problem = next((found.problem for found in checked if found.problem), "")
    if 0 < tally["requests"] == tally["requests_failed"] and verdicts["unknown"] == len(claims):
        return Quarantined(draft, "request_failed", problem, tally=tally)
    thoughts = list(draft.thoughts)
    for found in checked:
        thoughts[found.place] = replace(thoughts[found.place], claims=found.claims)
    return Kept(draft, (replace(draft, thoughts=tuple(thoughts)),), tally)


verify = Stage(
    name="verify",
    version=1,
    reads=(Draft,),
    writes=Draft,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    offers=lambda config: frozenset({"claims"}),
    uses=lambda config: {config.engine: config.features} if config.features else {},
)
