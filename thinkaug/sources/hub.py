"""hub: data sets of the Hugging Face Hub, or folders of the same layout: one row one record. Never runs their code.

What ingest opens in place of a file holds only the data set's path: `datasets` itself finds and reads the files.
"""

import io
import logging
import lzma
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from thinkaug.errors import Unreadable, UserError
from thinkaug.formats.arrow_rows import plain_rows
from thinkaug.inputs import folders, local_files
from thinkaug.inputs.packed import Opened, opened, storable
from thinkaug.plugins import made
from thinkaug.records import content_id
from thinkaug.stage import Raw

_SCHEME = "hf://datasets/"
_BATCH_ROWS = 1000
_MOST_CHARS = 500
_SIZE_UNKNOWN = 1 << 40  # a piece of work by itself
_HINT = "to keep the other rows, name its files and read them by their own format"
_PROBLEMS = (OSError, ValueError, TypeError, LookupError, RuntimeError, EOFError, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, slots=True)
class Hub:
    """The source, with its options. `hub` says what they are."""

    split: str
    config: str
    revision: str
    streaming: bool
    data_files: tuple[str, ...]
    columns: tuple[str, ...]

    def __call__(self, file: IO[bytes], name: str) -> Iterator[Raw]:
        """The rows of the data set whose path the file holds. Ids are `name/split#1` and so on.

        Raises:
            Unreadable: an error on the way; `datasets` goes no further. The rows before stand.
            UserError: it cannot be had at all.
        """
        path = file.read().decode("utf-8", "surrogateescape")
        with _quiet():
            rows = self.load(path)
            number = 0
            try:
                for batch in _batches(rows):
                    for found in plain_rows(batch, checked=False):
                        number += 1
                        record = f"{name}/{self.split}#{number}"
                        if isinstance(found, Unreadable):
                            yield Raw(record, None, f"row {number}: {found}", kind=found.kind)
                        else:
                            yield Raw(record, found)
            except _problems() as error:
                raise Unreadable("hub", f"after row {number} of {self.split}: {_line(error)}; {_HINT}") from error

    def load(self, path: str) -> Any:
        """The rows as `datasets` gives them; where they are not streamed, all of them are looked through now.

        Raises:
            UserError: there is no such data.
            Unreadable: it is damaged.
        """
        import datasets

        if _is_saved(path):
            return self._saved(path)
        try:
            rows = datasets.load_dataset(path, split=self.split, streaming=self.streaming, **self._which())
            return rows.select_columns(list(self.columns)) if self.columns else rows
        except datasets.exceptions.DatasetGenerationError as error:
            raise Unreadable("hub", f"{_line(error.__cause__ or error)}; {_HINT}") from error
        except _problems() as error:
            raise _refusal(path, error) from error

    def check(self, path: str) -> str:
        """The version of the data set: of one of the Hub, its commit.

        Raises:
            UserError: there is no such data set or split.
        """
        import datasets

        with _quiet():
            if self.streaming or _is_saved(path):
                self.load(path)  # reads no rows yet, and says what is wrong with the split
            if _is_saved(path):
                return ""
            try:
                return str(datasets.load_dataset_builder(path, **self._which()).hash)
            except _problems() as error:
                raise _refusal(path, error) from error

    def _which(self) -> Mapping[str, Any]:
        files = list(self.data_files) or None
        return {"name": self.config or None, "revision": self.revision or None, "data_files": files}

    def _saved(self, path: str) -> Any:
        import datasets

        try:
            found = datasets.load_from_disk(path)
        except _problems() as error:
            raise _refusal(path, error) from error
        if isinstance(found, datasets.DatasetDict):
            if self.split not in found:
                raise UserError(f"ingest: {path}: no split '{self.split}'; there are: {', '.join(found)}")
            found = found[self.split]
        return found.select_columns(list(self.columns)) if self.columns else found


