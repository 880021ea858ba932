"""Megabytes of text a second of CPU time through the rules on documents, beside datatrove's, and who drops what.

Ours are the rules of `thinkaug.quality` on a document's form: Gopher quality and repetition, C4, FineWeb, and the ratio
of compression, as they are by default, one text after the other, from strings to verdicts. The peers are datatrove's
GopherQualityFilter, GopherRepetitionFilter, C4QualityFilter and FineWebQualityFilter as they come, each by itself over
the same texts; what datatrove remembers of the last texts is emptied before each, so that every filter pays for its own
words. They look at a sample, drawn with a seed (--all for all texts: some minutes). A megabyte is 10^6 bytes of UTF-8;
CPU time of one thread.

Verdicts are compared on the sample, rule set by rule set: kept or dropped, and by which rule. Twice: on the texts as
they are, and with lines of nothing but spaces emptied. In datatrove such lines are lines, and repeat each other.

Bars (--bar): all of ours together at least 10 MB a CPU-second, and 20 times the four peers together (medians); the same
verdict on at least 99 % of the texts with such lines emptied, for each rule set. --differences N prints which rules
differ how often, and N texts of each rule set with the figures of both.

    python benchmarks/filters.py [--bar] [--all] [--corpus FILE] [--documents N] [--rounds N] [--differences N]
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from thinkaug.inputs import find_inputs
from thinkaug.plugins import made
from thinkaug.quality import TextCheck
from thinkaug.surface import Surface

BAR_MB_PER_S = 10.0
BAR_RATIO = 20.0
BAR_AGREEMENT = 0.99
SEED = 6
TRIAL_DATA = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
RULES = ("gopher_quality", "gopher_repetition", "c4", "fineweb", "compression")
PEERS = {
    "gopher_quality": "GopherQualityFilter",
    "gopher_repetition": "GopherRepetitionFilter",
    "c4": "C4QualityFilter",
    "fineweb": "FineWebQualityFilter",
}
SAME = {
    **{"gopher_short_doc": "gopher_too_few_words", "gopher_long_doc": "gopher_too_many_words"},
    **{"gopher_below_avg_threshold": "gopher_short_words", "gopher_above_avg_threshold": "gopher_long_words"},
    **{"gopher_too_many_hashes": "gopher_hashes", "gopher_too_many_ellipsis": "gopher_ellipses"},
    **{"gopher_too_many_bullets": "gopher_bullets", "gopher_too_many_end_ellipsis": "gopher_ellipsis_lines"},
    **{"gopher_below_alpha_threshold": "gopher_few_lettered_words"},
    **{"gopher_enough_stop_words": "gopher_few_common_words"},
    **{"dup_para_frac": "gopher_repeated_paragraphs", "dup_para_char_frac": "gopher_repeated_paragraph_chars"},
    **{"dup_line_frac": "gopher_repeated_lines", "dup_line_char_frac": "gopher_repeated_line_chars"},
    **{f"top_{n}_gram": f"gopher_top_{n}_gram" for n in (2, 3, 4)},
    **{f"duplicated_{n}_n_grams": f"gopher_repeated_{n}_gram" for n in range(5, 11)},
    **{"lorem_ipsum": "c4_placeholder", "curly_bracket": "c4_curly_bracket"},
    **{"too_few_sentences": "c4_too_few_sentences", "empty": "fineweb_empty"},
    **{"line_punct_ratio": "fineweb_few_stopped_lines", "short_line_ratio": "fineweb_short_lines"},
    **{"char_dup_ratio": "fineweb_repeated_lines", "list_ratio": "fineweb_list"},
}
"""datatrove's reasons, and ours for the same rule."""

Verdicts = Mapping[str, Sequence[str]]
"""Rule set -> the reason for each text, "" where it is kept."""


def read(corpus: Path) -> Iterator[str]:
    """The texts of the corpus."""
    (found,) = find_inputs([str(corpus)], ["jsonl"], "benchmark")
    with found.open() as lines:
        for line in lines:
            yield json.loads(line)["text"]


