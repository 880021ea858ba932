"""folders: the files below a folder of this machine, or those that fit a glob. Knows nothing of what is in them.

No link is followed out of the folder unless that is asked for. What cannot be read is found too, with the reason.
"""

import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path

from thinkaug.errors import Unreadable
from thinkaug.inputs.local_files import Found, found, refused

_OUTSIDE = "a link to {target}, outside the folder that was named; say `follow_links: true` to read it"
_LIKE_A_FILE = "a folder with the name of a file, and no file of a known kind in it"


def below(folder: str, known: Callable[[str], bool], follow_links: bool) -> list[Found]:
    """The files at any depth whose name is `known`, in order of name. Raises nothing."""
    return _Search(folder, ("**",), known, known, follow_links).run()


def matching(folder: str, pattern: Sequence[str], known: Callable[[str], bool], follow_links: bool) -> list[Found]:
    """The files whose path below `folder` fits a glob, whatever their name, in order of name. Raises nothing.

    Args:
        folder: the part before the first `*`, `?` or `[`.
        pattern: what follows, split at the slashes; `**` stands for folders at any depth.
        known: a folder that fits is spoken of only if it has the name of a file.
        follow_links: where they lead out of `folder`.
    """
    return _Search(folder, pattern, known, lambda name: True, follow_links).run()


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder to be looked through, or a link. `at`: how far the pattern is matched; there may be several ways."""

    path: str
    name: str
    real: str
    at: frozenset[int]
    by_link: bool = False


@dataclass
class _Search:
    """First the folder itself, which is a tree, then what its links lead to, each folder once: so there is an end."""

    folder: str
    pattern: Sequence[str]
    known: Callable[[str], bool]
    wanted: Callable[[str], bool]
    follow_links: bool
    found: list[Found] = field(default_factory=list)
    links: deque[_Place] = field(default_factory=deque)
    linked: set[tuple[str, frozenset[int]]] = field(default_factory=set)
    like_files: list[_Place] = field(default_factory=list)

    def run(self) -> list[Found]:
        self.fits = [None if part == "**" else re.compile(translate(part)).match for part in self.pattern]
        self.root = os.path.realpath(self.folder)
        self._enter(_Place(self.folder, "", self.root, self._ways({0})))
        while self.links:
            self._follow(self.links.popleft())
        self._miss_folders()
        once: dict[str, Found] = {}
        for file in self.found:
            once.setdefault(file.real, file)  # by the name that it has without a link, where there is one
        return sorted(once.values(), key=lambda file: file.name)

    def _ways(self, at: set[int]) -> frozenset[int]:
        """`**` stands for no folder at all too; the last one for at least a file."""
        for place in sorted(at):
            while place < len(self.fits) - 1 and self.fits[place] is None:
                place += 1
                at.add(place)
        return frozenset(at)

    def _step(self, at: Iterable[int], name: str) -> frozenset[int]:
        """How far the pattern is matched below `name`; its length where all of it is."""
        further: set[int] = set()
        for place in at:
            if place < len(self.fits):
                fits = self.fits[place]
                if fits is None:
                    further |= {place, place + 1} if place == len(self.fits) - 1 else {place}
                elif fits(name):
                    further.add(place + 1)
        return self._ways(further)

    def _enter(self, place: _Place) -> None:
        """Look through a folder and all below it, links aside. Not by recursion: a tree may be deep."""
        waiting = [place]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder.path) as entries:
                    for entry in entries:
                        waiting += self._entry(folder, entry)
            except OSError as error:
                self.found.append(refused(folder.path, folder.name or ".", folder.real, error))

    def _entry(self, folder: _Place, entry: os.DirEntry[str]) -> Iterator[_Place]:
        """Take the entry; if it is a folder that must be looked through, that is given back."""
        at = self._step(folder.at, entry.name)
        if not at:
            return
        name = f"{folder.name}/{entry.name}" if folder.name else entry.name
        real = f"{folder.real}/{entry.name}"
        if entry.is_symlink():
            self.links.append(_Place(entry.path, name, real, at, folder.by_link))
        elif entry.is_dir(follow_symlinks=False):
            yield from self._folder(_Place(entry.path, name, real, at, folder.by_link))
        elif len(self.fits) in at and self.wanted(name):
            self.found.append(found(entry.path, name, real, entry.stat))

    def _folder(self, place: _Place) -> Iterator[_Place]:
        if self._hit(place) and self.known(place.name):
            self.like_files.append(place)
        if not self._goes_deeper(place) or (place.by_link and (place.real, place.at) in self.linked):
            return
        if place.by_link:
            self.linked.add((place.real, place.at))
        yield place

    def _hit(self, place: _Place) -> bool:
        return len(self.fits) in place.at

    def _goes_deeper(self, place: _Place) -> bool:
        return any(at < len(self.fits) for at in place.at)

    def _matters(self, place: _Place, is_folder: bool) -> bool:
        if is_folder:
            return self._goes_deeper(place) or (self._hit(place) and self.known(place.name))
        return self._hit(place) and self.wanted(place.name)

    def _follow(self, link: _Place) -> None:
        try:
            status = Path(link.path).stat()
        except OSError:
            if self._hit(link) and self.known(link.name):
                self.found.append(found(link.path, link.name, link.real))
            return
        real = os.path.realpath(link.path)
        place = _Place(link.path, link.name, real, link.at, by_link=True)
        is_folder = stat.S_ISDIR(status.st_mode)
        if not self._inside(real) and not self.follow_links:
            if self._matters(place, is_folder):
                reason = Unreadable("outside", _OUTSIDE.format(target=real))
                self.found.append(refused(link.path, link.name, link.real, reason))
        elif is_folder:
            for inner in self._folder(place):
                self._enter(inner)
        elif self._matters(place, is_folder):
            self.found.append(found(place.path, place.name, real))

    def _inside(self, real: str) -> bool:
        return real == self.root or real.startswith(self.root.rstrip("/") + "/")

    def _miss_folders(self) -> None:
        if not self.like_files:
            return
        full = {name[:end] for name in (file.name for file in self.found) for end in _slashes(name)}
        for place in self.like_files:
            if place.name not in full:
                self.found.append(refused(place.path, place.name, place.real, Unreadable("not_a_file", _LIKE_A_FILE)))


def _slashes(name: str) -> Iterator[int]:
    return (place for place, character in enumerate(name) if character == "/")
