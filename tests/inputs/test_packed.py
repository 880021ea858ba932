"""A packed file is read by what its bytes are; one that is cut off or damaged gives what stands before that."""

import bz2
import gzip
import io
import json
import lzma
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import fsspec
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable, UserError
from thinkaug.inputs import find_inputs
from thinkaug.inputs.packed import Opened, opened
from thinkaug.inputs.spooled import seekable


def zstd(body: bytes) -> bytes:
    return pa.compress(body, codec="zstd", asbytes=True)  # type: ignore[no-any-return]


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": zstd,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
CALLED = {"gz": "gzip", "zst": "zstd", "bz2": "bzip2", "xz": "xz"}
every_packing = pytest.mark.parametrize("ending", PACKINGS)
LINES = b"".join(b"line %d: %d\n" % (n, n * n) for n in range(20_000))


def read(body: bytes, name: str) -> tuple[bytes, str, tuple[str, ...]]:
    """(what can be read, why no more, what the name told wrong)."""
    got, mended = b"", ()
    try:
        with opened(io.BytesIO(body), name) as file:
            mended = file.mended
            while data := file.read1(1 << 16):
                got += data
    except Unreadable as error:
        return got, error.kind, mended
    return got, "", mended


@every_packing
@pytest.mark.parametrize("name", ["a.jsonl.{}", "a.jsonl.{}.{}", "a.{}"])
def test_a_packed_file_is_unpacked(ending: str, name: str) -> None:
    assert read(PACKINGS[ending](LINES), name.format(ending, ending)) == (LINES, "", ())


@every_packing
def test_a_packed_file_by_another_name_is_unpacked_and_that_is_said(ending: str) -> None:
    said = (f"unpacked_{CALLED[ending]}",)
    assert read(PACKINGS[ending](LINES), "a.jsonl") == (LINES, "", said)
    other = "xz" if ending == "gz" else "gz"
    assert read(PACKINGS[ending](LINES), f"a.jsonl.{other}") == (LINES, "", said)


@every_packing
@pytest.mark.parametrize(
    "body", [LINES, "utf-16: \u00e9\n".encode("utf-16"), b"PAR1" + bytes(100), b"a\0b" + b"c" * 99]
)
def test_a_plain_file_with_a_packed_name_is_read_as_it_is_and_that_is_said(ending: str, body: bytes) -> None:
    assert read(body, f"a.jsonl.{ending}") == (body, "", (f"not_{CALLED[ending]}",))


@every_packing
def test_several_streams_behind_each_other_are_one_file(ending: str) -> None:
    pack = PACKINGS[ending]
    assert read(pack(LINES) + pack(b"") + pack(b"end\n"), f"a.{ending}") == (LINES + b"end\n", "", ())


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz"])
def test_zeros_behind_a_stream_are_padding(ending: str) -> None:
    pack = PACKINGS[ending]
    assert read(pack(LINES) + bytes(9000) + pack(b"end\n") + bytes(7), f"a.{ending}") == (LINES + b"end\n", "", ())


@every_packing
def test_what_follows_a_stream_and_is_none_is_not_passed_over(ending: str) -> None:
    got, kind, _ = read(PACKINGS[ending](LINES) + b'{"text": "lost?"}\n' * 9, f"a.{ending}")
    assert kind == "damaged"
    assert LINES.startswith(got)
    assert len(got) > len(LINES) - 4096


@every_packing
@given(body=st.binary(max_size=300) | st.integers(1, 60_000).map(lambda size: LINES[:size]), share=st.floats(0, 1))
@settings(deadline=None, max_examples=40)
def test_a_stream_that_is_cut_off_gives_what_stands_before(ending: str, body: bytes, share: float) -> None:
    packed = PACKINGS[ending](body)
    cut = int(share * (len(packed) - 1))
    got, kind, _ = read(packed[:cut], f"a.{ending}")
    assert kind == "truncated"
    assert body.startswith(got)


