"""Signatures are datasketch's for our shingles, whatever the text and however it lies in memory or is cut."""

import multiprocessing
import resource

import numpy as np
import pyarrow as pa
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug import minhash, shingling
from thinkaug.lexing.letters import letters
from thinkaug.lexing.words import words_of

EMPTY = 0xFFFFFFFF
# Characters that join, split, negate or look like tags: where a text is cut, these are what could go wrong.
RISKY = st.text(" \n.,'’-−<>+=/%°09aZé漢字กิ์か゛\u0301\u200b\u00ad½ﬁ🙂ـא", max_size=80)
TEXTS = st.one_of(RISKY, st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
HOSTILE = [
    "",
    " ",
    "word",
    "one two three four",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "a a a a a a a a a a a a",
    "患者は発熱と咳を訴えた。",
    "מטופל התלונן על חום ושיעול במשך שלושה ימים",
    "المريضُ يشكو من الحمّى والسعال منذ ثلاثة أيام",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇫🇷",
    "\u0301\u0301\u0301 \u0e34\u0e34 \u0301",
    "a b c d <",
    "> 5 mg < 6 mg, -7 °C and − 8",
    "\ufeff\u200b\u202ea\u202c b\u0000c d e f",
]


def signed_by_datasketch(text: str, words: int = 5, permutations: int = 112, seed: int = 1) -> np.ndarray:
    sketch = MinHash(num_perm=permutations, seed=seed, scheme="affine32", hashfunc=minhash.shingle_hash)
    sketch.update_batch(minhash.shingle_texts(text, shingle_words=words))
    return sketch.hashvalues


def signed(*texts: str | None, **options: int) -> np.ndarray:
    return minhash.signatures(pa.array(texts, pa.string()), **options)


def signed_in_pieces(text: str, words: int, piece: int, stretch: int) -> np.ndarray:
    """The least values (16,) of a text that is lexed and handed out in very small portions."""
    data = np.frombuffer(text.encode(), np.uint8)
    table, made = letters(), minhash._permutations(16, 1)
    least, none = np.full(16, EMPTY, np.uint32), np.zeros(0, np.uint32)
    place = 0
    while place < len(data):
        stop = shingling.cut(data, place, len(data), stretch, table.folds)
        whole = place == 0 and stop == len(data)
        shingling.shingle(data, place, stop, len(data), whole, *table, words, piece, made, least, none)
        place = stop
    return least


@given(TEXTS, st.integers(1, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None)
def test_a_signature_is_datasketchs_for_the_shingles(text: str, words: int, seed: int) -> None:
    (ours,) = signed(text, shingle_words=words, permutations=16, seed=seed)
    assert ours.tolist() == signed_by_datasketch(text, words, 16, seed).tolist()


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_text_has_datasketchs_signature(number: int) -> None:
    assert signed(HOSTILE[number])[0].tolist() == signed_by_datasketch(HOSTILE[number]).tolist()


@given(RISKY, st.integers(1, 6), st.integers(1, 12), st.integers(1, 40))
@settings(max_examples=1500, deadline=None)
def test_cutting_a_text_changes_nothing(text: str, words: int, piece: int, stretch: int) -> None:
    count = len(minhash.shingle_texts(text, shingle_words=words))
    if count == 1 and len(words_of(text)) < words:
        return  # a shingle of too few words is made by who knows the whole text
    whole = signed(text, shingle_words=words, permutations=16)[0]
    assert signed_in_pieces(text, words, piece, stretch).tolist() == whole.tolist()


@pytest.mark.parametrize("piece", range(1, 13))
def test_no_cut_falls_where_characters_join(piece: int) -> None:
    text = "don't o’er 1,000 1.5 x -5 3-5 a<b 2<3 <i>q</i> 漢'字กิ์ 10mg ½cup a+b==c ée"
    whole = signed(text, shingle_words=2, permutations=16)[0]
    for stretch in (1, 2, 3, 5, 8):
        assert signed_in_pieces(text, 2, piece, stretch).tolist() == whole.tolist()


@given(RISKY, st.integers(1, 6), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_lexing_a_text_in_pieces_changes_nothing(text: str, words: int, piece: int) -> None:
    whole = signed(text, shingle_words=words, permutations=16)[0]
    assert signed_in_pieces(text, words, piece, 1 << 20).tolist() == whole.tolist()


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_shingle_may_be_given_as_its_words_with_spaces_between(text: str) -> None:
    raw, words = text.encode(), words_of(text)
    apart = [raw[start:end] for start, end in zip(words.starts.tolist(), words.ends.tolist(), strict=True)]
    joined = [b" ".join(apart[n : n + 5]) for n in range(max(len(apart) - 4, 1))] if apart else []
    assert [*map(minhash.shingle_hash, joined)] == [*map(minhash.shingle_hash, minhash.shingle_texts(text))]


def test_case_accents_and_punctuation_do_not_matter_and_the_order_of_words_does() -> None:
    plain, dressed, turned = signed(
        "le cafe est tres chaud", "Le «café» — est\n\ntrès, CHAUD!", "le cafe est chaud tres"
    )
    assert plain.tolist() == dressed.tolist()
    assert minhash.estimate(plain, turned) < 0.1


def test_stored_signatures_stay_comparable() -> None:
    assert minhash.shingle_hash(b"one two three four five") == 223520041
    assert signed("one two three four five six", permutations=3)[0].tolist() == [1864393530, 57918298, 1317375279]


def test_a_text_without_words_is_like_no_other() -> None:
    signatures = signed("", "🙂", None, "word")
    assert minhash.wordless(signatures).tolist() == [True, True, True, False]
    assert signatures[0].tolist() == MinHash(112, scheme="affine32").hashvalues.tolist()
    assert minhash.estimate(signatures[0], signatures[1]) == 0.0
    assert minhash.estimate(signatures[3], signatures[3]) == 1.0
    assert minhash.jaccard(minhash.shingles(""), minhash.shingles("🙂")) == 0.0


def test_where_the_strings_lie_does_not_matter() -> None:
    texts = [*HOSTILE, None, "the last text has six words"]
    plain = pa.array(texts, pa.string())
    whole = minhash.signatures(plain)
    assert whole.shape == (len(texts), 112)
    assert whole.dtype == np.uint32
    assert np.array_equal(minhash.signatures(plain.cast(pa.large_string())), whole)
    assert np.array_equal(minhash.signatures(plain.slice(3, 9)), whole[3:12])
    assert np.array_equal(minhash.signatures(plain.cast(pa.large_string()).slice(5)), whole[5:])
    chunked = pa.chunked_array([plain.slice(0, 4), plain.slice(4, 0), plain.slice(4)])
    assert np.array_equal(minhash.signatures(chunked), whole)
    assert np.array_equal(minhash.shingle_sets(chunked.slice(2)).values, minhash.shingle_sets(plain.slice(2)).values)


def test_what_lies_under_a_null_is_not_read() -> None:
    offsets, data = pa.array([0, 5, 10], pa.int32()), pa.py_buffer(b"aaaaabbbbb")
    hidden = pa.StringArray.from_buffers(2, offsets.buffers()[1], data, pa.py_buffer(b"\x02"))
    assert hidden.to_pylist() == [None, "bbbbb"]
    assert minhash.wordless(minhash.signatures(hidden)).tolist() == [True, False]


def test_no_strings_have_no_signatures() -> None:
    assert minhash.signatures(pa.array([], pa.string())).shape == (0, 112)
    assert minhash.signatures(pa.chunked_array([], pa.string()), permutations=8).shape == (0, 8)
    assert minhash.wordless(signed("", "")).all()
    assert minhash.shingle_sets(pa.array([], pa.string())).offsets.tolist() == [0]


def test_what_is_no_string_is_refused() -> None:
    with pytest.raises(TypeError, match="expected strings, not int64"):
        minhash.signatures(pa.array([1, 2]))
    with pytest.raises(ValueError, match="at least one permutation"):
        signed("text", permutations=0)
    with pytest.raises(ValueError, match="and one word"):
        minhash.shingles("text", shingle_words=0)


def test_the_number_of_threads_changes_nothing() -> None:
    random = np.random.default_rng(3)
    small = [" ".join(random.choice(WORDS, 40)) for _ in range(300)]
    long = " ".join(random.choice(WORDS, 600_000))  # some 4 MB: in stretches
    strings = pa.array([*small[:100], long, *small[100:200], long, " " * 3_000_000 + "two words", *small[200:]])
    alone = minhash.signatures(strings, permutations=32)
    for threads in (2, 5):
        assert np.array_equal(minhash.signatures(strings, permutations=32, threads=threads), alone)
    rows = [100, 202, len(strings) - 1]
    assert alone[100].tolist() == alone[201].tolist() == signed_by_datasketch(long, 5, 32).tolist()
    for row in rows[1:]:
        assert alone[row].tolist() == signed_by_datasketch(strings[row].as_py(), 5, 32).tolist()


def test_a_word_of_a_million_characters_is_one_word() -> None:
    signatures = signed("a" * 1_000_000, "A" * 1_000_000, "a" * 999_999)
    assert signatures[0].tolist() == signatures[1].tolist()
    assert minhash.estimate(signatures[0], signatures[2]) < 0.1


TEN_MB = {
    "words": "the patient was given ten mg of it twice a day ",
    "ideographs": "患者は発熱と咳を訴えた",
    "signs": "=",
    "sums": "1+",
    "one_word": "a",
    "spaces": " ",
}


def growths_mb(answer: object) -> None:
    """Send the megabytes that signing each text of 10 MB adds to the peak of this process, the text itself aside."""
    minhash.signatures(pa.array(["to be compiled " * 3]))
    grown = {}
    for kind, unit in TEN_MB.items():
        text = pa.array([unit * (10_000_000 // len(unit.encode()))])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        minhash.signatures(text)
        grown[kind] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
    answer.send(grown)


def test_a_text_of_10_mb_takes_little_memory() -> None:
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=growths_mb, args=(its,))
    process.start()
    its.close()
    grown = mine.recv()
    process.join()
    assert max(grown.values()) < 30, grown


WORDS = [f"{first}{second}{third}" for first in "bdfgk" for second in "aeiou" for third in "lmnrst"]


@pytest.mark.parametrize("similarity", [0.2, 0.5, 0.8])
def test_the_estimate_is_unbiased_and_as_exact_as_the_theory_has_it(similarity: float) -> None:
    """The standard error of the share of k equal values is sqrt(J (1 - J) / k), at most 1 / (2 sqrt(k))."""
    random = np.random.default_rng(11)
    pairs, size, permutations = 500, 300, 112
    shared = round(2 * size * similarity / (1 + similarity))
    texts = []
    for _ in range(pairs):
        words = [f"w{number}" for number in random.choice(10_000_000, 2 * size, replace=False).tolist()]
        texts += [" ".join(words[:size]), " ".join(words[size - shared : 2 * size - shared])]
    signatures = signed(*texts, shingle_words=1)
    exact = shared / (2 * size - shared)
    errors = np.array([minhash.estimate(signatures[n], signatures[n + 1]) - exact for n in range(0, 2 * pairs, 2)])
    expected = np.sqrt(exact * (1 - exact) / permutations)
    assert abs(errors.mean()) < 4 * expected / np.sqrt(pairs)
    assert 0.88 < errors.std() / expected < 1.12


def test_hashes_of_shingles_collide_as_seldom_as_random_ones() -> None:
    count = 300_000
    text = " ".join(map(str, range(count)))  # as alike as words can be
    hashes = minhash.shingles(text, shingle_words=3)
    collisions = count - 2 - len(hashes)  # of random ones, n^2 / 2^33: 10.5
    assert collisions < 25
    ones = (hashes[:, None] >> np.arange(32, dtype=np.uint32)) & 1
    assert (abs(ones.mean(axis=0) - 0.5) < 5 * 0.5 / np.sqrt(count)).all()


@given(TEXTS, st.integers(1, 6))
@settings(max_examples=200, deadline=None)
def test_the_set_of_a_text_holds_the_hashes_of_its_shingles(text: str, words: int) -> None:
    expected = sorted({*map(minhash.shingle_hash, minhash.shingle_texts(text, shingle_words=words))})
    assert minhash.shingles(text, shingle_words=words).tolist() == expected


def test_a_set_may_be_of_a_text_with_lone_surrogates() -> None:
    assert minhash.shingles("one\ud800two three").tolist() == minhash.shingles("one two three").tolist()


def test_sets_of_many_texts_lie_one_after_the_other() -> None:
    offsets, values = minhash.shingle_sets(pa.array([*HOSTILE, None]))
    assert len(offsets) == len(HOSTILE) + 2
    for row, text in enumerate(HOSTILE):
        assert values[offsets[row] : offsets[row + 1]].tolist() == minhash.shingles(text).tolist()
    assert offsets[-1] == offsets[-2]


SETS = st.sets(st.integers(0, 30))


@given(st.lists(SETS, min_size=2, max_size=6))
@settings(max_examples=200, deadline=None)
def test_jaccard_is_that_of_sets(sets: list[set[int]]) -> None:
    arrays = [np.array(sorted(each), np.uint32) for each in sets]
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in arrays])])
    left, right = np.zeros(len(sets), np.int64), np.arange(len(sets))
    expected = [len(sets[0] & each) / len(sets[0] | each) if sets[0] | each else 0.0 for each in sets]
    assert minhash.jaccards(offsets, np.concatenate(arrays), left, right).tolist() == expected
    assert [minhash.jaccard(arrays[0], each) for each in arrays] == expected


def test_datasketchs_index_finds_our_signatures() -> None:
    near, other = TALE.replace("morning", "evening"), " ".join(reversed(TALE.split()))
    tale, close, far = (minhash.as_minhash(row) for row in signed(TALE, near, other))
    index = MinHashLSH(threshold=0.5, num_perm=112)
    index.insert("tale", tale)
    index.insert("far", far)
    assert index.query(close) == ["tale"]
    assert close.jaccard(tale) == minhash.estimate(*signed(TALE, near))


def test_a_signature_comes_back_from_datasketchs_bytes() -> None:
    sketch = LeanMinHash(minhash.as_minhash(signed(TALE, seed=7)[0], seed=7))
    written = bytearray(sketch.bytesize())
    sketch.serialize(written)
    assert LeanMinHash.deserialize(written) == sketch
    assert LeanMinHash.deserialize(written).hashvalues.tolist() == signed(TALE, seed=7)[0].tolist()


def test_a_signature_can_be_updated_with_more_shingles() -> None:
    more = " ".join(reversed(TALE.split()))
    row = signed(TALE)[0]
    sketch = minhash.as_minhash(row)
    sketch.update_batch(minhash.shingle_texts(more))
    assert sketch.hashvalues.tolist() == np.minimum(row, signed(more)[0]).tolist() != row.tolist()
    assert row.tolist() == signed(TALE)[0].tolist()


TALE = " ".join(f"on the {n}th morning they went down to the {n + 7}th river and counted boats" for n in range(30))


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.7, 0.8, 0.9])
@pytest.mark.parametrize("permutations", [64, 112, 128])
@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.1, 0.9)])
def test_bands_are_those_of_datasketch(threshold: float, permutations: int, weights: tuple[float, float]) -> None:
    false, missed = weights
    ours = minhash.bands(threshold, permutations, false_positive_weight=false, false_negative_weight=missed)
    theirs = MinHashLSH(threshold, permutations, weights=weights)
    assert ours == (theirs.b, theirs.r)


def test_bands_of_no_threshold_are_refused() -> None:
    for threshold in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="from 0 to 1"):
            minhash.bands(threshold)


def test_the_s_curve_is_the_share_of_pairs_that_agree_in_a_band() -> None:
    assert minhash.s_curve(14, 8, 0.8) == pytest.approx(0.9236, abs=1e-4)  # the FineWeb paper's figure is 92 %
    assert (minhash.s_curve(12, 9, 0.0), minhash.s_curve(12, 9, 1.0)) == (0.0, 1.0)
    random = np.random.default_rng(5)
    agree = random.random((200_000, 4, 3)) < 0.6
    assert agree.all(axis=2).any(axis=1).mean() == pytest.approx(minhash.s_curve(4, 3, 0.6), abs=0.005)
