"""Rounds: a later round's engine is the model of the first one, trained on the shards of the round before it.

Knows the settings of one engine, a folder of shards and a command; not what a plan is, nor how the command trains.
"""

import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Annotated

from annotated_types import Gt, Le

from thinkaug import shipped
from thinkaug.dialogue import Engine
from thinkaug.durable import replace_folder, sync_folder, write_whole
from thinkaug.engines.fingerprint import fingerprint
from thinkaug.errors import UserError, unknown
from thinkaug.records import content_id
from thinkaug.stage import EngineSpec

_LAST_LINES, _LAST_BYTES = 10, 8192  # of a failed command's output
_PLACES = {
    "model": "the model to start from",
    "shards": "the finished data set to train on",
    "out": "the folder to write the model into, which is not there yet",
}


@dataclass(frozen=True)
class Rounds:
    """How often a pipeline's later stages are gone through, each time with a better model.

    Args:
        train: the command that trains, run without a shell; `python` as its first word is the Python that runs this.
            Put in are {model}, the model to start from, the first round's own; {shards}, the data set of the round
            before, which holds what all rounds so far have written; and {out}, the folder to write.
        count: rounds in all; 1 trains nothing.
        engine: the one of the pipeline's engines whose model is trained.
    """

    train: str
    count: Annotated[int, Gt(0), Le(100)] = 2
    engine: str = "writer"

    def check(self, engines: Mapping[str, EngineSpec], where: str) -> None:
        """Look at whatever can be looked at before the first round.

        Raises:
            UserError: there is no such engine, its model cannot be trained, or the command cannot be run.
        """
        if self.engine not in engines:
            raise unknown("engine", self.engine, engines, f"{where}: engine")
        spec = engines[self.engine]
        if not is_dataclass(spec) or "model" not in {field.name for field in fields(spec)}:
            raise UserError(f"{where}: engine: '{self.engine}' has no model that could be put in place of its own")
        try:
            words = shlex.split(self.train)
        except ValueError as error:
            raise UserError(f"{where}: train: {error}") from error
        if not words:
            raise UserError(f"{where}: train: a command was expected; it trains a model on {{shards}} into {{out}}")
        for place in ("shards", "out"):
            if f"{{{place}}}" not in self.train:
                raise UserError(f"{where}: train: it does not say {{{place}}}, {_PLACES[place]}")
        if words[0] != "python" and shutil.which(words[0]) is None:
            raise UserError(f"{where}: train: there is no program '{words[0]}' on the search path")


ONCE = Rounds(train="", count=1)
"""What a pipeline does that says nothing of rounds."""


