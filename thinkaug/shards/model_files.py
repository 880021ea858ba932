"""model_files: the small JSON files of a model, of a folder or of the Hub. Knows nothing of what they say."""

from pathlib import Path
from typing import Any, cast

import orjson

from thinkaug.errors import UserError
from thinkaug.shipped import locate


class ModelFiles:
    """The files beside a model's weights.

    Args:
        model: a folder, a `shipped:` path or a Hub id.
        revision: of a Hub model.
    """

    def __init__(self, model: str, revision: str) -> None:
        self._model, self._revision = model, revision
        place = Path(locate(model))
        self._folder = place if place.is_dir() else None

    @property
    def name(self) -> str:
        """Of the model; of a folder its last part alone: where it lies on this machine is nobody's business."""
        return self._folder.resolve().name if self._folder is not None else self._model

    def needed(self, name: str) -> bytes:
        """What a file holds.

        Raises:
            UserError: there is none.
        """
        try:
            path = self._path(name)
        except OSError as error:
            raise UserError(f"pack: tokenizer: {self._model}: no {name}: {error}") from error
        if path is None:
            raise UserError(f"pack: tokenizer: {self._model}: no {name}; name a model's folder or Hub id that has one")
        return path.read_bytes()

    def known(self, name: str) -> dict[str, Any]:
        """The object in a file; empty where there is no such file.

        Raises:
            UserError: it is no JSON object.
        """
        try:
            path = self._path(name)
        except OSError:
            return {}  # the Hub has no such file, or none of it lies here and the Hub cannot be reached
        if path is None:
            return {}
        try:
            found = orjson.loads(path.read_bytes())
        except ValueError as error:
            raise UserError(f"pack: tokenizer: {self._model}: {name} cannot be read: {error}") from error
        if not isinstance(found, dict):
            raise UserError(f"pack: tokenizer: {self._model}: {name} is no JSON object")
        return cast(dict[str, Any], found)

    def _path(self, name: str) -> Path | None:
        if self._folder is not None:
            path = self._folder / name
            return path if path.is_file() else None
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HFValidationError

        try:
            return Path(hf_hub_download(self._model, name, revision=self._revision))
        except HFValidationError as error:
            raise UserError(f"pack: tokenizer: {self._model}: neither a folder nor a Hub id: {error}") from error
