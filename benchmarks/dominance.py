"""What the profile says of a domain of sums, where it should find that calculating carries the text, not recalling.

A small Llama is trained on texts of `domains/arithmetic.py` with thoughts in them, whole, in part and none, and scores
by gain. The thoughts of the corpus come from the domain's grammar, through the `generate` stage; all else is the real
pipeline: ingest, segment, generate, score, pack, and `thinkaug profile`. Recall steps stand in every thought.

Bar (--bar): the verdict is reasoning-dominant, the whole interval below one half.

    python benchmarks/dominance.py [--bar] [--folder DIR] [--steps N] [--documents N]
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from domains.arithmetic import Problem, documents, rendered, text_of

import thinkaug
from thinkaug.corpus_profile import profile
from thinkaug.demo.train import Training, printed, train, train_on
from thinkaug.demo.voice import Voice
from thinkaug.dialogue import Ask, Message
from thinkaug.engines.scripted import Scripted
from thinkaug.measures.dominance import REASONING
from thinkaug.steps import write_steps
from thinkaug.yaml import write_yaml

_LEXICON_DOCUMENTS = 3000
_TRAINING_SEED, _CORPUS_SEED = 1_000_003, 5


def learn(folder: Path, steps: int) -> None:
    """Train the scorer, on one core, and write it to `folder`."""
    lexicon = [(Message("user", text), Message("assistant", "")) for text in _texts(0, _LEXICON_DOCUMENTS)]
    # A tokenizer and fresh weights; what is learned is learned from texts.
    train(folder, iter(lexicon), lexicon, Training(steps=1, pool=64))
    train_on(folder, folder, _texts(_TRAINING_SEED), Training(steps=steps), printed(time.monotonic(), every=100))


def _texts(seed: int, most: int | None = None) -> Iterator[str]:
    for number in count() if most is None else range(most):
        voice = Voice(seed + number)
        yield from (rendered(problems, voice) for problems in documents(1, seed + number))


def writer(corpus: Sequence[tuple[Problem, ...]]) -> Scripted:
    """An engine that thinks by the grammar: it knows each stretch of the corpus, and what goes before it."""
    thoughts: dict[tuple[str, str], str] = {}
    for problems in corpus:
        for one in problems:
            thoughts["", one.question] = write_steps(one.before_question)
            thoughts[one.question, one.answer] = write_steps(one.before_answer)
    known = {part for key in thoughts for part in key if part}

    def answer(ask: Ask) -> str:
        lines = [line for line in ask.messages[-1].content.splitlines() if line in known]
        before = lines[-2] if len(lines) > 1 else ""
        return thoughts.get((before, lines[-1])) or thoughts["", lines[-1]]

    return Scripted(answer, name="grammar of sums")


def pipeline(folder: Path) -> Mapping[str, object]:
    """The settings of the build, for YAML."""
    return {
        "name": "arithmetic",
        "out": str(folder / "builds"),
        "engines": {"scorer": {"model": str(folder / "model"), "max_model_len": 2048}},
        "stages": [
            {"ingest": {"paths": [str(folder / "sums.jsonl")]}},
            {"segment": {"window_chars": 1500, "stretch_chars": 0}},
            {"generate": {"prompts": "brief", "vary": [], "temperature": 0}},
            {"score": {"by": "gain", "kinds": True, "engine": "scorer"}},
            {"pack": {"count_with": "scorer"}},
        ],
    }


def main() -> int:
    """Print the profile; with --bar, return 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when the bar is missed")
    parser.add_argument("--folder", type=Path, help="where model, corpus and build are kept; default: nowhere")
    parser.add_argument("--steps", type=int, default=1500, help="training steps")
    parser.add_argument("--documents", type=int, default=150, help="of the corpus")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as nowhere:
        folder = arguments.folder or Path(nowhere)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "model").is_dir():
            learn(folder / "model", arguments.steps)
        corpus = list(documents(arguments.documents, _CORPUS_SEED))
        rows = (json.dumps({"text": text_of(problems)}) + "\n" for problems in corpus)
        (folder / "sums.jsonl").write_text("".join(rows), encoding="utf-8")
        (folder / "arithmetic.yaml").write_text(write_yaml(pipeline(folder)), encoding="utf-8")
        plan = thinkaug.run(str(folder / "arithmetic.yaml"), engines={"writer": writer(corpus)})
        found = profile(plan)
        print("\n".join(found.lines))
    return int(arguments.bar and found.dominance.verdict != REASONING)


if __name__ == "__main__":
    sys.exit(main())
