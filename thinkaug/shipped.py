"""What travels with the program: templates, pipelines, and the demo's data and model. Knows nothing of their use."""

from pathlib import Path, PurePosixPath

from thinkaug.errors import UserError

SCHEME = "shipped:"


def root() -> Path:
    """The folder that holds `templates/`, `pipelines/` and `data/`: inside the wheel, else the checkout."""
    inside = Path(__file__).parent / "_shipped"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def locate(path: str) -> str:
    """`shipped:model` -> the path of `data/model` among the shipped files; any other path as it is.

    Raises:
        UserError: the name leaves the shipped folder, or nothing of that name is shipped.
    """
    if not path.startswith(SCHEME):
        return path
    name = PurePosixPath(path.removeprefix(SCHEME))
    if name.is_absolute() or ".." in name.parts:
        raise UserError(f"{path}: a shipped name may not leave the shipped folder")
    place = root() / "data" / name
    if not place.exists() and not any(character in path for character in "*?["):
        raise UserError(f"{path}: nothing of that name is shipped; see {root() / 'data'}")
    return str(place)
