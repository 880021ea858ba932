"""The quick test before ftfy misses nothing that ftfy would mend."""

import json
import re
from itertools import product
from pathlib import Path

import ftfy
import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.hygiene.mojibake import mojibake
from thinkaug.hygiene.odd import odd_characters

RULE = mojibake()
ENCODINGS = [
    "latin-1",
    "sloppy-windows-1252",
    "sloppy-windows-1251",
    "sloppy-windows-1250",
    "sloppy-windows-1253",
    "sloppy-windows-1254",
    "sloppy-windows-1257",
    "iso-8859-2",
    "macroman",
    "cp437",
]
CASES = ["in-the-wild", "known-failures", "language-names", "negative", "synthetic"]


def mend(text: str) -> str:
    return RULE(text, odd_characters(text))


def reference(text: str) -> str:
    """ftfy itself, on every line with its end."""
    return "".join(map(ftfy.fix_encoding, re.split("(?<=\n)", text)))


@pytest.mark.parametrize("name", CASES)
def test_every_case_seen_in_the_wild_is_mended_as_ftfy_mends_it(trial_data: Path, name: str) -> None:
    file = trial_data / "ftfy_mojibake" / "tests" / "test-cases" / f"{name}.json"
    cases = [case["original"] for case in json.loads(file.read_text(encoding="utf-8"))]
    mended = [mend(text) for text in cases]
    assert mended == [ftfy.fix_encoding(text) for text in cases]
    healthy_cases = [text for text in cases if not set(map(chr, range(0x80, 0xA0))) & set(text)]
    if name == "negative":
        assert [mend(text) for text in healthy_cases] == healthy_cases
    else:
        assert mended != cases
    healthy = "Ein Absatz über Maße.\n§§ 3\xa0–\xa05, “so”…\n"
    inside = [healthy + text + "\n" + healthy for text in cases]
    assert [mend(text) for text in inside] == [reference(text) for text in inside]


def of_mojibake() -> list[str]:
    """Every character of ftfy's classes, ranges written out."""
    listed = "".join(MOJIBAKE_CATEGORIES.values())
    ranges = [(listed[at - 1], listed[at + 1]) for at, character in enumerate(listed) if character == "-"]
    within = {chr(code) for first, last in ranges for code in range(ord(first), ord(last) + 1)}
    return sorted({*listed, *within} - {"-"})


def test_no_neighbours_that_ftfy_finds_bad_are_missed() -> None:
    characters = of_mojibake()
    assert len(characters) > 400
    pairs = [one + other for one, other in product(characters, ["", " ", "a", *characters])]
    leads = "ВГРСΒΓΞΟ"
    triples = [before + one + after for before, one, after in product(leads, characters, leads)]
    texts = [*pairs, *(f"a {pair}a" for pair in pairs), *(f"a{pair}a" for pair in pairs), *triples, "ГўВЂВ.a"]
    bad = list(filter(is_bad, texts))
    assert len(bad) > 100_000
    assert not [text for text in bad if not suspected(text)]


def suspected(text: str) -> bool:
    """Whether the rule asks ftfy about a text: it is no rule of ours that could mend it."""
    asked: list[str] = []

    def ask(line: str, config: ftfy.TextFixerConfig) -> str:
        asked.append(line)
        return line

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ftfy, "fix_text", ask)
        mend(text)
    return bool(asked)


@settings(max_examples=1500, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12),
    st.sampled_from(ENCODINGS),
    st.sampled_from(ENCODINGS),
    st.booleans(),
    st.text(max_size=4),
)
def test_whatever_was_decoded_wrongly_is_mended_as_ftfy_mends_it(
    text: str, encoding: str, other: str, twice: bool, around: str
) -> None:
    damaged = text.encode("utf-8").decode(encoding, "ignore")
    if twice:
        damaged = damaged.encode("utf-8").decode(other, "ignore")
    damaged = f"{around}\n{damaged}{around}\n"
    assert mend(damaged) == reference(damaged)


@settings(max_examples=500, deadline=None)
@given(st.text(st.characters(min_codepoint=0x80, max_codepoint=0x2600) | st.sampled_from("aA \n"), max_size=40))
def test_any_text_is_mended_as_ftfy_mends_it(text: str) -> None:
    assert mend(text) == reference(text)


def test_lines_are_judged_one_by_one() -> None:
    assert mend("日本語\ncafÃ©\n日本語 cafÃ©") == "日本語\ncafé\n日本語 café"
    assert mend("cafÃ©\r\n\ncafÃ©") == "café\r\n\ncafé"


def test_only_the_encoding_is_mended() -> None:
    text = "“ﬁve” &amp; ＷＩＤＥ \x1b[1m e\u0301\r\n"
    assert mend(text + "cafÃ©") == text + "café"


@pytest.mark.parametrize(
    "text",
    [
        "Die Maße der Straße: §§\xa03–5 „weiß“, süß…",
        "L’été à Orléans — « déjà », 20 °C ± 2 µg",
        "Καλημέρα, Россия: «мир» — №5",
        "α ≤ β ∧ ∑ x² ≈ ∞, ∂f/∂x ≠ 0",
        "Œuvres de Molière; cœur; ÂGE",
        "日本語のテキスト。한국어 문장. ภาษาไทย",
    ],
)
def test_healthy_text_is_the_same_object(text: str) -> None:
    assert mend(text) is text or mend(text) == text
    assert reference(text) == text
