"""The settings of a mix: what fits together is taken, what does not is refused with its place."""

from collections.abc import Mapping
from typing import Any

import pytest

from thinkaug.errors import UserError
from thinkaug.settings import read_config
from thinkaug.stages.ingesting.config import Join
from thinkaug.stages.packing.config import Config
from thinkaug.stages.packing.mix import Mix, Other, Portion

HALF = Portion(share=0.5)
WEB = Other(share=0.25, paths=("web.jsonl",))


def mix_of(values: Mapping[str, Any]) -> Mix:
    return read_config(Config, {"mix": values}, "x.yaml: stages[9].pack").mix


def refusal(mix: Mix) -> str:
    with pytest.raises(UserError) as error:
        mix.check("pack: mix")
    return str(error.value)


def test_a_mix_is_read_from_yaml() -> None:
    mix = mix_of(
        {
            "unit": "chars",
            "replay": {"share": 0.2},
            "others": {"web": {"paths": ["a"], "amount": 1e6, "text": {"join": ["question", "answer"]}}},
            "domains": {"law": 0.5},
        }
    )
    web = Other(amount=1e6, paths=("a",), text=Join(("question", "answer")))
    assert mix == Mix("chars", replay=Portion(0.2), others={"web": web}, domains={"law": 0.5})
    mix.check("pack: mix")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"mde": {}}, "mix: no setting 'mde'; did you mean 'made'?"),
        ({"replay": {"shares": 0.2}}, "mix.replay: no setting 'shares'; did you mean 'share'?"),
        ({"others": {"web": {"path": ["a"]}}}, "mix.others.web: no setting 'path'; did you mean 'paths'?"),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest(values: Mapping[str, Any], message: str) -> None:
    with pytest.raises(UserError) as error:
        mix_of(values)
    assert str(error.value) == f"x.yaml: stages[9].pack.{message}"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, "many", 1.5])
def test_what_is_no_share_is_refused(value: object) -> None:
    with pytest.raises(UserError, match=r"^x\.yaml: stages\[9\]\.pack\.mix\.replay\.share: "):
        mix_of({"replay": {"share": value}})


def test_without_settings_each_made_sample_is_taken_once() -> None:
    mix = Mix()
    mix.check("pack: mix")
    assert mix.is_plain
    assert mix.taken == {"made": Portion(repeats=1)}


@pytest.mark.parametrize(
    "mix",
    [
        Mix(replay=HALF),
        Mix(made=Portion(repeats=2)),
        Mix(made=Portion(amount=1)),
        Mix(domains={"law": 0.5}),
        Mix(keep_domains=True),
        Mix(others={"web": WEB}),
        Mix(made=Portion(), replay=Portion(repeats=1)),
    ],
)
def test_a_mix_of_anything_else_is_not_plain(mix: Mix) -> None:
    mix.check("pack: mix")
    assert not mix.is_plain


def test_the_parts_do_not_depend_on_the_order_in_which_they_are_named() -> None:
    names = ["made", "replay", "a", "b"]
    assert list(Mix(replay=HALF, others={"b": WEB, "a": WEB}).taken) == names
    assert list(Mix(replay=HALF, others={"a": WEB, "b": WEB}).taken) == names


@pytest.mark.parametrize(
    "mix",
    [
        Mix(made=Portion(0.7), replay=Portion(0.3)),
        Mix(made=Portion(0.333), replay=Portion(0.333), others={"web": Other(0.333, paths=("a",))}),
        Mix(made=Portion(1)),
        Mix(replay=Portion(0.6), others={"web": Other(0.39, paths=("a",))}),
        Mix(domains={"a": 1, "b": 0}),
        Mix(others={"日本": WEB, "a.b-c_1": WEB}),
    ],
)
def test_what_fits_is_not_refused(mix: Mix) -> None:
    mix.check("pack: mix")


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        (Mix(made=Portion()), ": nothing is taken of any part; say `made: {repeats: 1}`"),
        (Mix(replay=Portion(0.3, 7)), ".replay: share 0.3 and amount 7: say one of share, amount and repeats"),
        (Mix(replay=Portion(repeats=5)), ".replay: repeats 5 is more than most_repeats, 4; repeat it less"),
        (
            Mix(replay=Portion(0.5), others={"web": Other(0.5, paths=("a",))}),
            ": made (repeats 1), replay (share 0.5), web (share 0.5): the shares add up to 1, which leaves no room",
        ),
        (
            Mix(made=Portion(0.5), replay=Portion(0.3)),
            ": made (share 0.5), replay (share 0.3): the shares add up to 0.8; where every part is taken by share",
        ),
        (Mix(made=Portion(0.7), replay=HALF), ": made (share 0.7), replay (share 0.5): the shares add up to 1.2"),
        (Mix(replay=Portion(amount=float("inf"))), ".replay.amount: a number from 0 on is wanted, not inf"),
        (Mix(replay=Portion(share=float("nan"))), ".replay.share: a number from 0 on is wanted, not nan"),
        (Mix(replay=Portion(amount=-5)), ".replay.amount: a number from 0 on is wanted, not -5"),
        (Mix(most_repeats=float("inf")), ".most_repeats: a number from 0 on is wanted, not inf"),
        (Mix(domains={"law": float("nan")}), ".domains.law: a number from 0 on is wanted, not nan"),
        (Mix(others={"made": WEB}), ".others: 'made' is what the samples of this build are called"),
        (Mix(others={"replay": WEB}), ".others: 'replay' is what the samples of this build are called"),
        (Mix(others={"../x": WEB}), ".others: '../x': a set's name is a file's name too"),
        (Mix(others={"": WEB}), ".others: '': a set's name is a file's name too"),
        (Mix(others={"a\n": WEB}), ".others: 'a\n': a set's name is a file's name too"),
        (Mix(others={"a" * 61: WEB}), f".others: '{'a' * 61}': a set's name is a file's name too"),
        (Mix(others={"web": Other(share=0.2)}), ".others.web: paths: name the files that are to be read"),
        (Mix(others={"web": Other(paths=("a",))}), ".others.web: nothing is taken of it; say a share, an amount"),
        (Mix(domains={"law": 1}, keep_domains=True), ": domains and keep_domains: say one of them"),
        (Mix(domains={"law": 0.7, "art": 0.4}), ".domains: the shares add up to 1.1; let them add up to 1 at most"),
        (
            Mix(made=Portion(), replay=Portion(repeats=1), domains={"law": 1}),
            ".domains: they are domains of the made samples, and none are taken",
        ),
        (
            Mix(made=Portion(), replay=Portion(repeats=1), keep_domains=True),
            ".keep_domains: they are domains of the made samples, and none are taken",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(mix: Mix, said: str) -> None:
    assert refusal(mix).startswith(f"pack: mix{said}")
