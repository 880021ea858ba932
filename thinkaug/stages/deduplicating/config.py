"""What counts as a duplicate, and which of two stays. Knows nothing of how duplicates are found."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Lt

from thinkaug.errors import UserError
from thinkaug.records import Draft


@dataclass(frozen=True)
class Config:
    """What counts as a duplicate, and which of two stays.

    Memory a row, in bytes: 4 x `permutations` (448) of signature, 16 of exact hash, 8 of length, 1 of a mark, 8 of the
    component it is in, 38 of its fate, and 32 while a band is sorted: 551. Beside that, 8 of the passage's hash where
    thoughts are compared, and 8 of score where the best stays. Texts are not held: they are mapped, and those of likely
    pairs are read again, some 64 MB at a time.

    Args:
        on: compare the expert `text`, the `thoughts` that stand, `both` together, or the text as it is `rendered`.
        near: False compares exactly only; case and white space aside, as always.
        threshold: rows whose Jaccard similarity of shingles reaches it are near duplicates.
        shingle_words: words in a shingle.
        permutations: MinHash permutations; the estimate's standard error is at most 1 / (2 sqrt(permutations)).
        bands: the signature is cut into so many; rows that agree in all of one are a likely pair.
        rows: values in a band. Where either is `auto` they are chosen by the threshold, for few missed pairs.
        verify: likely pairs by their shingles (`exact`), or by their signatures (`estimate`).
        keeper: which of several stays: the `longest`, the `first`, or the `best`: the highest reward of prune, where
            there is none the highest gain of score. Of equal ones the longer, then the one with the smaller id.
        guard: near duplicates are told apart that state other `entities` (and numbers), or other `numbers`; `auto` is
            entities, but off for thoughts, where the claims that `verify` found tell them apart.
        exposures: of thoughts: a near duplicate stays while one of the facts it states was kept fewer than so many
            times; 1 keeps none for that. Facts are the claims that `verify` found, but for contradicted ones.
        against: earlier builds, stage folders, data sets and files: what is a duplicate of theirs goes.
        memory_mb: where the signatures take more, they lie in a temporary file, and bands are sorted in parts.
    """

    on: Literal["text", "thoughts", "both", "rendered"] = "text"
    near: bool = True
    threshold: Annotated[float, Gt(0), Lt(1)] = 0.8
    shingle_words: Annotated[int, Gt(0)] = 5
    permutations: Annotated[int, Gt(1)] = 112
    bands: Literal["auto"] | Annotated[int, Ge(1)] = "auto"
    rows: Literal["auto"] | Annotated[int, Ge(1)] = "auto"
    verify: Literal["exact", "estimate"] = "exact"
    keeper: Literal["longest", "first", "best"] = "longest"
    guard: Literal["auto", "entities", "numbers", "off"] = "auto"
    exposures: Annotated[int, Ge(1)] = 1
    against: tuple[str, ...] = ()
    memory_mb: Annotated[int, Ge(1)] = 4096

    @property
    def guarded_by(self) -> Literal["entities", "numbers", "off"]:
        """What tells near duplicates apart, beside claims."""
        if self.guard == "auto":
            return "off" if self.on == "thoughts" else "entities"
        return self.guard

    def check(self) -> None:
        """Refuse more bands and rows than there are permutations, with `UserError`."""
        bands = 1 if self.bands == "auto" else self.bands
        rows = 1 if self.rows == "auto" else self.rows
        if bands * rows > self.permutations:
            raise UserError(
                f"dedup: bands: {bands} of {rows} rows take {bands * rows} permutations, and there are "
                f"{self.permutations}; raise permutations, or say fewer"
            )

    def refuses(self, row: type) -> str:
        """Why it cannot be done with rows of that type; empty when it can."""
        if self.on != "text" and row is not Draft:
            return f"on: {self.on}: there are no thoughts yet; put it after generate"
        if self.on != "thoughts" and self.exposures > 1:
            return "exposures: facts are counted in thoughts; say on: thoughts, after verify"
        if self.keeper == "best" and row is not Draft:
            return "keeper: best: only thoughts have a score; put it after score or prune"
        return ""