def size_mb(texts: Sequence[str]) -> float:
    """How large they are as UTF-8, in 10^6 bytes."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6


def ours(texts: Sequence[str], rules: Sequence[str]) -> tuple[float, Verdicts]:
    """CPU seconds of those rules, one text after the other, and their verdicts."""
    checks: dict[str, TextCheck] = {rule: made("quality", rule, {}, "benchmark") for rule in rules}
    verdicts: dict[str, list[str]] = {rule: [] for rule in rules}
    begun = time.thread_time()
    for text in texts:
        for rule, check in checks.items():
            verdicts[rule].append(check(text))
    return time.thread_time() - begun, verdicts


def theirs(texts: Sequence[str], rule: str) -> tuple[float, list[str]]:
    """CPU seconds of one of datatrove's filters, and its verdicts in our words."""
    from datatrove.data import Document
    from datatrove.pipeline import filters
    from datatrove.utils.text import split_into_parts
    from loguru import logger

    logger.remove()
    peer: Any = getattr(filters, PEERS[rule])()
    peer.filter(Document(text="Words are cut by what is loaded now.", id=""))
    verdicts = []
    spent = 0.0
    for text in texts:
        split_into_parts.cache_clear()
        document = Document(text=text, id="")
        begun = time.thread_time()
        answer = peer.filter(document)
        spent += time.thread_time() - begun
        verdicts.append("" if answer is True else SAME.get(str(answer[1]), str(answer[1])))
    return spent, verdicts


def plain_breaks(texts: Sequence[str]) -> list[str]:
    """The texts with their lines of nothing but spaces emptied."""
    return [re.sub(r"^[^\S\n]+$", "", text, flags=re.MULTILINE) for text in texts]


def agreement(mine: Sequence[str], peers: Sequence[str]) -> tuple[float, float]:
    """On which share of texts both keep or both drop; and of those that both drop, on which for the same reason."""
    same = [(one, other) for one, other in zip(mine, peers, strict=True) if (one == "") == (other == "")]
    dropped = [one == other for one, other in same if one]
    return len(same) / len(mine), sum(dropped) / len(dropped) if dropped else 1.0


FIGURES: dict[str, Callable[[Surface], str]] = {
    "gopher_quality": lambda found: (
        f"words {len(found.words)}, not symbols {found.words.spoken}, with a letter "
        f"{found.words.lettered / max(len(found.words), 1):.4f}"
    ),
    "gopher_repetition": lambda found: (
        f"lines again {found.repeated_lines[0]} of {len(found.lines)}, 5-grams again "
        f"{found.repeated_grams(5) / len(found.text):.4f} of the characters"
    ),
    "c4": lambda found: f"sentences {int(found.sentences.sum())} in {len(found.lines)} lines",
    "fineweb": lambda found: (
        f"lines {len(found.lines)}, in lines again {found.repeated_lines[1] / max(len(found.text), 1):.4f} of the "
        "characters"
    ),
}


def their_words(text: str) -> int:
    """How many words datatrove makes of the text."""
    from datatrove.utils.text import split_into_words

    return len(split_into_words(text))


def show_differences(texts: Sequence[str], mine: Verdicts, peers: Verdicts, most: int) -> None:
    """Print which rules differ how often, and some texts with the figures of both."""
    for rule in PEERS:
        differ = [at for at in range(len(texts)) if (mine[rule][at] == "") != (peers[rule][at] == "")]
        print(f"\n{rule}: {len(differ)} differ")
        pairs = Counter((mine[rule][at] or "kept", peers[rule][at] or "kept") for at in differ)
        for (one, other), times in pairs.most_common():
            print(f"  {times:5} ours {one}, theirs {other}")
        for at in differ[:most]:
            words = their_words(texts[at])
            print(f"    {FIGURES[rule](Surface(texts[at]))}; their words {words}: {texts[at][:60]!r}")


