"""mentions: where a name stands, and where it does not."""
# ruff: noqa: E501 - one case a line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.claims.mentions import Names
from thinkaug.claims.tokens import split

PLAIN = frozenset(("all", "as", "the", "disease", "was", "in", "can"))


def found(names: list[str], text: str) -> list[str]:
    """The pieces of the text that name something."""
    tokens = split(text)
    mentions = Names([(name, name) for name in names], PLAIN.__contains__).find(text, tokens)
    return [text[tokens.starts[each.first] : tokens.ends[each.end - 1]] for each in mentions]


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        (["lung cancer"], "Lung cancer, lung  cancer lung-cancer\nLUNG\u00a0CANCER", ["Lung cancer", "lung  cancer", "lung-cancer", "LUNG\u00a0CANCER"]),
        (["lung cancer", "cancer"], "lung cancer cancer", ["lung cancer", "cancer"]),
        (["skin", "skin cancer"], "skin cancer", ["skin cancer"]),
        (["cancer"], "cancer cancer cancer", ["cancer"] * 3),
        (["gout"], "goutweed, ragout, gouty", []),
        (["gout arthritis"], "gout. Arthritis; gout, arthritis", []),
        (["skin disease"], "Skin diseases", ["Skin diseases"]),
        (["disorder of mental health"], "disorders of mental health", ["disorders of mental health"]),
        (["psychosis", "biopsy"], "psychoses and biopsies", ["psychoses", "biopsies"]),
        (["Parkinson's disease"], "Parkinson\u2019s disease, Parkinson disease", ["Parkinson\u2019s disease", "Parkinson disease"]),
        (["gout"], "gout's course", ["gout's"]),
        (["Sj\u00f6gren syndrome"], "sjogren SYNDROME, Sjo\u0308gren syndrome", ["sjogren SYNDROME", "Sjo\u0308gren syndrome"]),
        (["a.*b", "c[d"], "a.*b, axxb; c[d", ["a.*b", "c[d"]),
        (["1,4-dioxane"], "of 1,4-dioxane", ["1,4-dioxane"]),
        (["ALL", "CAN"], "all can, ALL CAN", ["ALL", "CAN"]),
        (["MS"], "ms, MS's", ["MS's"]),
        (["disease", "42", "", "\0", "..."], "disease 42 \0 ...", []),
        (["flu"], "flu", ["flu"]),
        (["x\0y"], "x\0y", ["x\0y"]),
        (["\u75db\u98ce"], "\u75db\u98ce\u3002", ["\u75db\u98ce"]),
        ([], "gout", []),
    ],
)  # fmt: skip
def test_names_are_found_as_whole_words(names: list[str], text: str, expected: list[str]) -> None:
    assert found(names, text) == expected


def test_an_ambiguous_name_has_all_its_entities() -> None:
    (mention,) = Names([("cold", "D:1"), ("Cold", "D:2"), ("cold", "D:1")], PLAIN.__contains__).find(
        "a cold", split("a cold")
    )
    assert (mention.first, mention.end, mention.entities) == (1, 2, ("D:1", "D:2"))


def test_a_plural_that_is_a_name_keeps_its_own_entity() -> None:
    names = Names([("naevu", "D:1"), ("naevus", "D:2")], PLAIN.__contains__)
    assert names.find("naevus", split("naevus"))[0].entities == ("D:2",)


@given(st.text())
def test_tokens_lie_in_order_inside_the_text(text: str) -> None:
    tokens = split(text)
    ends = [0, *tokens.ends]
    assert all(before <= start < end for before, start, end in zip(ends, tokens.starts, tokens.ends, strict=False))
    assert all(tokens.words)
    assert tokens.ends[-1:] <= [len(text)]


@given(st.lists(st.text(min_size=1)), st.text())
def test_a_name_is_found_in_a_text_that_is_the_name(names: list[str], text: str) -> None:
    for name in names:
        words = split(name).words
        if not any(map(str.isalpha, "".join(words))) or len(words) > 40 or len(words) == 1:
            continue
        assert found(names, name), name
    found(names, text)
