"""The files of an archive are read in place; what may not or cannot be read is a reason, and the others go on."""

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable
from thinkaug.inputs import ARCHIVES, find_inputs
from thinkaug.inputs.archives import members
from thinkaug.sources.parquet import parquet

KNOWN = ("jsonl", "txt", "parquet")
Files = Mapping[str, bytes]


def tar(files: Files, form: int = tarfile.PAX_FORMAT) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=form) as archive:
        for name, body in files.items():
            add(archive, name, body)
    return sink.getvalue()


def add(archive: tarfile.TarFile, name: str, body: bytes = b"", **about: object) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(body)
    for key, value in about.items():
        setattr(info, key, value)
    archive.addfile(info, io.BytesIO(body))


def zipped(files: Files, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", how) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return sink.getvalue()


PACKED: dict[str, Callable[[Files], bytes]] = {
    "a.tar": tar,
    "a.tar.gz": lambda files: gzip.compress(tar(files)),
    "a.tgz": lambda files: gzip.compress(tar(files)),
    "a.tar.zst": lambda files: pa.compress(tar(files), codec="zstd", asbytes=True),
    "a.tar.bz2": lambda files: bz2.compress(tar(files)),
    "a.TAR.XZ": lambda files: lzma.compress(tar(files)),
    "b.tar.gz": tar,  # as what fetches it unpacks it on the way, and keeps the name
    "a.zip": zipped,
    "a.zip.gz": lambda files: gzip.compress(zipped(files)),
    "stored.zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "lzma.zip": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "bzip2.zip": lambda files: zipped(files, zipfile.ZIP_BZIP2),
}
every_kind = pytest.mark.parametrize("name", PACKED)
FILES = {"in/one.jsonl": b"1\n2\n", "in/deep/two.txt": b"two", "three.txt": b"3" * 200_000, "four.txt": b""}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., dict[str, bytes | str]]:
    """Write an archive and read it: name of each member -> its bytes, or why it cannot be read."""

    def reading(name: str, body: bytes) -> dict[str, bytes | str]:
        (tmp_path / name).write_bytes(body)
        got: dict[str, bytes | str] = {}
        for file in find_inputs([str(tmp_path)], [*KNOWN, *ARCHIVES], "x"):
            for member in file.members(KNOWN):
                try:
                    with member.open() as opened:
                        got[member.name] = opened.read()
                except Unreadable as error:
                    got[member.name] = f"{error.kind}: {error}"
        return got

    return reading


Read = Callable[[str, bytes], dict[str, bytes | str]]


@every_kind
def test_the_members_are_the_files(read: Read, name: str) -> None:
    files = {**FILES, "picture.png": b"png", "no_ending": b"x", "in/._one.jsonl": b"apple"}
    got = read(name, PACKED[name](files))
    assert got == {f"{name}/{inner}": body for inner, body in FILES.items()}
    assert list(got) == [f"{name}/{inner}" for inner in FILES]


@every_kind
def test_a_member_that_is_packed_once_more_is_unpacked(read: Read, name: str) -> None:
    assert read(name, PACKED[name]({"a.jsonl.gz": gzip.compress(b"1\n")})) == {f"{name}/a.jsonl.gz": b"1\n"}


@every_kind
def test_a_member_need_not_be_read_to_its_end_nor_at_all(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PACKED[name](FILES))
    (file,) = find_inputs([str(tmp_path)], ARCHIVES, "x")
    got = []
    for number, member in enumerate(file.members(KNOWN)):
        if number % 2 == 0:
            with member.open() as opened:
                got.append(opened.read(3))
    assert got == [b"1\n2", b"333"]


@every_kind
@pytest.mark.parametrize(
    "bad", ["../up.txt", "/etc/abs.txt", "in/../../up.txt", "..\\up.txt", "C:\\abs.txt", "C:/a.txt"]
)
def test_a_name_that_leads_out_is_refused_and_the_others_go_on(read: Read, name: str, bad: str) -> None:
    got = read(name, PACKED[name]({"a.txt": b"a", bad: b"evil", "b.txt": b"b"}))
    assert got.pop(f"{name}/{bad}") == "outside: its name leads out of the archive"
    assert got == {f"{name}/a.txt": b"a", f"{name}/b.txt": b"b"}


@every_kind
def test_an_archive_within_is_refused_and_the_others_go_on(read: Read, name: str) -> None:
    got = read(name, PACKED[name]({"a.txt": b"a", "in.zip": zipped(FILES), "in.tgz": b"", "b.txt": b"b"}))
    kinds = {
        key.removeprefix(f"{name}/"): str(text).split(":")[0] for key, text in got.items() if isinstance(text, str)
    }
    assert kinds == {"in.zip": "nested", "in.tgz": "nested"}
    assert len(got) == 4


def test_a_name_with_two_dots_is_only_a_name(read: Read) -> None:
    files = {"a..b.txt": b"a", "..c.txt": b"c", "in/...txt": b"d"}
    assert read("a.tar", tar(files)) == {f"a.tar/{name}": body for name, body in files.items()}