def spread(values: Sequence[float], form: str) -> str:
    """The median and the range."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def main() -> int:
    """Take turns, print the tables; 1 where a bar is asked for and missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--all", action="store_true", help="the peers look at all texts, not at a sample")
    parser.add_argument("--corpus", type=Path, default=TRIAL_DATA / "bench" / "corpus.jsonl.zst", metavar="FILE")
    parser.add_argument("--documents", type=int, default=1500, metavar="N", help="texts of the sample")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--differences", type=int, default=0, metavar="N", help="texts to print of each rule set")
    asked = parser.parse_args()
    if not asked.corpus.exists():
        print(f"no corpus at {asked.corpus}; set THINKAUG_TRIAL_DATA or say --corpus FILE", file=sys.stderr)
        return 2
    texts = list(read(asked.corpus))
    sample = texts if asked.all else random.Random(SEED).sample(texts, min(asked.documents, len(texts)))
    megabytes, sampled = size_mb(texts), size_mb(sample)
    ours(sample, RULES)  # compiling, tables of characters
    all_rates: list[float] = []
    rates: dict[str, list[float]] = {rule: [] for rule in RULES}
    peer_rates: dict[str, list[float]] = {rule: [] for rule in PEERS}
    ratios: list[float] = []
    peers: dict[str, list[str]] = {}
    for _ in range(asked.rounds):
        whole = ours(texts, RULES)[0]
        all_rates.append(megabytes / whole)
        for rule in RULES:
            rates[rule].append(megabytes / ours(texts, [rule])[0])
        together = 0.0
        for rule in PEERS:
            spent, peers[rule] = theirs(sample, rule)
            together += spent
            peer_rates[rule].append(sampled / spent)
        ratios.append(all_rates[-1] / (sampled / together))
    print(
        f"{len(texts)} texts, {megabytes:.1f} MB; the peers on {len(sample)}, {sampled:.1f} MB; {asked.rounds} rounds"
    )
    print("MB a CPU-second, median (range); each by itself\n")
    print(f"{'':18} | {'thinkaug':>20} | {'datatrove':>20}")
    for rule in RULES:
        peer = spread(peer_rates[rule], ".2f") if rule in PEERS else ""
        print(f"{rule:18} | {spread(rates[rule], '.1f'):>20} | {peer:>20}")
    print(f"\nall of ours together:      {spread(all_rates, '.1f')}")
    print(f"over the four of theirs:   {spread(ratios, '.0f')} times")

    mine = ours(sample, list(PEERS))[1]
    emptied = plain_breaks(sample)
    mine_emptied = ours(emptied, list(PEERS))[1]
    changed = [at for at, (one, other) in enumerate(zip(sample, emptied, strict=True)) if one != other]
    peers_emptied = {rule: list(peers[rule]) for rule in PEERS}
    for rule in PEERS:
        for at, verdict in zip(changed, theirs([emptied[at] for at in changed], rule)[1], strict=True):
            peers_emptied[rule][at] = verdict
    print(f"\nof {len(sample)} texts, {len(changed)} with lines of spaces")
    print(f"{'same verdict':18} | as they are | such lines emptied | of both dropped, same reason")
    met = statistics.median(all_rates) >= BAR_MB_PER_S and statistics.median(ratios) >= BAR_RATIO
    for rule in PEERS:
        raw = agreement(mine[rule], peers[rule])[0]
        share, reason = agreement(mine_emptied[rule], peers_emptied[rule])
        print(f"{rule:18} | {raw:11.2%} | {share:18.2%} | {reason:.2%}")
        met = met and share >= BAR_AGREEMENT
    if asked.differences:
        show_differences(emptied, mine_emptied, peers_emptied, asked.differences)
    print(f"\nbars: {'met' if met else 'missed'}")
    return 1 if asked.bar and not met else 0


if __name__ == "__main__":
    sys.exit(main())