def hub(
    *,
    split: str = "train",
    config: str = "",
    revision: str = "",
    streaming: bool = True,
    data_files: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> Hub:
    """The rows of a data set as records.

    Args:
        split: `train`, or `train[:1000]` where it is not streamed.
        config: the name of its configuration, where it has several.
        revision: a commit, tag or branch; empty is the newest. A commit pins what is read.
        streaming: read on the way, nothing is stored; else all of it is downloaded first.
        data_files: only these files of it, globs too.
        columns: only these are read; none reads all.
    """
    return Hub(split, config, revision, streaming, tuple(data_files), tuple(columns))


@dataclass(frozen=True, slots=True)
class HubInput:
    """A data set in the place of a file: it has what `thinkaug.inputs.InputFile` has for ingest."""

    path: str
    name: str
    size_bytes: int
    source: Hub
    follow_links: bool

    @property
    def ending(self) -> str:
        """There is none."""
        return ""

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """The data set's path, which is all that the source needs."""
        body = io.BytesIO(self.path.encode("utf-8", "surrogateescape"))
        with opened(body, self.name) as file:
            yield file

    def members(self, known: Iterable[str]) -> Iterator["HubInput"]:
        """Itself."""
        yield self

    def fingerprint(self) -> str:
        """The commit; of a local folder, a hash of its files.

        Raises:
            UserError: there is no such data set, configuration or split; or it is neither in reach nor in the cache.
        """
        version = self.source.check(self.path)
        return content_id(*_files(self.path, self.follow_links)) if Path(self.path).is_dir() else version


def hub_inputs(
    paths: Sequence[str], options: Mapping[str, Any], where: str, *, follow_links: bool = False
) -> list[HubInput]:
    """The data sets of those ids and folders. Asks nobody yet: `HubInput.fingerprint` does.

    Args:
        paths: `org/name`, with or without `hf://datasets/` before it, or folders of data files.
        options: those of `hub`.
        where: the setting that holds them, for what is said of it.
        follow_links: whether links in a folder may lead out of it.

    Raises:
        UserError: there is no such option, or a value is of another type.
    """
    source: Hub = made("sources", "hub", options, where)
    found = {}
    for path in paths:
        folder = Path(path)
        name = folder.resolve().name if folder.is_dir() else path.removeprefix(_SCHEME)
        size = sum(file.size_bytes for file in _listed(path)) if folder.is_dir() else _SIZE_UNKNOWN
        found[path] = HubInput(path, storable(name), size, source, follow_links)
    return list(found.values())


def _listed(path: str, follow_links: bool = True) -> list[local_files.Found]:
    return folders.below(path, lambda name: True, follow_links)


def _files(path: str, follow_links: bool) -> Iterator[str]:
    """Name and hash of each file of a folder, as parts of its identity."""
    for file in _listed(path, follow_links):
        if file.kind == "outside":
            raise UserError(f"ingest: {path}: {file.name}: {file.problem}")
        try:
            yield f"{storable(file.name)}={file.kind or local_files.sha256_of(file.path)}"
        except Unreadable as error:
            yield f"{storable(file.name)}={error.kind}"


def _is_saved(path: str) -> bool:
    """Whether `save_to_disk` has written the folder: `load_dataset` does not read such."""
    return any((Path(path) / name).is_file() for name in ("state.json", "dataset_dict.json"))


def _batches(rows: Any) -> Iterator[pa.RecordBatch]:
    """As columns, not as values: pictures and sounds beside the text are not decoded.

    `datasets` gathers a batch across files, and an error takes all of it along: from there on it is asked row by row.
    """
    given = 0
    try:
        for table in rows.with_format("arrow").iter(_BATCH_ROWS):
            yield from table.to_batches()
            given += table.num_rows
    except _problems():
        for table in rows.skip(given).with_format("arrow").iter(1):
            yield from table.to_batches()


def _problems() -> tuple[type[Exception], ...]:
    from datasets.exceptions import DatasetsError
    from httpx import HTTPError

    return (*_PROBLEMS, DatasetsError, HTTPError)


def _refusal(path: str, error: Exception) -> UserError:
    if isinstance(error, ConnectionError):
        return UserError(
            f"ingest: {path}: the Hub is not in reach, and the data set is not in the cache ({_line(error)}); "
            "connect to the network, or name a folder that holds its files"
        )
    return UserError(f"ingest: {path}: {_line(error)}; see `options: {{hub: ...}}` for split, config and revision")


def _line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().replace("\n", " ")[:_MOST_CHARS]


@contextmanager
def _quiet() -> Iterator[None]:
    """No bars, no log lines: what went wrong is in the reasons."""
    import datasets
    from huggingface_hub.utils import logging as hub_logs
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    logs = (datasets.utils.logging, hub_logs)
    levels = [log.get_verbosity() for log in logs]
    hidden = datasets.are_progress_bars_disabled(), are_progress_bars_disabled()
    datasets.disable_progress_bars()
    disable_progress_bars()
    for log in logs:
        log.set_verbosity(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.set_verbosity(level)
        if not hidden[0]:
            datasets.enable_progress_bars()
        if not hidden[1]:
            enable_progress_bars()
