"""What paths stand for: every file once, by the right name; what cannot be read is there too, with its reason."""

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable, UserError
from thinkaug.inputs import InputFile, find_inputs
from thinkaug.inputs.packed import endings

KNOWN = ("jsonl", "txt")
NOBODY = 65534


def tree(folder: Path, *names: str) -> Path:
    """Files that hold their own name."""
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
    return folder


def found(*paths: object, **settings: bool) -> dict[str, str]:
    """name -> what the file holds, or why it cannot be read."""
    return {file.name: read(file) for file in find_inputs([str(path) for path in paths], KNOWN, "x: paths", **settings)}


def read(file: InputFile) -> str:
    try:
        with file.open() as opened:
            return opened.read().decode()
    except Unreadable as error:
        return f"!{error.kind}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jsonl", ("jsonl", "")),
        ("a.b.JSONL.GZ", ("jsonl", "gzip")),
        ("a.txt.zst", ("txt", "zstd")),
        ("a.tar.Bz2", ("tar", "bzip2")),
        ("a.tgz", ("tar", "gzip")),
        ("a.TXZ", ("tar", "xz")),
        ("dir.d/name", ("", "")),
        ("dir.d/.hidden", ("", "")),
        (".gz", ("", "")),
        ("a.gz", ("", "gzip")),
    ],
)
def test_an_ending_is_told_from_a_packing(name: str, expected: tuple[str, str]) -> None:
    assert endings(name) == expected


def test_a_folder_gives_its_known_files_in_order_of_name(tmp_path: Path) -> None:
    tree(tmp_path, "b.txt", "a/z.jsonl", "a/y.pdf", "a.txt", "noending", "._b.txt")
    assert list(found(tmp_path)) == ["a.txt", "a/z.jsonl", "b.txt"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("?.txt", ["a.txt", "b.txt"]),
        ("[!a].txt", ["b.txt"]),
        ("d/*/c.*", ["deep/c.rst", "deep/c.txt"]),
        ("**/c.txt", ["d/deep/c.txt"]),
        ("d/**", ["c.jsonl", "deep/c.rst", "deep/c.txt"]),
        ("**/deep/**/*.txt", ["d/deep/c.txt"]),
        ("d/**/**/*.jsonl", ["c.jsonl"]),
        ("*/c.jsonl", ["d/c.jsonl"]),
    ],
)
def test_a_glob_gives_what_fits_whatever_its_ending(tmp_path: Path, pattern: str, names: list[str]) -> None:
    tree(tmp_path, "a.txt", "b.txt", "d/c.jsonl", "d/deep/c.txt", "d/deep/c.rst")
    assert list(found(tmp_path / pattern)) == names


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "a.txt", "b.txt"]), min_size=1, max_size=4), min_size=1, max_size=8),
    st.lists(st.sampled_from(["**", "*", "a*", "*.txt", "b", "?"]), min_size=1, max_size=4),
)
def test_a_glob_fits_what_the_library_says(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[str]], pattern: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("glob")
    for parts in files:
        place = folder.joinpath(*parts)
        if not any(parent.is_file() for parent in place.parents) and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("x")
    whole = "/".join([str(folder), *pattern])
    if not any(character in whole for character in "*?"):
        return
    expected = {str(place) for place in folder.glob("/".join(pattern)) if place.is_file()}
    if pattern[-1] == "**":  # that of the library stands for folders only there
        expected = {str(place) for place in folder.glob("/".join([*pattern, "*"])) if place.is_file()}
    try:
        inputs = find_inputs([whole], KNOWN, "x")
    except UserError:
        inputs = []
    assert {file.path for file in inputs if not file.kind} == expected


def test_a_file_named_twice_is_there_once_by_its_first_name(tmp_path: Path) -> None:
    tree(tmp_path, "d/a.txt")
    assert list(found(tmp_path / "d", tmp_path, tmp_path / "d" / "*.txt")) == ["a.txt"]


def test_a_name_that_looks_like_a_glob_is_a_name_first(tmp_path: Path) -> None:
    tree(tmp_path, "notes [1].txt", "notes 1.txt")
    assert found(tmp_path / "notes [1].txt") == {"notes [1].txt": "notes [1].txt"}


def test_a_name_that_is_not_utf8_is_escaped_and_the_file_read(tmp_path: Path) -> None:
    (tmp_path / "caf\udce9.txt").write_text("x")
    assert found(tmp_path) == {"caf\\udce9.txt": "x"}


@pytest.mark.parametrize("path", ["nothing.txt", "no*.txt", "nowhere/**", "x" * 5000])
def test_what_matches_nothing_is_an_error_at_once(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match=r"x: paths: .*no such file, and no file matches"):
        found(tmp_path / path)


