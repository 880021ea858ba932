"""pack: Draft -> Sample, and the finished data set. Renders; generates nothing. The last gate for promises 1 and 2."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from secrets import token_hex
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le

from thinkaug.durable import replace_folder
from thinkaug.errors import PromiseBroken
from thinkaug.ledger import Lineage
from thinkaug.measures.exposure import Exposure
from thinkaug.records import Draft, Sample, content_id
from thinkaug.render import Style, no_loss_ranges, render, strip, tiles
from thinkaug.shards.card import card
from thinkaug.shards.write import finish_folder, write_shards
from thinkaug.stage import Dropped, Kept, Outcome, Services, Shard, Stage, Work
from thinkaug.store import Folder

_DATASET = "dataset"


@dataclass(frozen=True)
class Config:
    """How samples look and how they are laid out.

    Args:
        style: placement and markers of thoughts, and loss weights.
        seed: of the global shuffle.
        shard_mb: size that a shard should not pass, in millions of bytes; their number is a power of two.
        count_with: the engine whose tokenizer counts the tokens in manifest and stats.
        variants: how many samples a passage may give: the second shows the second candidate that stands at each cut,
            and so on, for facts that are to be met in several thoughts. Where a cut has fewer, its candidates come
            round again. No two are alike, so there are more than one only where several candidates stand.
    """

    style: Style = field(default_factory=Style)
    seed: int = 0
    shard_mb: Annotated[float, Gt(0), Le(1_000_000)] = 256
    count_with: str = "writer"
    variants: Annotated[int, Ge(1)] = 1


def _shaped_by(config: Config, services: Services) -> dict[str, object]:
    config.style.check()
    services.identity(config.count_with, "pack: count_with")
    return {"counted_with": services.engines[config.count_with].name}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    repeated = _repeated(everything)

    def work(shard: Shard) -> Iterator[Outcome]:
        for place, draft in enumerate(shard):
            if (shard.unit, place) in repeated:
                yield Dropped(draft, "repeated_id")
                continue
            variants = _variants(draft, config)
            samples = _samples(variants, config)
            if not samples:
                yield Dropped(draft, "ends_untrained", "it ends with a thought of weight 0; see pack.style.weights")
            else:
                thoughts = sum(1 for _ in variants[0].thinkings())
                yield Kept(draft, samples, {"thoughts": thoughts, "variants": len(samples) - 1})

    return work


def _repeated(everything: Iterable[Shard]) -> set[tuple[str, int]]:
    """The (unit, place) of every draft that was there before: what a model wrote of a passage is trained on once.

    What another model or another strategy made of the passage, in an earlier round for instance, is another draft.
    """
    seen: set[bytes] = set()
    repeated = set()
    for shard in everything:
        for place, draft in enumerate(shard):
            key = bytes.fromhex(content_id(draft.id, draft.strategy, draft.model))
            if key in seen:
                repeated.add((shard.unit, place))
            seen.add(key)
    return repeated


def _variants(draft: Draft, config: Config) -> list[Draft]:
    """The draft as each sample shows it: with one candidate standing at each cut, the first ones first.

    Drafts that show the same come once.
    """
    standing: dict[int, list[int]] = {}
    for thought in draft.thoughts:
        if not thought.drop and thought.candidate not in (found := standing.setdefault(thought.cut, [])):
            found.append(thought.candidate)
    most = min(config.variants, max((len(found) for found in standing.values()), default=1))
    shown = {cut: [found[number % len(found)] for number in range(most)] for cut, found in standing.items()}
    made: dict[tuple[tuple[int, str, str], ...], Draft] = {}
    for number in range(most):
        thoughts = tuple(t for t in draft.thoughts if not t.drop and t.candidate == shown[t.cut][number])
        key = tuple((t.cut, t.kind, t.text) for t in thoughts if t.kind in config.style.kinds)
        made.setdefault(key, replace(draft, thoughts=thoughts))
    return list(made.values())


def _samples(variants: Sequence[Draft], config: Config) -> tuple[Sample, ...]:
    """One sample a variant, without those that end untrained."""
    samples = (_sample(variant, number, config) for number, variant in enumerate(variants))
    return tuple(sample for sample in samples if sample.spans[-1].weight)


def _sample(draft: Draft, variant: int, config: Config) -> Sample:
    passage = draft.passage
    text, spans = render(draft, config.style)
    # Promise 1, against the hash taken when the document was cut, not against the text that was carried along.
    if not tiles(text, spans):
        raise PromiseBroken(f"spans of {passage.id} do not tile its text")
    if sha256(strip(text, spans).encode()).hexdigest() != passage.text_sha256:
        raise PromiseBroken(f"{passage.id}: expert text changed")
    meta: dict[str, Any] = {
        "passage": passage.id,
        "document": passage.document,
        "start": passage.start,
        "text_sha256": passage.text_sha256,
        "title": passage.title,
        "language": passage.language,
        "license": passage.license,
        "strategy": draft.strategy,
        "prompts": draft.prompts,
        "model": draft.model,
        "seeds": [generation.seed for generation in draft.generations],
        "source": json.loads(passage.meta),
    }
    identity = [passage.id, draft.strategy, draft.model, json.dumps(asdict(config.style), sort_keys=True)]
    if variant:
        meta["variant"] = variant
        identity.append(f"variant {variant}")
    return Sample(
        id=content_id(*identity),
        text=text,
        spans=spans,
        no_loss_ranges=no_loss_ranges(spans),
        source=passage.source,
        domain=passage.domain,
        meta=json.dumps(meta),
    )


def _finish(folder: Folder, config: Config, services: Services, lineage: Lineage) -> None:
    """Lay the samples out as a data set beside the stage's own shards; it appears whole or not at all."""
    engine = services.engines[config.count_with]
    sources = [folder.path / file.path for manifest in folder.manifests() for file in manifest.files]
    building = folder.path / f".{_DATASET}.{token_hex(4)}"
    written = write_shards(building, sources, config.seed, max(1, int(config.shard_mb * 1e6)), engine.count_tokens)
    licenses, models = _origins(folder)
    manifest = {
        "pipeline": lineage.pipeline,
        "seeds": {"shuffle": config.seed},
        "tokenizer": engine.name,
        "models": models,
        "steps": [
            {"label": entry.label, "folder": entry.folder, "digest": entry.digest, **entry.shaped_by}
            for entry in lineage.entries
        ],
    }
    stats = {
        "kinds": written.kinds,
        "exposure": _exposure(folder, config, lineage),
        "ledger": [asdict(entry.ledger) for entry in lineage.entries],
    }
    rows = sum(shard["rows"] for shard in written.shards)
    finish_folder(building, written.shards, card(lineage, licenses, models, rows, written.kinds), manifest, stats)
    replace_folder(building, folder.path / _DATASET)


