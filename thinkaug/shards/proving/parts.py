"""What a set says it is made of, against what its rows were found to hold. Knows no rows and no files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thinkaug.ledger import Ledger
from thinkaug.shards.proving.packed import PackedRows
from thinkaug.shards.proving.texts import MADE, Tally, TextRows
from thinkaug.shards.proving.tokens import TokenRows

_TOLERANCE = 0.002  # of a share, which is stated with a few digits
_UNITS = ("rows", "chars", "tokens")


def part_faults(manifest: Mapping[str, Any], ledgers: Sequence[Ledger]) -> Iterator[str]:
    """Parts that contradict themselves, each other, or the ledger."""
    parts = manifest["parts"]
    names = [part["name"] for part in parts]
    if not parts or len(set(names)) < len(names):
        yield f"manifest.json: parts: {names} are not one or more parts of different names"
    for part in parts:
        if not 0 <= part["distinct_rows"] <= part["rows"]:
            yield f"manifest.json: parts: {part['name']}: {part['distinct_rows']} distinct rows of {part['rows']}"
        shares = [part[unit] / whole for unit in _UNITS if (whole := sum(other.get(unit) or 0 for other in parts))]
        if not any(abs(share - part["share"]) <= _TOLERANCE for share in shares):
            yield f"manifest.json: parts: {part['name']}: its share {part['share']} is of no unit"
    for part in (part for part in parts if part["name"] == MADE and ledgers):
        made = ledgers[-1].rows_out
        if part["distinct_rows"] > made:
            yield f"{ledgers[-1].stage} wrote {made} rows, but {part['distinct_rows']} distinct ones are in the set"
        elif _takes_all(manifest) and (part["rows"], part["distinct_rows"]) != (made, made):
            yield f"{ledgers[-1].stage} wrote {made} rows, but the set holds {part['rows']} of them"


def _takes_all(manifest: Mapping[str, Any]) -> bool:
    """Whether the settings put every sample that was made into the set, once."""
    mix = manifest["steps"][-1].get("config", {}).get("mix")
    return mix is None or (mix["made"]["repeats"] == 1 and not mix["domains"] and not mix["keep_domains"])


def text_faults(manifest: Mapping[str, Any], kinds: Mapping[str, Any], found: TextRows) -> Iterator[str]:
    """Parts and kinds of spans that are not as they were found in rows of text."""
    stated = {part["name"]: Tally(part["rows"], part["distinct_rows"], part["chars"]) for part in manifest["parts"]}
    for name in sorted(stated.keys() | found.parts.keys()):
        if (here := found.parts.get(name, Tally())) != (said := stated.get(name, Tally())):
            yield f"part {name}: {_words(here)} are there, manifest.json says {_words(said)}"
    for kind in sorted(kinds.keys() | found.kinds.keys()):
        nothing = {"spans": 0, "chars": 0}
        counts, entry = found.kinds.get(kind, nothing), kinds.get(kind, nothing)
        if any(counts[name] != entry[name] for name in nothing):
            yield (
                f"{kind}: {counts['spans']} spans of {counts['chars']} chars are there, "
                f"stats.json says {entry['spans']} of {entry['chars']}"
            )


def _words(tally: Tally) -> str:
    return f"{tally.rows} rows ({tally.distinct} distinct) of {tally.chars} chars"


def token_faults(manifest: Mapping[str, Any], found: TokenRows, rows: int) -> Iterator[str]:
    """Sums over parts that are not those of rows of tokens."""
    yield from _sums(manifest, {"rows": rows, "tokens": found.tokens})
    for name, amount in (("documents", rows), ("tokens", found.tokens)):
        if manifest["layout"][name] != amount:
            yield f"{name}: {amount} are there, manifest.json says {manifest['layout'][name]} of its layout"


def packed_faults(manifest: Mapping[str, Any], found: PackedRows) -> Iterator[str]:
    """Sums that are not those of the windows: no token may be lost on the way into them, and none come of nothing."""
    about = manifest["layout"]
    yield from _sums(manifest, {"rows": about["documents"], "tokens": found.tokens})
    counted = {
        "tokens_in": found.tokens,
        "tokens_out": found.tokens,
        "padding_tokens": found.padding,
        "pieces": found.pieces,
        "rows_untrained": found.untrained,
    }
    for name, amount in counted.items():
        if about[name] != amount:
            yield f"{name}: {amount} are there, manifest.json says {about[name]} of its layout"
    # A token that ends documents may be one that texts hold too, so a piece within a document may end with it.
    if not about["documents"] <= found.ends <= found.pieces:
        yield f"{found.ends} documents end with EOS and are trained to, manifest.json says {about['documents']} do"


def _sums(manifest: Mapping[str, Any], found: Mapping[str, int]) -> Iterator[str]:
    for name, amount in found.items():
        if (stated := sum(part[name] for part in manifest["parts"])) != amount:
            yield f"{name}: {amount} are there, the parts in manifest.json add up to {stated}"
