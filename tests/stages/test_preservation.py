"""Promise 1 on real texts: what leaves the shards without its thoughts is what came in, byte for byte."""

import json
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import zstandard

import thinkaug
from thinkaug.engines.scripted import Scripted
from thinkaug.rendering.stripping import strip_columns

WRITER = Scripted(lambda ask: f"What is it that matters here, of {ask.seed} things?\n\nThe <thinking> of 🫀.")


def test_the_whole_bench_corpus_comes_out_as_it_went_in(trial_data: Path, tmp_path: Path) -> None:
    corpus = trial_data / "bench" / "corpus.jsonl.zst"
    stages = [
        {"ingest": {"paths": [str(corpus)], "duplicates": "keep"}},
        {"segment": {"window_chars": 8000}},
        {"generate": {"strategy": "hidden_thought", "vary": []}},
        {"pack": {"count_tokens": False}},
    ]
    (tmp_path / "toy.yaml").write_text(json.dumps({"stages": stages}))
    plan = thinkaug.run(str(tmp_path / "toy.yaml"), out=str(tmp_path / "out"), engines={"writer": WRITER})
    ingested = {row.id: row.text for row in plan.steps[0].folder.all_rows()}
    pieces: dict[str, dict[int, str]] = defaultdict(dict)
    thoughts = 0
    for shard in sorted((plan.shards / "train" / "shards").iterdir()):
        table = pa.ipc.open_stream(pa.memory_map(str(shard))).read_all().combine_chunks()
        (batch,) = table.to_batches()
        for text, meta in zip(
            strip_columns(batch.column("text"), batch.column("spans")).text.to_pylist(),
            batch.column("meta").to_pylist(),
            strict=True,
        ):
            about = json.loads(meta)
            pieces[about["document"]][about["start"]] = text
        thoughts += batch.num_rows
    assert thoughts >= len(ingested) > 14_000
    for document, text in ingested.items():
        assert "".join(part for _, part in sorted(pieces.pop(document).items())) == text
    assert not pieces
    with corpus.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as lines:
        records = [json.loads(line)["text"] for line in lines.read().splitlines()]
    whole = {sha256(text.encode()).digest() for text in records}
    same = sum(sha256(text.encode()).digest() in whole for text in ingested.values())
    print(f"{len(records)} records, {len(ingested)} documents, {same} exactly as they stand in the file")
    assert same > 0.9 * len(ingested)
