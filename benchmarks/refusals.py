"""Do the checks on thoughts name what is wrong in real model outputs, and leave experts alone? Three tables.

1. The labelled set (XSTest, 450 completions of one model). Positive is a full refusal, negative a full compliance; a
   partial refusal is neither, and is also counted both ways. The set is halved by a seed: what the rules rest on was
   counted in the one half, and the other is reported apart. Yet neither half is blind: the errors in both had been read
   before. The table says what the rules reach where their authors looked, not what they reach elsewhere.
2. MIRAGE: 4,782 answers of two models to medical questions. How many each default check names, by reason, with the text
   of `step_by_step_thinking` as the thought where the answer can be parsed and the whole answer where not. Nothing
   stands before or after, so `length` and `copy`, which compare, are left out. `--sample N` prints N of each reason.
3. Paragraphs that experts wrote, taken for thoughts, the paragraphs around them for the expert's text: false alarms,
   save where an expert does speak to the reader ("ask your doctor") or of the text ("this document describes").

Bars (--bar): precision and recall of 0.9 on the half that was not counted in and on all of table 1; no refusal and no
message of a host in table 3. CPU time in microseconds a thought is printed, without a bar.

    python benchmarks/refusals.py [--errors] [--sample N] [--documents N] [--bar]
"""

import argparse
import csv
import io
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import zstandard

from thinkaug.checks import Check
from thinkaug.plugins import made
from thinkaug.records import Passage, Thinking, Thought
from thinkaug.stages.filtering.config import DEFAULT_CHECKS

BAR = 0.9
SEED = 6
TRIAL_DATA = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
FULL, COMPLIES = "2_full_refusal", "1_full_compliance"
_NEED_A_TEXT = ("length", "copy", "numbers", "personal")
ON_OUTPUTS = [name for name in DEFAULT_CHECKS if isinstance(name, str) and name not in _NEED_A_TEXT]
ON_EXPERTS = ("unanswered", "refusal", "addressed")
NEVER_AN_EXPERT = ("refusal", "filter_message", "service_error")
PARAGRAPH_CHARS = (80, 3000)
PARAGRAPHS_A_DOCUMENT = 10
SHOWN_CHARS = 280

Row = Mapping[str, str]
Bars = dict[str, tuple[str, bool]]


