"""items: what an evaluation set asks, and how an item is looked for. Knows no files and no texts to be searched."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

Rule = Literal["ngram", "short", "parts", "numbers"]
"""How an item was found: by long runs of its words, whole, by short runs of most of it, or so with other numbers."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an evaluation set.

    Args:
        set: name of the set.
        id: its id in the set, or its number from 1.
        question: what is asked.
        answer: what is to be answered; empty where the set has none.
    """

    set: str
    id: str
    question: str
    answer: str = ""


@dataclass(frozen=True)
class Matching:
    """When an item stands in a text. Words are those of `thinkaug.lexing`: without case, accents and punctuation.

    GPT-3 (Brown et al. 2020, appendix C) takes a text for contaminated by one run of 13 words. Of texts of the genre of
    an examination that blames one in twenty: `benchmarks/decontamination.py` measures it. Hence `min_ngrams`.

    Args:
        ngram_words: words of a long run.
        min_ngrams: an item is found where so many of its long runs stand together; 8 of 13 words are 20 words in a row.
        min_share: or this share of them.
        common_items: a run that stands in more items than this is a set phrase, and tells of none of them.
        short_words: a question of fewer words is found only together with its answer.
        answer_words: and so many words may stand between the two.
        parts_words: words of a short run.
        parts_share: an item is found, too, where this share of its short runs stands together, in any order.
        numbers: `any` takes every number for every other in short runs.
        answers: look for answers and solutions by long runs too.
    """

    ngram_words: Annotated[int, Ge(5), Le(100)] = 13
    min_ngrams: Annotated[int, Gt(0)] = 8
    min_share: Annotated[float, Gt(0), Le(1)] = 0.25
    common_items: Annotated[int, Gt(0)] = 3
    short_words: Annotated[int, Ge(4)] = 8
    answer_words: Annotated[int, Ge(0), Le(1000)] = 60
    parts_words: Annotated[int, Ge(3), Le(12)] = 4
    parts_share: Annotated[float, Ge(0.3), Le(1)] = 0.5
    numbers: Literal["exact", "any"] = "any"
    answers: bool = False
