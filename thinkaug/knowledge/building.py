"""building: paths -> the folder of an index, whole or absent. The same input and settings give the same bytes.

All entries are in memory while it is built, about 5 kB for one of two sentences.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_hex

import pyarrow as pa

from thinkaug.durable import replace_folder, write_durably
from thinkaug.errors import UserError
from thinkaug.inputs import InputFile, find_inputs
from thinkaug.knowledge import fact_files, layout
from thinkaug.knowledge.entry import Entry
from thinkaug.knowledge.reading import ENDINGS, Gathered, gather, reader_of
from thinkaug.knowledge.sorted_texts import write_sorted
from thinkaug.knowledge.stating import stating
from thinkaug.knowledge.stored_entries import write_pieces
from thinkaug.knowledge.tokens import Tokenizer, name_key, tokenizer
from thinkaug.knowledge.wording import Config, wording
from thinkaug.records import content_id
from thinkaug.schema import arrow_schema, as_plain, to_batch

VERSION = 2  # raised when the same input and settings give another index
_BATCH_ROWS = 1000
_BATCH_CHARS = 64 << 20
_MOST_SOURCES = 20


def build_index(paths: Sequence[str], out: str, config: Config | None = None) -> Path:
    """Build the index of all entries and facts in the files, or leave one that is up to date alone.

    Args:
        paths: files, folders, globs or fsspec URLs, compressed or not.
        out: the folder to be written. An index that is there is replaced when the new one is finished.
        config: the settings; None for the usual ones.

    Returns:
        The folder.

    Raises:
        UserError: nothing to read, a setting that cannot be, or a folder that cannot be written.
    """
    config = config or Config()
    tokenize = tokenizer(config.stemmer)
    wording(config)  # whatever is wrong with the settings should be said before files are read
    stating(config)
    files = find_inputs(paths, ENDINGS, "index")
    for file in files:
        if not file.kind:  # what cannot be read is left out with its reason
            reader_of(file, config)
    shaped_by = _shaped_by(files, config)
    digest = content_id(json.dumps(shaped_by, sort_keys=True))
    place = Path(out).resolve()
    if layout.up_to_date(place, digest):
        return place
    gathered = gather(files, config)
    if not gathered.entries:
        reasons = "; ".join(f"{row.file}:{row.line}: {row.reason}: {row.detail}" for row in gathered.left_out[:3])
        where = ", ".join(paths)
        raise UserError(f"index: {where}: no entry in {gathered.rows} rows; {reasons or 'the files are empty'}")
    new = place.with_name(f".{place.name}.{token_hex(4)}.tmp")
    try:
        new.mkdir(parents=True)
        _write(new, gathered, config, tokenize)
        summary = {"spec": layout.SPEC, "digest": digest, **_counts(gathered), "files": layout.files_of(new)}
        write_durably(new / layout.SUMMARY, _json({**summary, "shaped_by": shaped_by}))
        replace_folder(new, place)
    except OSError as error:
        raise UserError(f"{place}: cannot be written: {error.strerror or error}; say --out another/folder") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return place


def _shaped_by(files: Iterable[InputFile], config: Config) -> Mapping[str, object]:
    return {
        "spec": layout.SPEC,
        "version": VERSION,
        "inputs": [[file.name, file.fingerprint()] for file in files],
        "settings": as_plain(config),
        "libraries": {name: _installed(name) for name in ("bm25s", *(["PyStemmer"] if config.stemmer else []))},
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _counts(gathered: Gathered) -> Mapping[str, object]:
    origins = Counter((entry.source, entry.version) for entry in gathered.entries).most_common()
    return {
        "rows": gathered.rows,
        "entries": len(gathered.entries),
        "left_out": dict(Counter(row.reason for row in gathered.left_out).most_common()),
        "origins": len(origins),
        "sources": [{"source": s, "version": v, "entries": n} for (s, v), n in origins[:_MOST_SOURCES]],
        "facts": fact_files.counts(gathered.facts),
    }


def _write(folder: Path, gathered: Gathered, config: Config, tokenize: Tokenizer) -> None:
    _write_entries(folder / layout.ENTRIES, gathered.entries)
    write_pieces(folder / layout.PIECES, (entry.text for entry in gathered.entries))
    _write_names(folder / layout.NAMES, gathered.entries)
    _write_words(folder, gathered.entries, config, tokenize)
    fact_files.write_facts(folder, gathered.facts)
    rows = ",\n".join(json.dumps(as_plain(row)) for row in gathered.left_out)
    write_durably(folder / layout.LEFT_OUT, f"[\n{rows}\n]\n")


def _write_entries(path: Path, entries: Sequence[Entry]) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, arrow_schema(Entry)) as writer:
        batch: list[Entry] = []
        chars = 0
        for entry in entries:
            size = len(entry.text) + len(entry.title) + sum(map(len, entry.synonyms))
            if batch and (len(batch) == _BATCH_ROWS or chars + size > _BATCH_CHARS):
                writer.write_batch(to_batch(Entry, batch))
                batch, chars = [], 0
            batch.append(entry)
            chars += size
        writer.write_batch(to_batch(Entry, batch))


def _write_names(path: Path, entries: Sequence[Entry]) -> None:
    """Titles and synonyms by key; a name that is both counts as title, one that stands twice counts once."""
    names = {
        (key, row, name): synonym
        for row, entry in enumerate(entries)
        for synonym, name in [*((1, name) for name in entry.synonyms), (0, entry.title)]
        if (key := name_key(name))
    }
    ordered = sorted(names.items(), key=lambda name: (name[0][0].encode(), name[0][1:]))
    columns = {
        "key": pa.array([key for (key, _, _), _ in ordered], pa.large_string()),
        "row": pa.array([row for (_, row, _), _ in ordered], pa.int32()),
        "name": pa.array([name for (_, _, name), _ in ordered], pa.large_string()),
        "synonym": pa.array([synonym for _, synonym in ordered], pa.int8()),
    }
    write_sorted(path, pa.RecordBatch.from_pydict(columns))


def _write_words(folder: Path, entries: Sequence[Entry], config: Config, tokenize: Tokenizer) -> None:
    from bm25s import BM25

    numbers: dict[str, int] = {"": 0}  # an entry without words holds this one: bm25s takes no empty ones
    spelt = [
        [numbers.setdefault(token, len(numbers)) for token in _searched(entry, tokenize)] or [0] for entry in entries
    ]
    vocabulary = sorted(numbers)
    places = [0] * len(numbers)
    for place, token in enumerate(vocabulary):
        places[numbers[token]] = place
    bm25 = BM25(k1=config.k1, b=config.b, method="lucene")
    words = {token: place for place, token in enumerate(vocabulary)}
    bm25.index(([[places[number] for number in entry] for entry in spelt], words), False, show_progress=False)
    bm25.vocab_dict = {}  # it stands in words.arrow, where it need not be read to be searched
    bm25.save(folder / layout.BM25, show_progress=False)
    write_sorted(folder / layout.WORDS, pa.RecordBatch.from_pydict({"word": pa.array(vocabulary, pa.large_string())}))


def _searched(entry: Entry, tokenize: Tokenizer) -> list[str]:
    """The words an entry is found by. A name that its text has already would count twice."""
    names = (name for name in (entry.title, *entry.synonyms) if name not in entry.text)
    return [token for text in (*names, entry.text) for token in tokenize(text)]


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