def test_a_folder_without_a_known_file_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        found(tree(tmp_path, "a.pdf"))


def test_a_kind_of_url_that_is_not_known_is_an_error_at_once() -> None:
    with pytest.raises(UserError, match="x: paths: nope://a"):
        found("nope://a")


def test_files_elsewhere_are_listed_with_their_sizes_and_read(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    for name in ("d/a.txt", "d/e/b.jsonl", "d/c.pdf"):
        memory.pipe(f"/{tmp_path.name}/{name}", name.encode())
    url = f"memory://{tmp_path.name}"
    assert found(f"{url}/d") == {"a.txt": "d/a.txt", "e/b.jsonl": "d/e/b.jsonl"}
    assert found(f"{url}/d/*.txt") == found(f"{url}/d/a.txt") == {"a.txt": "d/a.txt"}
    (file,) = find_inputs([f"{url}/d/a.txt"], KNOWN, "x")
    assert (file.size_bytes, file.ending) == (7, "txt")
    memory.rm(f"/{tmp_path.name}/d/a.txt")
    assert (read(file), file.fingerprint()) == ("!missing", "unreadable: missing")


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt")
    assert found(f"file://{tmp_path}", tmp_path / "a.txt") == {"a.txt": "a.txt"}


def test_a_fingerprint_is_of_the_bytes(tmp_path: Path) -> None:
    (file,) = find_inputs([str(tree(tmp_path, "a.txt"))], KNOWN, "x")
    assert file.fingerprint() == sha256(b"a.txt").hexdigest()


def at_once(work: Callable[[], object]) -> None:
    """Run it aside: a test that waits for ever says nothing."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "it waits"


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    tree(tmp_path, "b.txt", "later.txt")
    os.mkfifo(tmp_path / "a.txt")
    before: list[InputFile] = []
    seen: list[object] = []

    def work() -> None:
        before.extend(find_inputs([str(tmp_path)], KNOWN, "x"))
        (tmp_path / "later.txt").unlink()
        os.mkfifo(tmp_path / "later.txt")
        for file in before:
            seen.append((file.name, read(file), file.fingerprint()[:10]))

    at_once(work)
    assert seen[0] == ("a.txt", "!not_a_file", "unreadable")
    assert seen[1][1] == "b.txt"  # type: ignore[index]
    assert seen[2] == ("later.txt", "!not_a_file", "unreadable")


def test_a_socket_or_a_device_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as open_socket:
        open_socket.bind("s.txt")
        assert found("s.txt", "/dev/null") == {"s.txt": "!not_a_file", "null": "!not_a_file"}


def test_a_dead_link_and_a_link_in_a_circle_are_reasons(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt")
    (tmp_path / "dead.txt").symlink_to("nowhere.txt")
    (tmp_path / "round.txt").symlink_to("round.txt")
    (tmp_path / "dead_folder").symlink_to("nowhere")
    expected = {"a.txt": "a.txt", "dead.txt": "!missing", "round.txt": "!missing"}
    assert found(tmp_path) == found(tmp_path / "*.txt") == expected
    assert found(tmp_path / "dead.txt") == {"dead.txt": "!missing"}


def test_a_folder_with_the_name_of_a_file_is_searched_or_is_a_reason(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "full.jsonl/part-0.jsonl")
    (tmp_path / "empty.jsonl" / "deep").mkdir(parents=True)
    assert found(tmp_path) == {
        "a.txt": "a.txt",
        "full.jsonl/part-0.jsonl": "full.jsonl/part-0.jsonl",
        "empty.jsonl": "!not_a_file",
    }
    assert found(tmp_path / "*.jsonl") == {"full.jsonl": "!not_a_file", "empty.jsonl": "!not_a_file"}


def test_a_file_that_went_away_is_a_reason(tmp_path: Path) -> None:
    files = find_inputs([str(tree(tmp_path, "a.txt", "b.txt"))], KNOWN, "x")
    (tmp_path / "a.txt").unlink()
    assert [read(file) for file in files] == ["!missing", "b.txt"]


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that any user may look into: root may read all, so these tests are somebody else for a while."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(work: Callable[[], dict[str, str]]) -> dict[str, str]:
    if os.geteuid() != 0:
        return work()
    os.seteuid(NOBODY)
    try:
        return work()
    finally:
        os.seteuid(0)


def test_a_file_or_folder_that_may_not_be_read_is_a_reason(public: Path) -> None:
    tree(public, "a.txt", "b.txt", "closed/c.txt", "d/e.txt")
    (public / "b.txt").chmod(0)
    (public / "closed").chmod(0)
    expected = {"a.txt": "a.txt", "b.txt": "!denied", "closed": "!denied", "d/e.txt": "d/e.txt"}
    assert as_nobody(lambda: found(public)) == expected


def change(place: Path) -> None:
    with place.open("a") as file:
        file.write("more\n")


def replace(place: Path) -> None:
    other = place.with_name("other")
    shutil.copy2(place, other)
    other.replace(place)


def remove(place: Path) -> None:
    place.unlink()


@pytest.mark.parametrize("disturb", [change, replace, remove])
def test_a_file_that_changes_while_it_is_read_is_a_reason(tmp_path: Path, disturb: Callable[[Path], None]) -> None:
    place = tmp_path / "a.jsonl"
    place.write_text("first\n" * 1_000_000)
    (file,) = find_inputs([str(place)], KNOWN, "x")
    lines = 0

    def read_on() -> None:
        nonlocal lines
        with file.open() as opened:
            for lines, _ in enumerate(opened, start=1):
                if lines == 10:
                    disturb(place)

    with pytest.raises(Unreadable, match="changed while it was read") as caught:
        read_on()
    assert caught.value.kind == "changed"
    assert lines >= 1_000_000


def test_a_file_that_was_not_read_to_its_end_may_change(tmp_path: Path) -> None:
    place = tree(tmp_path, "a.txt") / "a.txt"
    (file,) = find_inputs([str(place)], KNOWN, "x")

    def fail() -> None:
        with file.open():
            change(place)
            raise KeyError

    with pytest.raises(KeyError):  # whatever went wrong is not hidden
        fail()


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """in/: a file, and links to a file and a folder outside of it, and within."""
    tree(tmp_path, "out/secret.txt", "out/more/deep.txt", "in/a.txt", "in/real/b.txt")
    (tmp_path / "in" / "file.txt").symlink_to("../out/secret.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "inner.txt").symlink_to("real/b.txt")
    return tmp_path / "in"


def test_a_link_out_of_the_folder_is_refused(linked: Path) -> None:
    assert found(linked) == {
        "a.txt": "in/a.txt",
        "file.txt": "!outside",
        "folder": "!outside",
        "real/b.txt": "in/real/b.txt",
    }
    assert found(linked / "*.txt")["file.txt"] == "!outside"
    assert found(linked / "**" / "*.txt")["folder"] == "!outside"
    (file,) = (file for file in find_inputs([str(linked)], KNOWN, "x") if file.name == "file.txt")
    with pytest.raises(Unreadable, match=r"a link to .*/out/secret\.txt, outside .* `follow_links: true`"), file.open():
        pass


def test_a_link_out_of_the_folder_is_followed_when_that_is_asked_for(linked: Path) -> None:
    assert found(linked, follow_links=True) == {
        "a.txt": "in/a.txt",
        "file.txt": "out/secret.txt",
        "folder/more/deep.txt": "out/more/deep.txt",
        "real/b.txt": "in/real/b.txt",
    }


def test_a_link_that_is_itself_named_is_followed(linked: Path) -> None:
    assert found(linked / "file.txt") == {"file.txt": "out/secret.txt"}
    assert found(linked / "folder") == {"more/deep.txt": "out/more/deep.txt", "secret.txt": "out/secret.txt"}


def test_a_link_to_a_sibling_with_a_longer_name_leads_out(tmp_path: Path) -> None:
    tree(tmp_path, "in/a.txt", "in-other/b.txt")
    (tmp_path / "in" / "b.txt").symlink_to("../in-other/b.txt")
    assert found(tmp_path / "in") == {"a.txt": "in/a.txt", "b.txt": "!outside"}


@pytest.mark.parametrize("follow_links", [False, True])
def test_links_among_folders_come_to_an_end(tmp_path: Path, follow_links: bool) -> None:
    names = [f"d{n}" for n in range(12)]
    tree(tmp_path, *(f"{name}/a.txt" for name in names))
    for name in names:
        (tmp_path / name / "up").symlink_to("..")
        for other in names:
            (tmp_path / name / f"to_{other}").symlink_to(f"../{other}")
    seen: list[Sequence[str]] = []
    at_once(lambda: seen.extend([list(found(tmp_path, follow_links=follow_links)), list(found(tmp_path / "**/*.txt"))]))
    assert seen == [sorted(f"{name}/a.txt" for name in names)] * 2


def test_a_glob_goes_through_links_within_the_folder(tmp_path: Path) -> None:
    tree(tmp_path, "real/a.txt")
    (tmp_path / "by_link").symlink_to("real")
    assert found(tmp_path / "by_*" / "*.txt") == {"by_link/a.txt": "real/a.txt"}


def test_apples_shadow_files_are_no_files(tmp_path: Path) -> None:
    assert list(found(tree(tmp_path, "a.txt", "._a.txt", "d/._b.jsonl"))) == ["a.txt"]
