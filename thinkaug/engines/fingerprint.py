"""Which model is this, exactly? A name that changes when the weights do. Knows nothing of engines."""

from hashlib import blake2b
from pathlib import Path

from thinkaug.errors import UserError

_WHOLE_BYTES = 64 << 20
_SAMPLES = 64
_SAMPLE_BYTES = 1 << 20
_ENDINGS = {".json", ".safetensors", ".bin", ".model", ".jinja", ".gguf", ".txt", ".py"}


def fingerprint(model: str, revision: str) -> str:
    """A model folder's content hash, or a Hub model's commit.

    Of files over 64 MB only the size and 64 evenly spaced megabytes are hashed: enough to tell two trainings apart.

    Raises:
        UserError: the model is neither a folder nor to be had from the Hub or its cache.
    """
    return _folder_hash(Path(model)) if Path(model).is_dir() else _hub_commit(model, revision)


def _folder_hash(folder: Path) -> str:
    if not (folder / "config.json").is_file():
        raise UserError(f"{folder}: a folder without config.json is not a model")
    digest = blake2b(digest_size=16)
    for place in sorted(folder.iterdir()):
        if place.suffix in _ENDINGS and place.is_file():
            digest.update(f"{place.name}\0{place.stat().st_size}\0".encode())
            for part in _parts(place):
                digest.update(part)
    return digest.hexdigest()


def _parts(place: Path) -> list[bytes]:
    size = place.stat().st_size
    if size <= _WHOLE_BYTES:
        return [place.read_bytes()]
    with place.open("rb") as file:
        parts = []
        for number in range(_SAMPLES):
            file.seek((size - _SAMPLE_BYTES) * number // (_SAMPLES - 1))
            parts.append(file.read(_SAMPLE_BYTES))
        return parts


def _hub_commit(model: str, revision: str) -> str:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        snapshot = snapshot_download(model, revision=revision, allow_patterns=["config.json"])
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(
            f"'{model}' (revision {revision}) is no model folder here, nor to be had from the Hub: {reason}"
        ) from error
    return Path(snapshot).name
