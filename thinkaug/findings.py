"""What the tallies of gate, verify, score and prune come to: a line each, with figures that whole numbers cannot show.

Knows ledgers; not the stages. Gains are in nats a token of the stretches that were scored.
"""

from collections.abc import Mapping

from thinkaug.ledger import Ledger
from thinkaug.measures.knowledge import coverage, knowledge_index


def finding(ledger: Ledger) -> str:
    """The line of one stage; empty where there is nothing to say."""
    tally = ledger.tally
    if "supported_before" in tally:
        return f"{ledger.stage}: {_pruned(tally)}"
    if "supported" in tally:
        shares = f"KI {_figure(_ki(tally))}, coverage {_figure(_coverage(tally))}"
        return f"{ledger.stage}: {shares}, {tally['claims']:,} claims"
    if "cuts_kept" in tally:
        return f"{ledger.stage}: {_gated(tally)}"
    if "gain_millinats" in tally:
        gain = _gain(tally)
        apart = _per_token(tally, "matched_millinats", "mismatched_millinats")
        return f"{ledger.stage}: IG {_figure(gain)} nats a token, {_figure(apart)} more than for a stretch not its own"
    return ""


def _pruned(tally: Mapping[str, int]) -> str:
    parts = [
        f"{name} {_figure(value(tally, '_before'))} -> {_figure(value(tally, '_after'))}"
        for name, value in (("KI", _ki), ("coverage", _coverage), ("IG", _gain))
    ]
    parts += [
        f"{name} {tally[f'{key}_before']:,} -> {tally[f'{key}_after']:,}"
        for key, name in (("thought_tokens", "tokens of thoughts"), ("recall", "passages with recall"))
    ]
    return ", ".join(parts) + f"; {tally['raw']:,} go out raw"


def _gated(tally: Mapping[str, int]) -> str:
    parts = [f"{tally['cuts_kept']:,} of {tally['cuts_before']:,} cuts kept"]
    for unit, measure in (("token", "surprisal"), ("word", "novelty")):
        if f"hard_{unit}s" in tally:
            hard, easy = (_mean(tally, f"{name}_millinats", f"{name}_{unit}s") for name in ("hard", "easy"))
            parts.append(f"{measure} {_figure(hard)} nats a {unit} where thoughts go, {_figure(easy)} elsewhere")
    parts.append(f"procedural {_figure(_mean(tally, 'procedural_thousandths', 'scored'))} on average")
    return "; ".join(parts)


def _mean(tally: Mapping[str, int], thousandths: str, count: str) -> float | None:
    return tally[thousandths] / 1000 / tally[count] if tally.get(count) else None


def _ki(tally: Mapping[str, int], when: str = "") -> float | None:
    return knowledge_index(tally[f"supported{when}"], tally[f"contradicted{when}"])


def _coverage(tally: Mapping[str, int], when: str = "") -> float | None:
    return coverage(tally[f"supported{when}"], tally[f"contradicted{when}"], tally[f"unknown{when}"])


def _gain(tally: Mapping[str, int], when: str = "") -> float | None:
    tokens = tally.get(f"target_tokens{when}", 0)
    return tally[f"gain_millinats{when}"] / 1000 / tokens if tokens else None


def _per_token(tally: Mapping[str, int], more: str, less: str) -> float | None:
    tokens = tally.get("target_tokens", 0)
    return (tally[more] - tally[less]) / 1000 / tokens if tokens and more in tally and less in tally else None


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
