"""leakage: (thought, target, before) -> how much of the target the thought gives away. Knows nothing of records."""

from collections.abc import Iterable, Iterator

from thinkaug.words import words

N_GRAM_WORDS, SHORT_N_GRAM_WORDS, SHORT_WORDS = 8, 5, 40


def containment(thought: str, target: str, before: str, n: int = N_GRAM_WORDS) -> float | None:
    """The share of the thought's word n-grams that stand in the target and not in what came before it.

    `containment = |{g in G(thought) : g in G(target), g not in G(before)}| / |G(thought)|`, where G(thought) counts
    every occurrence and words are those of `thinkaug.words`. Containment is due to Broder, "On the resemblance and
    containment of documents" (1997); leaving out what came before is ours: an expert may repeat herself.

    Args:
        thought: the thinking that is measured.
        target: the expert text that it leads to.
        before: the expert text that precedes it.
        n: words in an n-gram, at least 1.

    Returns:
        A share in [0, 1]; None when the thought has fewer than `n` words, since nothing was measured.

    Raises:
        ValueError: `n` is smaller than 1.
    """
    if n < 1:
        raise ValueError(f"containment: n is {n}; an n-gram has at least 1 word")
    grams = list(_grams(thought, n))
    if not grams:
        return None
    shared = set(grams) & set(_grams(target, n))
    if shared:  # rare: what came before can be long, so it is read only now
        shared.difference_update(_grams(before, n))
    return sum(gram in shared for gram in grams) / len(grams)


def contained(thought: str, target: str, before: str) -> float | None:
    """`containment` by n-grams of 8 words, or of 5 where thought or target has fewer than 40 words.

    Returns:
        A share in [0, 1]; None where the thought or the target has fewer words than an n-gram: nothing was measured.
    """
    shortest = min(len(words(thought)), len(words(target)))
    n = SHORT_N_GRAM_WORDS if shortest < SHORT_WORDS else N_GRAM_WORDS
    return containment(thought, target, before, n) if shortest >= n else None


def copied(steps: Iterable[str], target: str, before: str) -> float | None:
    """The share of the step that copies most: one copied sentence among many of one's own is a leak.

    `copied = max_z |{g in G(z) \\ G(before) : g in G(target)}| / |G(z) \\ G(before)|` over the steps z, where G counts
    n-grams of 5 words. Over a whole thought a copied step is diluted by the others, and what is new in it by phrases
    that the expert has used before; here neither hides it. Ours.

    Args:
        steps: of the thought that is measured.
        target: the expert text that it leads to.
        before: the expert text that precedes it.

    Returns:
        A share in [0, 1]; None where no step has five words in a row that are new: nothing was measured.
    """
    old, wanted = set(_grams(before, SHORT_N_GRAM_WORDS)), set(_grams(target, SHORT_N_GRAM_WORDS))
    shares = []
    for step in steps:
        new = [gram for gram in _grams(step, SHORT_N_GRAM_WORDS) if gram not in old]
        if new:
            shares.append(sum(gram in wanted for gram in new) / len(new))
    return max(shares, default=None)


def named_first(thought: str, target: str, before: str) -> float | None:
    """`A_lex`: the share of the target's content words that the thought names first.

    `A_lex = |{w in C(target) : w in C(thought), w not in C(before)}| / |C(target)|`, where C is the set of content
    words: those of more than three letters that are not among the commonest of English, and all that hold a digit.
    Ours. In scripts without spaces a word is one letter, so nothing is measured there.

    Args:
        thought: the thinking that is measured.
        target: the expert text that it leads to.
        before: the expert text that precedes it.

    Returns:
        A share in [0, 1]; None when the target has no content word.
    """
    wanted = content_words(target)
    if not wanted:
        return None
    named = wanted & content_words(thought)
    if named:
        named -= content_words(before)
    return len(named) / len(wanted)


def content_words(text: str) -> frozenset[str]:
    """The distinct words that say what a text is about; see `named_first`."""
    return frozenset(
        word for word in words(text) if any(map(str.isdigit, word)) or (len(word) > _LETTERS and word not in _COMMON)
    )


_LETTERS = 3
_COMMON = frozenset(
    """about above after again against also although always among another because been before being below between
    both cannot could does doing done down during each either else even ever every from further hence here however
    into itself just least less like made make many more most much must neither never next none often once only other
    otherwise over rather same shall should since some such than that their them then there therefore these they this
    those though through thus together toward towards under unless until upon usually very well were what whatever
    when where whereas whether which while whom whose will with within without would your""".split()  # noqa: SIM905
)


def _grams(text: str, n: int) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return zip(*(found[start:] for start in range(n)), strict=False)
