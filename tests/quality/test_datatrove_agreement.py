"""The verdicts on real documents are those of datatrove's filters, nearly always."""

import io
import json
import random
from pathlib import Path

import pytest

from thinkaug.plugins import made

DOCUMENTS = 150
LEAST_AGREEMENT = 0.98  # of so few documents: three may differ; benchmarks/filters.py looks at thousands


@pytest.mark.parametrize(
    ("rule", "peer"),
    [
        ("gopher_quality", "GopherQualityFilter"),
        ("gopher_repetition", "GopherRepetitionFilter"),
        ("c4", "C4QualityFilter"),
        ("fineweb", "FineWebQualityFilter"),
    ],
)
def test_verdicts_agree(trial_data: Path, rule: str, peer: str) -> None:
    pytest.importorskip("spacy", reason="datatrove's word tokenizer needs spacy")
    zstandard = pytest.importorskip("zstandard")
    filters = pytest.importorskip("datatrove.pipeline.filters")
    data = pytest.importorskip("datatrove.data")

    with (trial_data / "bench" / "corpus.jsonl.zst").open("rb") as file:
        texts = [
            json.loads(line)["text"] for line in io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))
        ]
    texts = random.Random(6).sample([text for text in texts if len(text) < 20_000 and "\n " not in text], DOCUMENTS)
    check, theirs = made("quality", rule, {}, "test"), getattr(filters, peer)()
    kept = [theirs.filter(data.Document(text=text, id="")) is True for text in texts]
    assert 0 < sum(kept) < DOCUMENTS
    assert (
        sum((check(text) == "") == keep for text, keep in zip(texts, kept, strict=True)) >= LEAST_AGREEMENT * DOCUMENTS
    )
