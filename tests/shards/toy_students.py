"""Tokenizers of the kinds that models have, built here, as folders of models; and samples for them."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from thinkaug.records import Sample
from thinkaug.schema import arrow_schema

CORPUS = [
    "The patient's heart beat ninety times a minute, and the murmur was gone by the evening.",
    "What would I expect here? A fever first;\n\nthen the cough.\r\nNothing else follows from it.",
    "Ünïcode ﬁne café, naïve élan, 日本語の文章, 🫀🏽 and שלום עולם.",
    "<thinking>\nIt must be so.\n</thinking>\n",
] * 8
MARKERS = ("<|thinking|>", "<|/thinking|>")
HOSTILE = [
    *(
        "a",
        "The heart",
        " beat",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "x\u0301",
        "\u0301",
        "e\u0323\u0301",
        "É",
        "Å",
        "ﬁne",
        "①",
    ),
    *(
        "ﷺ",
        "🫀🏽",
        "👩\u200d👩\u200d👧",
        "🇨🇭",
        "日本語",
        "שלום",
        "\x00",
        "\u200b",
        "\u2581",
        "\u2581a",
        "Ġa",
        "##a",
        "<0x41>",
    ),
    *("<s>", "</s>", "<unk>", "[CLS]", "[UNK]", "<thinking>\n", "\n</thinking>\n", *MARKERS, "\ufeff", "ß", "İ"),
    *("\u1e9b\u0323", "가", "\u1112\u1161"),
]

texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=3)), max_size=12).map("".join)
"""Texts of what tokenizers treat differently."""


@cache
def bytelevel() -> Tokenizer:
    """Byte-level BPE that opens a text with <s>, and trims offsets, as GPT-2's and Llama 3's do."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=["<s>", "</s>"], initial_alphabet=letters, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    opening = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 0)])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), opening])
    return tokenizer


@cache
def metaspace(scheme: str = "first") -> Tokenizer:
    """Unigram behind NFKC, with a space before the first word: as SentencePiece has it."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme)
    special = ["<s>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=160, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


@cache
def prepended() -> Tokenizer:
    """BPE with bytes to fall back on, behind a normaliser that puts the space: as Llama 2 has it."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=special, limit_alphabet=60, show_progress=False)
    tokenizer.train_from_iterator([text.replace(" ", "\u2581") for text in CORPUS], trainer)
    described = json.loads(tokenizer.to_str())
    described["added_tokens"] = [token for token in described["added_tokens"] if token["id"] < 3]
    return Tokenizer.from_str(json.dumps(described))


@cache
def wordpiece() -> Tokenizer:
    """WordPiece behind BERT's normaliser: lower case, no accents, characters left out; between [CLS] and [SEP]."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[CLS]", "[SEP]", "[UNK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 1), ("[CLS]", 0))
    return tokenizer


STUDENTS = {
    "bytelevel": bytelevel,
    "metaspace": metaspace,
    "metaspace_always": lambda: metaspace("always"),
    "prepended": prepended,
    "wordpiece": wordpiece,
}
EOS = {"wordpiece": "[SEP]"}


def folder(place: Path, tokenizer: Tokenizer, **files: Any) -> str:
    """A model's folder with a tokenizer; `files` are other JSON files in it, without `.json`."""
    place.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(place / "tokenizer.json"))
    for name, content in files.items():
        (place / f"{name}.json").write_text(json.dumps(content))
    return str(place)


def sample(number: int, parts: Iterable[tuple[str, str, float]]) -> dict[str, Any]:
    """A row of a sample whose spans are these (text, kind, weight); empty ones are left out."""
    spans, position, whole = [], 0, ""
    for text, kind, weight in parts:
        if text:
            spans.append({"start": position, "end": position + len(text), "kind": kind, "weight": weight})
            position += len(text)
            whole += text
    row = {"id": f"{number:032x}", "text": whole, "spans": spans, "no_loss_ranges": []}
    return {**row, "source": "toy", "domain": "", "meta": "{}"}


def batch(*samples: Sequence[tuple[str, str, float]]) -> pa.RecordBatch:
    """A batch of samples, each a list of (text, kind, weight)."""
    rows = [sample(number, parts) for number, parts in enumerate(samples)]
    return pa.RecordBatch.from_pylist(rows, schema=arrow_schema(Sample))


@st.composite
def samples(draw: st.DrawFn) -> list[tuple[str, str, float]]:
    """A hostile text in spans cut anywhere, of which the last has a weight."""
    text = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    kinds = draw(st.lists(st.sampled_from(["text", "recall", "self_talk"]), min_size=len(parts), max_size=len(parts)))
    weights = [draw(st.sampled_from([0.0, 0.5, 1.0, 2.0])) for _ in parts]
    filled = [place for place, part in enumerate(parts) if part]
    if filled:
        weights[filled[-1]] = 1.0
    return list(zip(parts, kinds, weights, strict=True))


def brute_force(tokenizer: Tokenizer, text: str, ends: Sequence[int]) -> list[int]:
    """How many tokens each span has, by looking at every offset: those whose last character lies in it."""
    counts = [0] * len(ends)
    for _, end in tokenizer.encode(text, add_special_tokens=False).offsets:
        counts[next(span for span, stop in enumerate(ends) if max(end, 1) <= stop)] += 1
    return counts