def test_of_a_long_stream_that_is_cut_off_little_is_lost() -> None:
    for ending in ("gz", "zst"):
        packed = PACKINGS[ending](LINES)
        got, kind, _ = read(packed[: len(packed) // 2], f"a.{ending}")
        assert kind == "truncated"
        assert len(LINES) // 4 < len(got) < len(LINES)


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz"])  # a zstd stream need not hold a checksum, and these hold none
@given(place=st.floats(0, 1), byte=st.integers(1, 255))
@settings(deadline=None, max_examples=60)
def test_a_damaged_stream_is_never_taken_for_whole(ending: str, place: float, byte: int) -> None:
    packed = bytearray(PACKINGS[ending](LINES[:5000]))
    where = int(place * (len(packed) - 1))
    packed[where] ^= byte
    if ending == "gz":
        assume(where > 9)  # flags and times before: they may say anything
    got, kind, _ = read(bytes(packed), f"a.{ending}")
    assert kind in ("damaged", "truncated") or got == LINES[:5000]


@every_packing
@given(start=st.binary(max_size=12), rest=st.binary(max_size=200))
@settings(deadline=None, max_examples=60)
def test_no_bytes_end_in_another_way(ending: str, start: bytes, rest: bytes) -> None:
    head = PACKINGS[ending](b"x")
    for body in (start + rest, head[: len(start)] + rest):
        got, kind, mended = read(body, f"a.{ending}")
        assert kind in ("", "damaged", "truncated")
        assert not (kind == "" and mended) or got == body


@every_packing
def test_a_packed_file_whose_head_is_damaged_does_not_come_in_as_text(ending: str) -> None:
    packed = PACKINGS[ending](LINES)
    assert read(b"\x00" + packed[1:], f"a.txt.{ending}") == (b"", "damaged", ())


@every_packing
def test_a_packed_file_of_no_bytes_was_cut_off(ending: str) -> None:
    assert read(b"", f"a.txt.{ending}") == (b"", "truncated", ())
    assert read(b"", "a.txt") == (b"", "", ())


@every_packing
def test_lines_are_given_as_they_are(ending: str) -> None:
    body = b"a\r\nb\rc\x0bd\xe2\x80\xa8e\n\nf"
    with opened(io.BytesIO(PACKINGS[ending](body)), f"a.{ending}") as file:
        assert list(file) == [b"a\r\n", b"b\rc\x0bd\xe2\x80\xa8e\n", b"\n", b"f"]


def test_a_stream_that_unpacks_to_very_much_is_harmless() -> None:
    packed = gzip.compress(bytes(300 << 20), 9)
    tracemalloc.start()
    with opened(io.BytesIO(packed), "a.txt.gz") as file:
        total = 0
        while data := file.read1(1 << 20):
            total += len(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 300 << 20
    assert most < 16 << 20


def test_an_xz_that_asks_for_a_huge_dictionary_is_refused() -> None:
    packed = bytearray(lzma.compress(b"x" * 100))
    head = 12  # where the block begins, with its length, the filter, and a checksum of that
    filters = packed.index(b"\x21\x01", head)
    packed[filters + 2] = 36  # 1 GiB
    checked = head + packed[head] * 4
    packed[checked : checked + 4] = crc32(packed[head:checked]).to_bytes(4, "little")
    assert lzma.decompress(packed) == b"x" * 100
    assert read(bytes(packed), "a.xz") == (b"", "damaged", ())


def test_an_error_of_the_disk_is_a_reason_behind_what_was_read() -> None:
    class Failing(io.RawIOBase):
        left = 3

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise OSError(5, "Input/output error")
            return b"line\n"

    with opened(Failing(), "a.txt") as file:
        assert file.readline() == b"line\n"
        assert file.read1(100) == b"line\nline\n"
        with pytest.raises(Unreadable, match="Input/output error"):
            file.read1(1)


def test_a_file_that_is_not_packed_can_be_sought_in_and_another_is_laid_aside(tmp_path: Path) -> None:
    def tail(file: Opened) -> tuple[bool, bytes]:
        with seekable(file) as placed:
            placed.seek(-4, io.SEEK_END)
            return placed is file, placed.read()

    for name, body in (("a.txt", LINES), ("b.txt.gz", gzip.compress(LINES))):
        (tmp_path / name).write_bytes(body)
    plain, packed = find_inputs([str(tmp_path)], ["txt"], "x")
    with plain.open() as file:
        assert tail(file) == (True, LINES[-4:])
    with packed.open() as file:
        assert tail(file) == (False, LINES[-4:])


def test_of_what_is_laid_aside_there_is_a_most() -> None:
    with (
        opened(io.BytesIO(gzip.compress(bytes(3000))), "a.gz") as file,
        pytest.raises(Unreadable, match="more than 2,999 bytes"),
        seekable(file, most_bytes=2999),
    ):
        pass
    with opened(io.BytesIO(gzip.compress(bytes(3000))), "a.gz") as file, seekable(file, most_bytes=3000) as placed:
        assert len(placed.read()) == 3000


def test_a_disk_without_room_is_the_users_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda size: full.open("wb", buffering=0))
    with (
        opened(io.BytesIO(gzip.compress(bytes(3000))), "a.gz") as file,
        pytest.raises(UserError, match=r"no room to unpack a file: No space left.*; set TMPDIR"),
        seekable(file),
    ):
        pass


def test_packed_files_elsewhere_are_unpacked_too(tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe(f"/{tmp_path.name}/a.jsonl.zst", zstd(LINES))
    (file,) = find_inputs([f"memory://{tmp_path.name}"], ["jsonl"], "x")
    with file.open() as plain:
        assert plain.read() == LINES


@pytest.mark.parametrize(
    ("name", "count", "mended"),
    [("ok.jsonl.gz", 500, ()), ("gz_multi_member.jsonl.gz", 20, ()), ("not_gzip.jsonl.gz", 10, ("not_gzip",))],
)
def test_real_files_give_their_lines(trial_data: Path, name: str, count: int, mended: tuple[str, ...]) -> None:
    (file,) = find_inputs([str(trial_data / "dirty" / name)], ["jsonl"], "x")
    with file.open() as plain:
        assert sum(1 for line in plain if json.loads(line)) == count
        assert plain.mended == mended


def test_a_real_file_that_is_cut_off_gives_the_lines_before(trial_data: Path) -> None:
    whole = gzip.decompress((trial_data / "dirty" / "ok.jsonl.gz").read_bytes())
    got, kind, _ = read((trial_data / "dirty" / "truncated.jsonl.gz").read_bytes(), "truncated.jsonl.gz")
    assert kind == "truncated"
    assert whole.startswith(got)
    assert got.count(b"\n") > 250
