"""draw_mix: what is taken of each part of a mix, and that the shares that were asked for are those that come out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from thinkaug.errors import PromiseBroken, UserError
from thinkaug.stages.packing.drawing import Drawn, Part, draw_mix
from thinkaug.stages.packing.mix import Mix, Other, Portion


def skewed(count: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).lognormal(6, 1.2, count).astype(np.int64) + 1


def part(*sizes: int) -> Part:
    return Part(np.array(sizes, np.int64))


def other(**asked: float) -> Other:
    return Other(paths=("a",), **asked)


def of_domains(**rows: tuple[int, int]) -> Part:
    """A part with 40 rows of each domain, each of so many tokens, of which so many are expert text."""
    names = [name for name in rows for _ in range(40)]
    made, expert = ([rows[name][place] for name in names] for place in (0, 1))
    return Part(np.array(made, np.int64), pa.array(names, pa.string()), np.array(expert, np.int64))


PARTS = {"made": Part(skewed(3000)), "replay": Part(skewed(3000, 1)), "web": Part(skewed(2000, 2))}


def drawn(mix: Mix, parts: Mapping[str, Part] = PARTS, seed: int = 0) -> Drawn:
    mix.check("pack: mix")
    return draw_mix(mix, parts, seed)


def refusal(mix: Mix, parts: Mapping[str, Part]) -> str:
    with pytest.raises(UserError) as error:
        drawn(mix, parts)
    return str(error.value)


def check_sums(found: Drawn, parts: Mapping[str, Part]) -> None:
    """The accounts are true: sizes, shares, copies, distinct rows."""
    for name, taken in found.parts.items():
        assert taken.size == parts[name].sizes[taken.rows].sum()
        assert taken.share == pytest.approx(taken.size / found.size)
        assert taken.distinct == len(set(taken.rows.tolist()))
        pairs = list(zip(taken.rows.tolist(), taken.copies.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)
        for row, copy in pairs:
            assert copy == 1 or (row, copy - 1) in pairs[max(0, pairs.index((row, copy)) - 1) :]
    assert found.size == sum(taken.size for taken in found.parts.values())


def test_made_and_others_by_repeats_are_what_they_are() -> None:
    parts = {"made": part(5, 7, 9), "web": part(3, 4)}
    found = drawn(Mix(others={"web": other(repeats=2)}), parts)
    assert found.parts["made"].rows.tolist() == [0, 1, 2]
    assert found.parts["web"].rows.tolist() == [0, 0, 1, 1]
    assert found.parts["web"].copies.tolist() == [1, 2, 1, 2]
    assert (found.parts["made"].asked, found.parts["web"].asked) == ({"repeats": 1}, {"repeats": 2})
    assert (found.size, found.parts["web"].share) == (35, 14 / 35)
    check_sums(found, parts)


def test_parts_by_share_fill_up_what_stands_beside() -> None:
    mix = Mix(replay=Portion(share=0.3), others={"web": other(share=0.2)}, most_repeats=100)
    found = drawn(mix)
    assert found.parts["made"].rows.tolist() == list(range(3000))
    assert found.parts["replay"].share == pytest.approx(0.3, abs=1e-5)
    assert found.parts["web"].share == pytest.approx(0.2, abs=1e-5)


def test_an_amount_is_taken_of_a_part() -> None:
    found = drawn(Mix(replay=Portion(amount=100_000), others={"web": other(share=0.2)}))
    assert abs(found.parts["replay"].size - 100_000) <= 1
    assert found.parts["web"].share == pytest.approx(0.2, abs=1e-5)


def test_where_all_is_by_share_the_set_is_the_largest_without_repeats() -> None:
    parts = {"made": Part(skewed(3000)), "replay": Part(skewed(200, 1))}
    found = drawn(Mix(made=Portion(0.6), replay=Portion(0.4)), parts)
    assert found.parts["replay"].rows.tolist() == list(range(200))
    assert found.parts["made"].copies.max() == 1
    assert found.parts["made"].share == pytest.approx(0.6, abs=1e-3)


def test_a_part_of_which_nothing_is_taken_is_not_there() -> None:
    assert list(drawn(Mix(made=Portion(), replay=Portion(repeats=0.5))).parts) == ["replay"]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_shares_that_come_out_are_within_half_a_percent(data: st.DataObject) -> None:
    shares = data.draw(st.lists(st.floats(0.01, 0.6), min_size=2, max_size=2))
    assume(sum(shares) < 0.95)
    how = data.draw(st.sampled_from([{"repeats": 1}, {"repeats": 0.4}, {"amount": 1e6}, {"share": 1 - sum(shares)}]))
    mix = Mix("tokens", Portion(**how), Portion(shares[0]), {"web": other(share=shares[1])}, most_repeats=100)
    found = drawn(mix, seed=data.draw(st.integers(-5, 5)))
    assert abs(found.parts["replay"].share - shares[0]) < 0.005
    assert abs(found.parts["web"].share - shares[1]) < 0.005
    assert sum(taken.share for taken in found.parts.values()) == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 90), max_size=12),
    st.lists(st.integers(1, 90), min_size=1, max_size=12),
    st.floats(0.05, 0.9),
    st.integers(0, 3),
)
def test_of_small_parts_the_accounts_are_true(made: list[int], replay: list[int], share: float, seed: int) -> None:
    assume(sum(made))
    parts = {"made": part(*made), "replay": part(*replay)}
    found = drawn(Mix(replay=Portion(share), most_repeats=1e6), parts, seed)
    check_sums(found, parts)
    assert abs(found.parts["replay"].size - share * sum(made) / (1 - share)) <= max(replay) / 2 + 1e-6


def test_neither_the_order_of_parts_nor_others_beside_it_change_what_is_drawn() -> None:
    web, law = other(amount=50_000), other(amount=70_000)
    parts = {**PARTS, "law": Part(skewed(900, 3))}
    one = drawn(Mix(others={"web": web, "law": law}), parts)
    turned = drawn(Mix(others={"law": law, "web": web}), dict(reversed(parts.items())))
    alone = drawn(Mix(others={"web": web}), parts)
    assert list(one.parts) == list(turned.parts) == ["made", "law", "web"]
    for name in one.parts:
        assert one.parts[name].rows.tolist() == turned.parts[name].rows.tolist()
    assert alone.parts["web"].rows.tolist() == one.parts["web"].rows.tolist()


def test_the_seed_decides_what_is_drawn_and_parts_are_drawn_apart() -> None:
    mix = Mix(made=Portion(repeats=0.5), replay=Portion(repeats=0.5))
    parts = {"made": PARTS["made"], "replay": PARTS["made"]}
    assert drawn(mix, parts, 1).parts["made"].rows.tolist() == drawn(mix, parts, 1).parts["made"].rows.tolist()
    assert drawn(mix, parts, 1).parts["made"].rows.tolist() != drawn(mix, parts, 2).parts["made"].rows.tolist()
    assert drawn(mix, parts, 1).parts["made"].rows.tolist() != drawn(mix, parts, 1).parts["replay"].rows.tolist()


def test_repeats_of_rows_without_size_are_whole_passes() -> None:
    found = drawn(Mix(made=Portion(repeats=2)), {"made": part(0, 0)})
    assert (found.parts["made"].rows.tolist(), found.size, found.parts["made"].share) == ([0, 0, 1, 1], 0, 0)


def test_repeats_of_an_empty_part_are_nothing() -> None:
    found = drawn(Mix(others={"web": other(repeats=1)}), {"made": part(), "web": part(5)})
    assert (len(found.parts["made"].rows), found.parts["web"].share) == (0, 1)


def test_of_a_part_whose_rows_are_all_too_large_nothing_is_taken() -> None:
    found = drawn(Mix(replay=Portion(share=0.01)), {"made": part(10, 10), "replay": part(5000)})
    assert (len(found.parts["replay"].rows), found.parts["replay"].share) == (0, 0)


@pytest.mark.parametrize(
    ("mix", "parts", "said"),
    [
        (
            Mix(replay=Portion(share=0.3)),
            {"made": part(5), "replay": part()},
            "pack: mix.replay: share 0.3 is wanted, and there are no tokens of it; leave it out",
        ),
        (
            Mix("chars", made=Portion(0.5), others={"web": other(share=0.5)}),
            {"made": part(5), "web": part(0)},
            "pack: mix.others.web: share 0.5 is wanted, and there are no chars of it; leave it out",
        ),
        (
            Mix(replay=Portion(share=0.3)),
            {"made": part(), "replay": part(5)},
            "pack: mix: there are no tokens of made, beside which replay could be a share; take them by amount",
        ),
        (
            Mix(replay=Portion(share=0.5)),
            {"made": part(100_000), "replay": part(10_000)},
            "pack: mix.replay: share 0.5 comes to 100,000 tokens, and there are 10,000: they would be repeated 10 "
            "times, and most_repeats is 4; say share 0.285 at most, raise most_repeats, or add texts",
        ),
        (
            Mix(replay=Portion(amount=100_000)),
            {"made": part(100_000), "replay": part(12_345)},
            "pack: mix.replay: amount 100000 comes to 100,000 tokens, and there are 12,345: they would be repeated 8.1 "
            "times, and most_repeats is 4; say amount 49300 at most, raise most_repeats, or add texts",
        ),
    ],
)
def test_what_cannot_be_had_is_refused_with_what_to_say(mix: Mix, parts: Mapping[str, Part], said: str) -> None:
    assert refusal(mix, parts).startswith(said)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [({"share": 0.5}, {"share": 0.285}), ({"amount": 200_000}, {"amount": 40_000})],
)
def test_what_a_refusal_says_can_be_done(wanted: dict[str, float], said: dict[str, float]) -> None:
    parts = {"made": part(100_000), "replay": part(*[10] * 1000)}
    assert f"say {next(iter(said))} {next(iter(said.values())):g} at most" in refusal(
        Mix(replay=Portion(**wanted)), parts
    )
    found = drawn(Mix(replay=Portion(**said)), parts)
    assert found.parts["replay"].copies.max() <= 4


def test_the_share_that_a_refusal_says_leaves_the_other_shares_as_they_are() -> None:
    parts = {"made": part(100_000), "replay": part(*[10] * 1000), "web": part(*[10] * 9000)}
    web = {"web": other(share=0.2)}
    assert "say share 0.228 at most" in refusal(Mix(replay=Portion(share=0.5), others=web), parts)
    found = drawn(Mix(replay=Portion(share=0.228), others=web), parts)
    assert found.parts["replay"].copies.max() == 4
    assert found.parts["web"].share == pytest.approx(0.2, abs=1e-3)


def test_domains_get_their_shares_of_as_much_as_before() -> None:
    parts = {"made": of_domains(law=(100, 10), art=(100, 10), cooking=(200, 10))}
    found = drawn(Mix(domains={"law": 0.5, "art": 0.1}), parts).parts["made"]
    assert found.size == 16_000
    assert {name: about["share"] for name, about in found.domains.items()} == pytest.approx(
        {"art": 0.1, "cooking": 0.4, "law": 0.5}
    )
    law = found.copies[(found.rows < 40)]
    assert (len(law), law.max()) == (80, 2)


def test_domains_not_named_share_what_is_left_as_they_do_now() -> None:
    parts = {"made": of_domains(law=(100, 10), art=(100, 10), cooking=(300, 10))}
    domains = drawn(Mix(domains={"law": 0.6}), parts).parts["made"].domains
    assert {name: about["asked"] for name, about in domains.items()} == pytest.approx(
        {"law": 0.6, "art": 0.1, "cooking": 0.3}
    )


def test_a_domain_of_share_0_is_left_out() -> None:
    parts = {"made": of_domains(law=(100, 10), art=(100, 10))}
    found = drawn(Mix(domains={"law": 1, "art": 0}), parts).parts["made"]
    assert (set(found.rows.tolist()), found.size) == (set(range(40)), 8000)


def test_keep_domains_gives_back_the_shares_of_the_expert_text() -> None:
    parts = {"made": of_domains(hard=(400, 50), easy=(100, 50))}
    found = drawn(Mix(keep_domains=True), parts).parts["made"]
    assert found.size == pytest.approx(20_000, abs=400)
    assert found.domains["hard"]["share"] == pytest.approx(0.5, abs=0.005)
    assert found.domains["easy"] == pytest.approx({"asked": 0.5, "share": 0.5}, abs=0.005)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["", "a", "中", "🏺"]), min_size=400, max_size=800), st.integers(0, 9))
def test_kept_domains_are_within_half_a_percent_on_skewed_sizes(domains: list[str], seed: int) -> None:
    expert = skewed(len(domains), seed)
    sizes = expert + np.array([400 if name == "a" else 5 for name in domains], np.int64)
    found = drawn(Mix(keep_domains=True, most_repeats=9), {"made": Part(sizes, pa.array(domains), expert)}, seed)
    for name, about in found.parts["made"].domains.items():
        share = sum(int(size) for of, size in zip(domains, expert, strict=True) if of == name) / expert.sum()
        assert abs(about["share"] - share) < 0.005


def test_domains_hold_where_made_is_taken_by_share() -> None:
    parts = {"made": of_domains(law=(100, 10), art=(100, 10)), "web": Part(skewed(500))}
    mix = Mix(made=Portion(0.5), others={"web": other(share=0.5)}, domains={"law": 0.75})
    found = drawn(mix, parts)
    assert found.parts["made"].size == 8000
    assert found.parts["made"].domains["law"]["share"] == pytest.approx(0.75, abs=0.005)
    assert found.parts["made"].share == pytest.approx(0.5, abs=0.005)


def test_rows_without_a_domain_are_one_called_nothing() -> None:
    made = Part(np.array([10] * 4, np.int64), pa.chunked_array([["law", None], [None, ""]], pa.string()))
    found = drawn(Mix(domains={"": 0.5}), {"made": made}).parts["made"]
    assert found.domains == {"": {"asked": 0.5, "share": 0.5}, "law": {"asked": 0.5, "share": 0.5}}


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        (Mix(domains={"lwa": 0.5}), "pack: mix.domains: no domain 'lwa'; did you mean 'law'?"),
        (
            Mix(domains={"law": 1}),
            "pack: mix.domains: the shares add up to 1, which leaves nothing for 'art', 'sea'; let them stay below 1",
        ),
        (
            Mix(domains={"law": 0.5, "art": 0.2, "sea": 0.1}),
            "pack: mix.domains: the shares add up to 0.8, and there is no other domain; let them add up to 1",
        ),
        (
            Mix(domains={"law": 0.9}, made=Portion(repeats=2)),
            "pack: mix.domains: 'law': share 0.9 of the made samples comes to 21,600 tokens, and there are 4,000: they "
            "would be repeated 5.4 times, and most_repeats is 4; say share 0.666 at most, raise most_repeats",
        ),
        (
            Mix(keep_domains=True, made=Portion(repeats=4)),
            "pack: mix.keep_domains: 'art': share 0.5 of the made samples comes to 24,000 tokens, and there are 4,000: "
            "they would be repeated 6 times, and most_repeats is 4; say made amount 32000 at most",
        ),
    ],
)
def test_domains_that_cannot_be_had_are_refused(mix: Mix, said: str) -> None:
    made = of_domains(law=(100, 10), art=(100, 20), sea=(100, 10))
    assert refusal(mix, {"made": made}).startswith(said)


def test_what_a_refusal_of_domains_says_can_be_done() -> None:
    made = of_domains(law=(100, 10), art=(100, 20), sea=(100, 10))
    assert drawn(Mix(keep_domains=True, made=Portion(amount=32_000)), {"made": made}).parts["made"].copies.max() == 4
    assert drawn(Mix(domains={"law": 0.666}, made=Portion(repeats=2)), {"made": made}).parts["made"].copies.max() == 4


def test_a_part_that_is_not_given_is_a_fault_of_ours() -> None:
    with pytest.raises(PromiseBroken, match="no such part"):
        drawn(Mix(replay=Portion(share=0.1)), {"made": part(5)})


@pytest.mark.parametrize("mix", [Mix(domains={"law": 0.5}), Mix(keep_domains=True)])
def test_made_samples_without_domains_are_a_fault_of_ours(mix: Mix) -> None:
    with pytest.raises(PromiseBroken, match="not a domain"):
        drawn(mix, {"made": part(5)})


def test_the_entry_of_the_manifest_says_what_was_asked_and_what_came_out() -> None:
    parts = {"made": of_domains(law=(100, 10), art=(100, 10))}
    assert drawn(Mix(made=Portion(repeats=2), domains={"law": 0.75}), parts).parts["made"].described("made") == {
        "name": "made",
        "rows": 160,
        "distinct_rows": 80,
        "asked": {"repeats": 2},
        "share": 1.0,
        "domains": {"art": {"asked": 0.25, "share": 0.25}, "law": {"asked": 0.75, "share": 0.75}},
    }
