"""thinkaug show --cluster: which rows were taken for copies of which, and how two of them differ. Reads only."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from thinkaug.errors import UserError
from thinkaug.plan import Plan, Step
from thinkaug.schema import as_plain
from thinkaug.stages.dedup import dedup
from thinkaug.stages.deduplicating.clusters import Cluster, clusters_of, difference, kept_apart
from thinkaug.visible import visible

_LISTED = 20
_AROUND_WORDS = 6
_ID_CHARS = 16
_COLOURS = {"first": "red", "second": "green", "same": "dim"}
_SIGNS = {"first": ("[-", "-]"), "second": ("{+", "+}"), "same": ("", "")}


def show_clusters(plan: Plan, wanted: str) -> None:
    """Print every pair of a cluster that holds a row whose id begins with `wanted`; without one, the largest clusters.

    What only the row that stays has is `[-red-]`, what only the other one has `{+green+}`.

    Raises:
        UserError: there is no such cluster.
    """
    console = Console(highlight=False, soft_wrap=True)
    steps = [step for step in plan.steps if step.stage is dedup]
    if not steps:
        raise UserError(f"show: {plan.name} has no dedup, so there are no clusters")
    found = False
    for step in steps:
        lines = _pairs(step, wanted) if wanted else _listed(step)
        for line in lines:
            found = True
            console.print(line)
    if not found:
        which = f"a row whose id begins with '{wanted}'" if wanted else "two rows"
        raise UserError(f"show: no cluster of {', '.join(step.label for step in steps)} holds {which}")


def _listed(step: Step) -> Iterator[Text]:
    clusters = sorted(clusters_of(step.folder), key=lambda cluster: (-len(cluster.members), cluster.id))
    for cluster in clusters[:_LISTED]:
        lowest = min(member.similarity for member in cluster.members)
        yield Text(
            f"{step.label}: {cluster.id}: {len(cluster.members)} of {_size(cluster)} rows gone, from {lowest} on"
        )
    if len(clusters) > _LISTED:
        yield Text(f"{step.label}: and {len(clusters) - _LISTED} more")
    apart = sum(1 for _ in kept_apart(step.folder))
    if apart:
        yield Text(f"{step.label}: {apart} near duplicates stay for what they state")


def _size(cluster: Cluster) -> int:
    return len({*cluster.keepers, *(member.id for member in cluster.members)})


def _pairs(step: Step, wanted: str) -> Iterator[Text]:
    gone = [
        (member.keeper, member.id, f"{member.reason}, similarity {member.similarity}")
        for cluster in clusters_of(step.folder)
        if any(identity.startswith(wanted) for identity in _ids(cluster))
        for member in cluster.members
    ]
    stays = [
        (pair.beside, pair.id, f"{pair.reason}, similarity {pair.similarity}: {', '.join(pair.words)}")
        for pair in kept_apart(step.folder)
        if wanted in (pair.id[: len(wanted)], pair.beside[: len(wanted)])
    ]
    texts = _texts(step, {identity for first, second, _ in (*gone, *stays) for identity in (first, second)})
    for first, second, why in (*gone, *stays):
        yield Text(f"{step.label}: {first[:_ID_CHARS]} | {second[:_ID_CHARS]}: {why}", "bold")
        if first in texts and second in texts:
            yield _differences(texts[first], texts[second])
        else:
            yield Text("  (one of them is a row of an earlier build)", "dim")


def _ids(cluster: Cluster) -> Iterable[str]:
    return (cluster.id, *cluster.keepers, *(member.id for member in cluster.members))


def _differences(first: str, second: str) -> Text:
    """What differs, each with some words around it."""
    shown = Text("  ")
    changes = difference(first, second)
    for place, (kind, words) in enumerate(changes):
        if kind == "same":
            words = _ends(words, at_start=place > 0, at_end=place < len(changes) - 1)
        opening, closing = _SIGNS[kind]
        shown.append(f"{opening}{visible(words)}{closing} ", _COLOURS[kind])
    return shown if len(changes) > 1 else Text("  (the same words)", "dim")


def _ends(text: str, *, at_start: bool, at_end: bool) -> str:
    """The words that stand beside a difference: the first ones of the stretch, the last ones, or both."""
    words = text.split()
    if len(words) <= 2 * _AROUND_WORDS:
        return text
    head = " ".join(words[:_AROUND_WORDS]) if at_start else ""
    tail = " ".join(words[-_AROUND_WORDS:]) if at_end else ""
    return f"{head} ... {tail}".strip()


def _texts(step: Step, wanted: set[str]) -> Mapping[str, str]:
    """The compared texts of some rows by id, of those that went and of those that stayed."""
    texts: dict[str, str] = {}
    for manifest in step.folder.manifests():
        if manifest.dropped_file:
            for line in step.folder.lines(manifest.dropped_file):
                if line["id"] in wanted:
                    texts[line["id"]] = _compared(line["row"], step.config.on)
    for row in step.folder.all_rows():
        if row.id in wanted and row.id not in texts:
            texts[row.id] = _compared(as_plain(row), step.config.on)
    return texts


def _compared(row: Mapping[str, Any], on: str) -> str:
    if "thoughts" not in row:
        return str(row["text"])
    text: str = row["passage"]["text"]
    thoughts = "\n".join(thought["text"] for thought in row["thoughts"] if not thought["drop"])
    return text if on == "text" else thoughts if on == "thoughts" else f"{text}\n{thoughts}"