def _exposure(folder: Folder, config: Config, lineage: Lineage) -> Mapping[str, Any]:
    """How many distinct thoughts of the data set state each fact: of what was rendered of the drafts that were read."""
    variants = _packed(folder)
    sources = set(lineage.entries[-1].ledger.sources)
    exposure = Exposure()
    for entry in lineage.entries:
        if entry.label not in sources:
            continue
        for draft in Folder(folder.path.parent / entry.folder, Draft).all_rows():
            # What was written of a passage may have come twice: it is in the set once, as the first.
            packed = variants.pop((draft.id, draft.strategy, draft.model), ())
            for number, variant in enumerate(_variants(draft, config)):
                if number in packed:
                    exposure.add(thought for thought in variant.thoughts if thought.kind in config.style.kinds)
    return exposure.summary()


def _packed(folder: Folder) -> dict[tuple[str, str, str], set[int]]:
    """Passage, strategy and model of all samples -> which variants of it there are."""
    found: dict[tuple[str, str, str], set[int]] = {}
    for sample in folder.all_rows():
        meta: dict[str, Any] = json.loads(sample.meta)
        key = meta["passage"], meta["strategy"], meta["model"]
        found.setdefault(key, set()).add(meta.get("variant", 0))
    return found


def _origins(folder: Folder) -> tuple[list[str], list[str]]:
    """The licences and the models that occur, each sorted."""
    licenses: set[str] = set()
    models: set[str] = set()
    for sample in folder.all_rows():
        meta: dict[str, Any] = json.loads(sample.meta)
        licenses.add(meta["license"])
        models.add(meta["model"])
    return sorted(licenses), sorted(models)


pack = Stage(
    name="pack",
    version=2,
    reads=(Draft,),
    writes=Sample,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    sees_all=lambda config: True,
    product=_DATASET,
    finish=_finish,
)
