"""Words, codes and keys of names."""
# ruff: noqa: E501 - one case a line

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.knowledge.tokens import name_key, tokenizer, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []), ("...", []), ("Ménière's DISEASE", ["meniere's", "disease"]), ("vitamin B12", ["vitamin", "b12"]),
        ("5-HT", ["5", "ht", "5ht"]), ("IL-6/IL-8", ["il", "6", "il", "8", "il6il8"]), ("T-cell", ["t", "cell"]), ("3.5 mg", ["3", "5", "mg", "3.5"]),
        ("H₂O ﬁx", ["h2o", "fix"]), ("Ørsted Łódź æon", ["orsted", "lodz", "aeon"]), ("αΆ", ["αα"]), ("й", ["й"]), ("がく", ["が", "く"]), ("कि", ["कि"]),
        ("Straße \x00\x1f\u200b x", ["strasse", "x"]),
    ],
)  # fmt: skip
def test_tokens(text: str, found: list[str]) -> None:
    assert tokens(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ménière’s Disease", "meniere's disease"), ("T-cell", "T cell"), ("B.12", "b 12"), ("  a,  b ", "A/B"), ("STRASSE", "straße"), ("ﬁn", "FIN")],
)  # fmt: skip
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


def test_names_of_signs_keep_apart() -> None:
    assert len({name_key("+"), name_key("++"), name_key(" - "), name_key("a")}) == 4
    assert name_key(" \t\u2003") == ""


@given(st.text())
def test_a_key_is_its_own_key_and_has_the_words(text: str) -> None:
    key = name_key(text)
    assert name_key(key) == key
    assert tokens(text)[: len(key.split())] == key.split() or not tokens(text)


def test_a_megabyte_of_anything_is_read() -> None:
    """One step that is quadratic, and this test does not end."""
    for text in ("x" * 10**6, "a-" * 500_000, "e" + "\u0301" * 10**6, "é1." * 300_000):
        assert tokens(text)


def test_a_stemmer_is_used_where_it_is_installed() -> None:
    if importlib.util.find_spec("Stemmer") is None:
        with pytest.raises(UserError, match="needs PyStemmer: pip install PyStemmer"):
            tokenizer("english")
        return
    assert tokenizer("english")("Running joints") == ["run", "joint"]
    with pytest.raises(UserError, match=r"no stemmer 'klingon'; known: .*english"):
        tokenizer("klingon")
