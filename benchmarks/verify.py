"""Claims judged per CPU-second by the `facts` judge, on an index of 50,000 entities; and sentences read and judged.

The table is made up: 20,000 diseases in a tree of kinds, 30,000 drugs with one to four uses and a half-life each. The
claims, of drugs drawn at random: a third are stated by the table, a third have another disease, the others are of a
kind's kind, a half-life in another unit, a wrong qualifier, a denial, a broader disease, an entity that nobody knows.
Every block draws new claims; the first one begins with nothing at hand. Reading is timed with the judge on sentences
such as "X is used in Y.", with the shipped words of `medicine`.

Bar (--bar): 20,000 claims a CPU-second, in the median of the blocks, the first among them; and the facts of the index
opened in less than 0.3 s.

    python benchmarks/verify.py [--bar] [--entities N] [--claims N]
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from thinkaug.claims import Statement
from thinkaug.claims.reading import Reader
from thinkaug.claims.relations import Relation, read_relations
from thinkaug.judges.facts import judge
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.facts import Facts
from thinkaug.knowledge.index import Index
from thinkaug.templates import Templates

BAR_CLAIMS_PER_S = 20_000
BAR_OPENING_S = 0.3
BLOCKS = 5
RELATIONS = {
    "used_in": Relation("used_in", "closed"),
    "is_a": Relation("is_a", "closed", transitive=True),
    "half_life": Relation("half_life", "closed"),
}
COLUMNS = ("subject_id", "subject", "relation", "object_id", "object", "category")
SYLLABLES = ["ba", "cor", "di", "fen", "gal", "ho", "in", "ket", "lu", "mor", "nis", "op", "pra", "rol", "sta", "tur"]
Row = tuple[str, str, str, str, str, str]
Asked = TypeVar("Asked")


def table(entities: int, draw: random.Random) -> list[Row]:
    """Facts about so many entities, two in five of them diseases, under the names of the columns."""
    diseases, drugs = entities * 2 // 5, entities * 3 // 5
    names = [f"{''.join(draw.choices(SYLLABLES, k=3))}{number:05d}" for number in range(entities)]
    rows: list[Row] = []
    for number in range(1, diseases):
        parent = draw.randrange(max(number // 8, 1))
        rows.append((f"D:{number}", names[number], "is_a", f"D:{parent}", names[parent], ""))
    for number in range(diseases, diseases + drugs):
        for disease in draw.sample(range(diseases), draw.randint(1, 4)):
            sort = draw.choice(["DM", "SYM", "NOT"])
            rows.append((f"C:{number}", names[number], "used_in", f"D:{disease}", names[disease], sort))
        rows.append((f"C:{number}", names[number], "half_life", "", f"{draw.randint(1, 48)} h", ""))
    return rows


def claims(facts: Facts, rows: Sequence[Row], count: int, draw: random.Random) -> list[Statement]:
    """So many claims about the subjects of rows drawn at random."""
    return [_claim(facts, draw.choice(rows), draw.choice(rows), draw.randrange(9)) for _ in range(count)]


def _claim(facts: Facts, row: Row, other: Row, sort: int) -> Statement:
    subject, _, relation, object_, literal, qualifier = row
    text = f"{row[1]} {relation} {literal}."
    stated = object_ or literal
    if relation == "half_life":
        hours = int(literal.split()[0])
        return Statement(text, subject, relation, f"{hours * 60} min" if sort % 2 else f"{hours + 1} h")
    if sort < 3:
        return Statement(text, subject, relation, stated, negated=sort == 0)
    if sort < 6:
        return Statement(text, subject, relation, other[3] or "D:0")
    if sort == 6:
        return Statement(text, subject, relation, stated, {"DM": "SYM", "SYM": "DM"}.get(qualifier, ""))
    if sort == 7:
        return Statement(text, subject, relation, "", reason="unknown_object")
    above = facts.of(stated, "is_a")
    return Statement(text, subject, relation, above[0].object if above else "D:0")


def sentences(rows: Sequence[Row], count: int, draw: random.Random) -> list[str]:
    """So many sentences, half of them stated by the table."""
    used = [row for row in rows if row[2] == "used_in"]
    pairs = ((draw.choice(used), draw.choice(used)) for _ in range(count))
    return [f"{row[1].title()} is used in {draw.choice((row, other))[4]}." for row, other in pairs]


def rate(settle: Callable[[Asked], object], asked: Sequence[Asked]) -> float:
    """Calls per second of CPU time, which other work on the machine does not slow down."""
    started = time.process_time()
    for each in asked:
        settle(each)
    return len(asked) / (time.process_time() - started)


def main() -> int:
    """Print the table; with --bar, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--entities", type=int, default=50_000, help="entities of the index")
    parser.add_argument("--claims", type=int, default=20_000, help="claims of one block")
    arguments = parser.parse_args()
    draw = random.Random(0)
    rows = table(arguments.entities, draw)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "facts.tsv"
        source.write_text("".join("\t".join(row) + "\n" for row in (COLUMNS, *rows)))
        index = Index.open(build_index([str(source)], f"{place}/index"))
        started = time.process_time()
        facts = Index.open(f"{place}/index").facts
        facts.of("C:1", "used_in")
        opened_s = time.process_time() - started
        settle = judge(facts, RELATIONS)
        judged, verdicts = [], Counter[str]()
        for _ in range(BLOCKS):
            asked = claims(index.facts, rows, arguments.claims, draw)  # from facts of its own: nothing is warmed
            judged.append(rate(settle, asked))
            verdicts.update(settle(each).verdict for each in asked)
        relations = read_relations("medicine", Templates())
        reader, settle = Reader(facts, relations), judge(facts, relations)

        def read(text: str) -> None:
            for statement in reader.read(text):
                settle(statement)

        both = [rate(read, sentences(rows, arguments.claims // 4, draw)) for _ in range(BLOCKS)]
    shares = ", ".join(f"{count / verdicts.total():.0%} {verdict}" for verdict, count in verdicts.most_common())
    print(f"{len(facts):,} facts about {facts.entities:,} entities, opened in {opened_s * 1000:.1f} ms")
    print(f"claims of a block: {arguments.claims:,}; verdicts: {shares}\n")
    print(f"{'':<28}{'a CPU-s':>10}{'first':>10}{'spread':>18}")
    for name, found in (("claims judged", judged), ("sentences read and judged", both)):
        spread = f"{min(found):,.0f}-{max(found):,.0f}"
        print(f"{name:<28}{statistics.median(found):>10,.0f}{found[0]:>10,.0f}{spread:>18}")
    median = statistics.median(judged)
    print(f"\nclaims judged a CPU-second {median:,.0f} (bar {BAR_CLAIMS_PER_S:,})")
    return int(arguments.bar and (median < BAR_CLAIMS_PER_S or opened_s > BAR_OPENING_S))


if __name__ == "__main__":
    sys.exit(main())