@dataclass(frozen=True)
class Trained:
    """The settings of an engine whose model is yet to be trained: where it comes from says what it will be.

    Args:
        base: the first round's engine: a dataclass whose `model` can be replaced.
        round: the round that the model is trained on.
        command: as in `Rounds.train`.
        shards: that round's finished data set.
        digest: of everything that shaped the data set.
        root: the folder of the build.
        note: told what takes a while.
        environment: of the command. An engine that was started in this process may have changed the process's own.
    """

    base: EngineSpec
    round: int
    command: str
    shards: Path
    digest: str
    root: Path
    note: Callable[[str], None] = field(default=lambda text: None, compare=False, repr=False)
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), compare=False, repr=False)

    @property
    def name(self) -> str:
        """The model trained, the round it is trained on, and the beginning of its identity's digest."""
        return f"{self.base.name}+r{self.round}-{self._digest8}"

    @property
    def folder(self) -> Path:
        """Where the trained model lies, whole or not at all. What it was made of stands beside it, `.json`, `.log`."""
        return self.root / f"model-{self._digest8}"

    def identity(self) -> Mapping[str, object]:
        """Its provenance, known before it is trained: the model it starts from, what it is trained on, and how."""
        return self._provenance

    def as_trained(self) -> Mapping[str, object]:
        """Its provenance, and the weights that came of it."""
        return {**self._provenance, "weights": json.loads(self._record.read_bytes())["fingerprint"]}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the model counts that it starts from."""
        return self.base.count_tokens(texts)

    def open(self) -> Engine:
        """Start it; train it first, if that is not done yet.

        Raises:
            UserError: the data set is not there, or the command failed or wrote no model.
        """
        trained_on = self._data()
        if not self._is_trained_on(trained_on):
            with self._alone() as lock:
                if not self._is_trained_on(trained_on):  # by another process, while this one waited
                    self._train(trained_on, lock)
        return _with_model(self.base, self.folder).open()

    @cached_property
    def _provenance(self) -> Mapping[str, object]:
        return {"kind": "trained", "base": self.base.identity(), "shards": self.digest, "command": self.command}

    @cached_property
    def _digest8(self) -> str:
        return content_id(json.dumps(self._provenance, sort_keys=True, ensure_ascii=True, default=str))[:8]

    @property
    def _record(self) -> Path:
        return self.folder.with_suffix(".json")

    @property
    def _log(self) -> Path:
        return self.folder.with_suffix(".log")

    def _data(self) -> str:
        """One hash of all the shards: a data set that was made again may be another, though its settings are not."""
        try:
            manifest = json.loads((self.shards / "manifest.json").read_bytes())
        except OSError as error:
            raise UserError(f"round {self.round} has left no shards: {error.filename}: {error.strerror}") from error
        return content_id(*(shard["sha256"] for shard in manifest["shards"]))

    def _is_trained_on(self, data: str) -> bool:
        try:
            record = json.loads(self._record.read_bytes())
        except (OSError, ValueError):
            return False
        return (self.folder / "config.json").is_file() and record["data"] == data

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """No other process trains this model meanwhile, nor a command that outlived the run which started it.

        What is given is the lock's descriptor: a command that holds it too keeps the lock for as long as it lives.
        """
        place = self.root / f".{self.folder.name}.lock"
        with place.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.note(f"another process is training {self.folder.name}: waiting for it; it writes to {self._log}")
                fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield lock.fileno()
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)

    def _train(self, data: str, lock: int) -> None:
        scratch = self.root / f".{self.folder.name}.training"
        shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
        words = self._words(scratch)
        self.note(f"training on round {self.round}: {shlex.join(words)}; it writes to {self._log}")
        started = time.monotonic()
        try:
            self._call(words, lock)
            if not (scratch / "config.json").is_file():
                raise UserError(f"rounds: train: the command wrote no config.json into {{out}}; see {self._log}")
            self._record.unlink(missing_ok=True)
            replace_folder(scratch, self.folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        record = {
            "command": words,
            "digest": self.digest,
            "data": data,
            "fingerprint": fingerprint(str(self.folder), "main"),
            "seconds": round(time.monotonic() - started, 3),
        }
        write_whole(self._record, json.dumps(record, indent=2) + "\n")  # the mark that it is done
        sync_folder(self.root)

    def _words(self, out: Path) -> list[str]:
        """The command with its places filled: each stays within its word, whatever characters it holds."""
        model = shipped.locate(_model(self.base))
        filled = {
            "model": str(Path(model).absolute()) if Path(model).is_dir() else model,
            "shards": str(self.shards.absolute()),
            "out": str(out.absolute()),
        }
        first, *rest = shlex.split(self.command)
        words = [sys.executable if first == "python" else first, *rest]
        return [re.sub(r"\{(model|shards|out)\}", lambda found: filled[found[1]], word) for word in words]

    def _call(self, words: Sequence[str], lock: int) -> None:
        with self._log.open("wb") as log:
            try:
                code = subprocess.run(  # noqa: S603  # the user's own command, and no shell
                    words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, pass_fds=(lock,)
                ).returncode
            except OSError as error:
                raise UserError(f"rounds: train: {words[0]}: cannot be run: {error.strerror}") from error
        if code:
            with self._log.open("rb") as written:
                last = _last_lines(written)
            raise UserError(f"rounds: train: the command ended with {code}; see {self._log}, which ends:\n{last}")


def _model(spec: EngineSpec) -> str:
    model: str = spec.model  # type: ignore[attr-defined]  # `Rounds.check` has looked
    return model


def _with_model(spec: EngineSpec, folder: Path) -> EngineSpec:
    return replace(spec, model=str(folder))  # type: ignore[type-var]  # a dataclass: `Rounds.check` has looked


def _last_lines(log: IO[bytes]) -> str:
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - _LAST_BYTES))
    lines = log.read().decode("utf-8", "replace").splitlines()
    # What a command wrote must not steer the terminal.
    shown = ["".join(filter(str.isprintable, line)) for line in lines if line.strip()]
    return "\n".join(f"  {line}" for line in shown[-_LAST_LINES:])
