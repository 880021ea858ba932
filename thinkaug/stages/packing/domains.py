"""The domains of the made samples, and the share that each is to have of what is taken of them. Draws nothing."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.errors import UserError, unknown
from thinkaug.stages.packing.filling import Numbers
from thinkaug.stages.packing.mix import SLACK, Mix


def rows_by_domain(domains: pa.Array | pa.ChunkedArray) -> dict[str, Numbers]:
    """The numbers of the rows of each domain, ascending; domains by name. No domain is one called ""."""
    whole = domains.combine_chunks() if isinstance(domains, pa.ChunkedArray) else domains
    encoded = pc.fill_null(whole, "").dictionary_encode()
    codes = encoded.indices.to_numpy()
    ends = np.cumsum(np.bincount(codes, minlength=len(encoded.dictionary)))
    rows = np.split(np.argsort(codes, kind="stable"), ends[:-1])
    return dict(sorted(zip(encoded.dictionary.to_pylist(), rows, strict=True)))


def shares_of(mix: Mix, have: Mapping[str, int], expert: Mapping[str, int], where: str) -> dict[str, float]:
    """The share that each domain is to have; they add up to 1.

    Args:
        mix: of which `domains` or `keep_domains` is set.
        have: how much there is of each domain, thoughts included, in the unit of the mix.
        expert: how much expert text there is of each, where the mix keeps domains.
        where: the mix, for what is said of it.

    Raises:
        UserError: the mix names a domain that is not there; or it leaves nothing for one that it does not name.
    """
    if mix.keep_domains:
        total = sum(expert.values())
        if not total:
            raise UserError(f"{where}.keep_domains: the expert texts have no {mix.unit} to keep the shares of")
        return {name: expert[name] / total for name in have}
    where = f"{where}.domains"
    for name in mix.domains:
        if name not in have:
            raise unknown("domain", name, have, where)
    named = math.fsum(mix.domains.values())
    rest = {name: size for name, size in have.items() if name not in mix.domains and size}
    if not rest and abs(named - 1) > SLACK:
        raise UserError(
            f"{where}: the shares add up to {named:.4g}, and there is no other domain; let them add up to 1"
        )
    if rest and named > 1 - SLACK:
        left_out = ", ".join(f"'{name}'" for name in rest)
        raise UserError(
            f"{where}: the shares add up to {named:.4g}, which leaves nothing for {left_out}; let them stay below 1, "
            "or say 0 for a domain that is to be left out"
        )
    for_rest = (1 - named) / sum(rest.values()) if rest else 0.0
    scale = 1 if rest else 1 / named
    return {name: mix.domains[name] * scale if name in mix.domains else have[name] * for_rest for name in have}


def sums_by_domain(rows: Mapping[str, Numbers], sizes: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, int]:
    """How much there is of each domain."""
    return {name: int(sizes[some].sum()) for name, some in rows.items()}