def main() -> None:
    """Print the tables, and with --bar exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="print what table 1 gets wrong")
    parser.add_argument("--sample", type=int, default=0, help="print so many of each reason of tables 2 and 3")
    parser.add_argument("--documents", type=int, default=3000, help="of table 3; 0 for all")
    parser.add_argument("--bar", action="store_true")
    arguments = parser.parse_args()
    if not TRIAL_DATA.is_dir():
        print(f"no trial data at {TRIAL_DATA}; set THINKAUG_TRIAL_DATA")
        sys.exit(1 if arguments.bar else 0)
    bars = labelled(arguments.errors)
    outputs(arguments.sample)
    bars |= experts(arguments.documents, arguments.sample)
    print()
    for name, (value, met) in bars.items():
        print(f"{'met   ' if met else 'MISSED'}  {name}: {value}")
    if arguments.bar and not all(met for _, met in bars.values()):
        sys.exit(1)


def check(name: str) -> Check:
    """A check with its default options."""
    found: Check = made("checks", name, {}, "benchmark")
    return found


def think(text: str, before: str = "", target: str = "") -> Thinking:
    """A text as a thought, a step a line."""
    passage = Passage("p", "d", 0, before + target, "", (len(before),), "")
    steps = tuple(Thought(len(before), 0, "self_talk", line) for line in text.split("\n") if line.strip())
    return Thinking(passage, len(before), 0, steps, "stop")


def labelled(errors: bool) -> Bars:
    """Table 1."""
    with (TRIAL_DATA / "llm_outputs" / "xstest_llama2orig_labelled.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    refusal = check("refusal")
    named = {row["id"]: refusal(think(row["completion"])) == "refusal" for row in rows}
    ids = sorted(named)
    random.Random(SEED).shuffle(ids)
    tuned_on = set(ids[: len(ids) // 2])
    halves = {
        "tuned on": [row for row in rows if row["id"] in tuned_on],
        "other half": [row for row in rows if row["id"] not in tuned_on],
        "all": rows,
    }
    print(f"1. refusals, labelled: {len(rows)} completions\n")
    print(f"{'':28}{'hits':>6}{'false':>7}{'missed':>8}{'passed':>8}{'precision':>11}{'recall':>8}")
    bars: Bars = {}
    for half, those in halves.items():
        for title, positive, left_out in (
            (half, (FULL,), ("3_partial_refusal",)),
            ("  partial is refusal", (FULL, "3_partial_refusal"), ()),
            ("  partial is compliance", (FULL,), ()),
        ):
            counted = [row for row in those if row["final_label"] not in left_out]
            precision, recall = score(title, counted, positive, named)
            if half != "tuned on" and title == half:
                bars[f"refusals, {half}"] = (
                    f"precision {precision:.3f}, recall {recall:.3f}",
                    min(precision, recall) >= BAR,
                )
    partial = [named[row["id"]] for row in rows if row["final_label"] == "3_partial_refusal"]
    print(f"\npartial refusals named: {sum(partial)} of {len(partial)}\n\nby type of prompt, without the partial ones")
    for kind in sorted({row["type"] for row in rows}):
        score(kind, [r for r in rows if r["type"] == kind and r["final_label"] != "3_partial_refusal"], (FULL,), named)
    if errors:
        for row in rows:
            if row["final_label"] in (FULL, COMPLIES) and named[row["id"]] != (row["final_label"] == FULL):
                fault = "false alarm" if named[row["id"]] else "missed"
                print(f"\n{fault}: {row['prompt']}\n  {shown(row['completion'])}")
    return bars


def score(title: str, rows: Iterable[Row], positive: tuple[str, ...], named: Mapping[str, bool]) -> tuple[float, float]:
    """Print one line of table 1; return precision and recall."""
    counts = Counter((row["final_label"] in positive, named[row["id"]]) for row in rows)
    hits, false, missed, passed = counts[True, True], counts[False, True], counts[True, False], counts[False, False]
    precision, recall = hits / max(1, hits + false), hits / max(1, hits + missed)
    shares = f"{precision if hits + false else float('nan'):>11.3f}{recall if hits + missed else float('nan'):>8.3f}"
    print(f"{title:28}{hits:>6}{false:>7}{missed:>8}{passed:>8}{shares}")
    return precision, recall


def outputs(sample: int) -> None:
    """Table 2."""
    thoughts: list[Thinking] = []
    answers = empty = unparsed = 0
    with (TRIAL_DATA / "llm_outputs" / "mirage_cot_raw.jsonl").open(encoding="utf-8") as file:
        for line in file:
            answers += 1
            raw: list[str] = json.loads(line)["raw"]
            empty += not raw
            for answer in raw:
                text, parsed = thought_of(answer)
                unparsed += not parsed
                thoughts.append(think(text))
    print(
        f"\n2. MIRAGE: {answers} answers, of which {empty} are empty lists and {unparsed} are not the JSON asked for\n"
    )
    print(f"{'check':16}{'reason':20}{'named':>7}{'share':>8}{'us a thought':>14}")
    named: dict[str, list[Thinking]] = defaultdict(list)
    for name in ON_OUTPUTS:
        look = check(name)
        begun = time.process_time()
        reasons = [look(thinking) for thinking in thoughts]
        each_us = (time.process_time() - begun) / len(thoughts) * 1e6
        found = Counter(reason for reason in reasons if reason) or Counter({"-": 0})
        for reason, times in sorted(found.items()):
            print(f"{name:16}{reason:20}{times:>7}{times / len(thoughts):>8.2%}{each_us:>14.0f}")
        for thinking, reason in zip(thoughts, reasons, strict=True):
            if reason:
                named[reason].append(thinking)
    print_samples({reason: [t.text for t in those] for reason, those in named.items()}, sample)


def thought_of(answer: str) -> tuple[str, bool]:
    """The thinking in an answer, or the whole answer where it is not the JSON that was asked for."""
    try:
        return str(json.loads(answer)["step_by_step_thinking"]), True
    except (ValueError, KeyError, TypeError):
        return answer, False


def experts(documents: int, sample: int) -> Bars:
    """Table 3."""
    checks = {name: check(name) for name in ON_EXPERTS}
    paragraphs: Counter[str] = Counter()
    named: dict[str, Counter[str]] = defaultdict(Counter)
    texts: dict[str, list[str]] = defaultdict(list)
    for source, thinking in expert_thoughts(documents):
        paragraphs[source] += 1
        for look in checks.values():
            if reason := look(thinking):
                named[reason][source] += 1
                texts[reason].append(f"[{source}] {thinking.text}")
    print(f"\n3. {paragraphs.total()} paragraphs of experts as thoughts: share that is named\n")
    reasons = sorted(named)
    print(f"{'source':16}{'paragraphs':>11}" + "".join(f"{reason:>16}" for reason in reasons))
    for source, total in paragraphs.most_common():
        print(f"{source:16}{total:>11}" + "".join(f"{named[reason][source] / total:>16.2%}" for reason in reasons))
    print(
        f"{'all':16}{paragraphs.total():>11}"
        + "".join(f"{named[r].total() / paragraphs.total():>16.2%}" for r in reasons)
    )
    print_samples(texts, sample)
    alarms = sum(named[reason].total() for reason in NEVER_AN_EXPERT)
    return {"experts taken for a refusal or a host's message": (f"{alarms} of {paragraphs.total()}", not alarms)}


def expert_thoughts(documents: int) -> Iterator[tuple[str, Thinking]]:
    """Up to ten paragraphs in a row of each document, each with its source; the documents are drawn by a seed."""
    with (TRIAL_DATA / "bench" / "corpus.jsonl.zst").open("rb") as file:
        lines = list(io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"))
    draw = random.Random(SEED)
    least, most = PARAGRAPH_CHARS
    for line in draw.sample(lines, min(documents or len(lines), len(lines))):
        document = json.loads(line)
        all_of_it = [paragraph[:most] for paragraph in document["text"].split("\n\n") if len(paragraph) >= least]
        first = draw.randrange(max(1, len(all_of_it) - PARAGRAPHS_A_DOCUMENT))
        row = ["", *all_of_it[first : first + PARAGRAPHS_A_DOCUMENT], ""]
        for before, paragraph, after in zip(row, row[1:-1], row[2:], strict=False):
            yield document["source"], think(paragraph, before, after)


def print_samples(texts: Mapping[str, list[str]], sample: int) -> None:
    """Some of each reason, drawn by a seed."""
    for reason, those in sorted(texts.items()) if sample else ():
        print(f"\n-- {reason}: {min(sample, len(those))} of {len(those)}")
        for text in random.Random(SEED).sample(those, min(sample, len(those))):
            print(f"   {shown(text)}")


def shown(text: str) -> str:
    """Beginning and end of a text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 2 * SHOWN_CHARS else f"{flat[:SHOWN_CHARS]} [...] {flat[-SHOWN_CHARS:]}"


if __name__ == "__main__":
    main()
