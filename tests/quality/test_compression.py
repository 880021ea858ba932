"""The ratio of compression: too high, too low, and texts too short to tell."""

import random
import zlib

import pytest

from thinkaug.quality.compression import compression

LETTERS = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=4096))
PROSE = (
    "Metformin leaves the body unchanged through the kidney, so the dose is halved below a filtration rate of 45. "
    "Acidosis is rare; it threatens those whose liver fails as well. Insulin shifts potassium into the cell in half "
    "an hour, calcium protects the heart at once and leaves the level as it is. Which of them comes first depends on "
    "the electrocardiogram, not on the number. A haemolysed sample has to be excluded before either is given, though "
    "nobody waits for the laboratory when the T waves are tall. Dialysis is for those who pass no water any more. "
)


def test_prose_is_neither() -> None:
    assert compression()(PROSE) == ""


@pytest.mark.parametrize("text", ["a" * 1_000, PROSE * 40, "- item\n" * 600])
def test_repetition_compresses(text: str) -> None:
    assert compression()(text) == "compressible"


def test_noise_does_not() -> None:
    assert compression()(LETTERS) == "incompressible"
    assert compression(min_ratio=0)(LETTERS) == ""


def test_each_bound() -> None:
    ratio = len(PROSE) / len(zlib.compress(PROSE.encode(), 1))
    assert compression(max_ratio=ratio)(PROSE) == compression(min_ratio=ratio)(PROSE) == ""
    assert compression(max_ratio=ratio - 0.001)(PROSE) == "compressible"
    assert compression(min_ratio=ratio + 0.001)(PROSE) == "incompressible"


def test_a_short_text_is_not_looked_at() -> None:
    assert compression()(LETTERS[:511]) == ""
    assert compression()(LETTERS[:512]) == "incompressible"


def test_repetition_far_apart_is_for_deduplication() -> None:
    page = " ".join(random.Random(2).choices(PROSE.split(), k=1500))
    assert compression()(page) == compression()(page * 10) == ""
    assert len(page) * 10 > 5 * len(zlib.compress((page * 10).encode(), 1))