def test_links_and_devices_of_a_tar_are_refused_and_the_others_go_on(read: Read) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        add(archive, "folder.txt", type=tarfile.DIRTYPE)
        add(archive, "a.txt", b"a")
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, b"Q")):
            add(archive, f"{number}.txt", type=kind, linkname="/etc/passwd")
        add(archive, "b.txt", b"b")
    got = read("a.tar", sink.getvalue())
    assert got.pop("a.tar/a.txt") == b"a"
    assert got.pop("a.tar/b.txt") == b"b"
    assert got == {f"a.tar/{number}.txt": "not_a_file: a link or a device, not a file" for number in range(5)}


def test_a_link_of_a_zip_is_refused_and_the_others_go_on(read: Read) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b.txt", "b")
        archive.mkdir("folder.txt")
    got = read("a.zip", sink.getvalue())
    assert got == {"a.zip/link.txt": "not_a_file: a link or a device, not a file", "a.zip/b.txt": b"b"}


def test_an_encrypted_member_is_refused_and_the_others_go_on(read: Read) -> None:
    body = bytearray(zipped({"a.txt": b"secret", "b.txt": b"b"}))
    body[6] |= 1
    body[body.index(b"PK\x01\x02") + 8] |= 1
    assert read("a.zip", bytes(body)) == {
        "a.zip/a.txt": "encrypted: it takes a password; unpack it first",
        "a.zip/b.txt": b"b",
    }


def test_a_member_packed_in_an_unknown_way_is_a_reason_and_the_others_go_on(read: Read) -> None:
    body = bytearray(zipped({"a.txt": b"aaaa", "b.txt": b"b"}))
    body[8] = body[body.index(b"PK\x01\x02") + 10] = 99
    got = read("a.zip", bytes(body))
    assert str(got["a.zip/a.txt"]).startswith("damaged: the zip does not give it: ")
    assert got["a.zip/b.txt"] == b"b"


def test_a_damaged_member_of_a_zip_is_a_reason_and_the_others_go_on(read: Read) -> None:
    lines = b"".join(b"line %d\n" % (n * n) for n in range(100_000))
    body = bytearray(zipped({"a.txt": lines, "b.txt": b"b"}))
    body[len(body) // 2] ^= 0xFF
    got = read("a.zip", bytes(body))
    assert str(got["a.zip/a.txt"]).startswith("damaged: its zip stream is damaged here")
    assert got["a.zip/b.txt"] == b"b"


@every_kind
def test_an_archive_that_is_cut_off_gives_the_members_before_and_a_reason(read: Read, name: str) -> None:
    files = {f"{number}.txt": Random(number).randbytes(40_000).hex().encode() for number in range(20)}
    body = PACKED[name](files)
    got = read(name, body[: len(body) * 2 // 3])
    whole = {key: text for key, text in got.items() if isinstance(text, bytes)}
    assert whole == {f"{name}/{number}.txt": files[f"{number}.txt"] for number in range(len(whole))}
    reasons = {key: str(text).split(":")[0] for key, text in got.items() if isinstance(text, str)}
    if "zip" in name.lower():
        assert reasons == {name: "truncated" if name.endswith("gz") else "damaged"}  # its list stands at the end
    else:
        assert len(whole) > 9
        assert set(reasons) == {f"{name}/{len(whole)}.txt", name}
        assert set(reasons.values()) == {"truncated"}


def test_a_tar_cut_off_between_two_members_says_so(read: Read) -> None:
    body = tar({"a.txt": b"a"}, tarfile.USTAR_FORMAT)[:1024]
    got = read("a.tar", body)
    assert got["a.tar/a.txt"] == b"a"
    assert str(got["a.tar"]).startswith("truncated: the tar has no end mark")


def test_a_tar_that_is_damaged_in_the_middle_does_not_end_in_silence(read: Read) -> None:
    body = bytearray(tar({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"}, tarfile.USTAR_FORMAT))
    body[1024] ^= 0xFF
    got = read("a.tar", bytes(body))
    assert got["a.tar/a.txt"] == b"a"
    assert str(got["a.tar"]).startswith("damaged: no tar, or not from here on")


def test_tars_behind_each_other_are_one(read: Read) -> None:
    assert read("a.tar.gz", gzip.compress(tar({"a.txt": b"a"})) + gzip.compress(tar({"b.txt": b"b"}))) == {
        "a.tar.gz/a.txt": b"a",
        "a.tar.gz/b.txt": b"b",
    }


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.zip"])
@pytest.mark.parametrize("body", [b"", b"plain words " * 100, b"PK\x03\x04" + b"x" * 600, bytes(range(256)) * 10])
def test_what_is_no_archive_is_a_reason(read: Read, name: str, body: bytes) -> None:
    got = read(name, body)
    assert list(got) == [name]
    assert str(got[name]).split(":")[0] in ("damaged", "truncated")


def test_an_archive_that_changes_while_it_is_read_is_a_reason(tmp_path: Path) -> None:
    place = tmp_path / "a.tar"
    place.write_bytes(tar(FILES))
    (file,) = find_inputs([str(tmp_path)], ARCHIVES, "x")
    kinds = []
    for number, member in enumerate(file.members(KNOWN)):
        if number == 1:
            with place.open("ab") as archive:
                archive.write(bytes(1024))
        try:
            with member.open() as opened:
                opened.read()
            kinds.append("")
        except Unreadable as error:
            kinds.append(error.kind)
    assert kinds == ["", "", "", "", "changed"]


def test_an_archive_is_not_looked_for_unless_its_ending_is_known(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar(FILES))
    (tmp_path / "a.txt").write_text("a")
    assert [file.name for file in find_inputs([str(tmp_path)], KNOWN, "x")] == ["a.txt"]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="/\\\0:"), min_size=1, max_size=40).map(
            "x{}.txt".format
        ),
        st.binary(max_size=1500).map(b"x".__add__),  # not packed
        max_size=5,
    )
)
@settings(deadline=None, max_examples=60)
def test_every_form_of_tar_gives_what_was_put_in(form: int, files: dict[str, bytes]) -> None:
    if form == tarfile.USTAR_FORMAT:
        files = {name: body for name, body in files.items() if len(name.encode()) <= 100}
    listed = {}
    for member in members(io.BufferedReader(io.BytesIO(tar(files, form))), "a.tar", lambda name: True):  # type: ignore[type-var]
        with member.open() as opened:
            listed[member.name.removeprefix("a.tar/")] = opened.read()
    assert listed == files


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_long_name_is_whole(read: Read, form: int) -> None:
    name = "/".join(["folder" * 10] * 6) + "/\u00e9.txt"
    assert read("a.tar", tar({name: b"a", "b.txt": b"b"}, form)) == {f"a.tar/{name}": b"a", "a.tar/b.txt": b"b"}


def test_a_size_in_an_extended_head_counts(read: Read) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        add(archive, "a.txt", b"abc", pax_headers={"size": "3", "comment": "x\ny=z"})
        add(archive, "b.txt", b"b")
    assert read("a.tar", sink.getvalue()) == {"a.tar/a.txt": b"abc", "a.tar/b.txt": b"b"}


def test_a_sparse_file_is_refused_and_the_others_go_on(read: Read) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        about = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": "a.txt",
            "GNU.sparse.realsize": "9",
        }
        add(archive, "GNUSparseFile.0/a.txt", b"1\n0\n9\n" + bytes(506) + b"x" * 9, pax_headers=about)
        add(archive, "b.txt", b"b")
    got = read("a.tar", sink.getvalue())
    assert got == {"a.tar/a.txt": "not_a_file: a sparse file; pack it without `--sparse`", "a.tar/b.txt": b"b"}


def test_what_a_tar_says_of_one_file_has_an_end() -> None:
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, 200 << 20
    stream = gzip.compress(head.tobuf(tarfile.USTAR_FORMAT) + bytes(200 << 20), 1)
    tracemalloc.start()
    with gzip.open(io.BytesIO(stream)) as file, pytest.raises(Unreadable, match="about one file"):
        list(members(file, "a.tar", lambda name: True))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 16 << 20


def test_very_many_heads_in_a_row_are_no_matter() -> None:
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, 0
    body = head.tobuf(tarfile.USTAR_FORMAT) * 5000 + tar({"a.txt": b"a"})
    (member,) = members(io.BufferedReader(io.BytesIO(body)), "a.tar", lambda name: True)  # type: ignore[type-var]
    assert member.name == "a.tar/a.txt"


@pytest.mark.parametrize("kind", ["tar", "zip"])
@given(st.data())
@settings(deadline=None, max_examples=150)
def test_no_bytes_end_in_another_way(kind: str, data: st.DataObject) -> None:
    body = bytearray(
        (tar if kind == "tar" else zipped)({"a.txt": b"abc" * 100, "x" * 120 + ".txt": b"b", "c.jsonl": b"1\n"})
    )
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = body[: data.draw(st.integers(0, len(body)))]
    for given_body in (body, cut):
        try:
            for member in members(io.BufferedReader(io.BytesIO(given_body)), f"a.{kind}", lambda name: True):  # type: ignore[type-var]
                try:
                    with member.open() as opened:
                        opened.read()
                except Unreadable:
                    continue
        except Unreadable:
            continue


@every_kind
def test_a_table_in_an_archive_is_read(tmp_path: Path, name: str) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["one", "two"]}), sink)
    (tmp_path / name).write_bytes(PACKED[name]({"t.parquet": sink.getvalue()}))
    (file,) = find_inputs([str(tmp_path)], ARCHIVES, "x")
    for member in file.members(KNOWN):
        with member.open() as opened:
            rows = [row.fields for row in parquet()(opened, member.name)]
    assert rows == [{"text": "one"}, {"text": "two"}]


def test_a_zip_that_unpacks_to_very_much_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({f"{n}.txt": bytes(100 << 20) for n in range(3)}))
    (file,) = find_inputs([str(tmp_path)], ARCHIVES, "x")
    tracemalloc.start()
    total = 0
    for member in file.members(KNOWN):
        with member.open() as opened:
            while data := opened.read1(1 << 20):
                total += len(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 300 << 20
    assert most < 16 << 20
