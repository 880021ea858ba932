"""YAML values -> config dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError, unknown
from thinkaug.settings import read_config


@dataclass(frozen=True)
class Inner:
    weights: Mapping[str, Annotated[float, Ge(0)]] = field(default_factory=dict)
    mode: Literal["tags", "none"] = "tags"


@dataclass(frozen=True)
class Outer:
    model: str
    tokens: Annotated[int, Ge(0)] = 1
    near: bool = True
    names: tuple[str, ...] = ()
    limit: int | None = None
    inner: Inner = field(default_factory=Inner)
    named: Mapping[str, Inner] = field(default_factory=dict)
    listed: tuple[Inner, ...] = ()


def refusal(values: object) -> str:
    with pytest.raises(UserError) as error:
        read_config(Outer, values, "x.yaml: stages[2].generate")
    return str(error.value)


def test_values_become_the_config() -> None:
    values = {"model": "m", "names": ["a", "b"], "inner": {"weights": {"text": 0.5}}}
    expected = Outer("m", names=("a", "b"), inner=Inner(weights={"text": 0.5}))
    assert read_config(Outer, values, "here") == expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"modle": "m"}, "no setting 'modle'; did you mean 'model'?"),
        ({"zzz": 1}, "no setting 'zzz'; known: inner, limit, listed, model, named, names, near, tokens"),
        ({5: 1}, "no setting '5'; known: inner, limit, listed, model, named, names, near, tokens"),
        ([], "expected settings as `key: value`, not []"),
        ("model", "expected settings as `key: value`, not 'model'"),
        (None, "expected settings as `key: value`, not None"),
    ],
)
def test_what_is_no_setting_is_refused(values: object, message: str) -> None:
    assert refusal(values) == f"x.yaml: stages[2].generate: {message}"


@pytest.mark.parametrize(
    ("values", "place", "given_value"),
    [
        ({"model": 5}, "model", "5"),
        ({"model": "m", "tokens": "many"}, "tokens", "'many'"),
        ({"model": "m", "tokens": 1.5}, "tokens", "1.5"),
        ({"model": "m", "tokens": -1}, "tokens", "-1"),
        ({"model": "m", "near": "maybe"}, "near", "'maybe'"),
        ({"model": "m", "names": "a"}, "names", "'a'"),
        ({"model": "m", "names": ["a", 5]}, "names.1", "5"),
        ({"model": "m", "limit": "all"}, "limit", "'all'"),
        ({"model": "m", "inner": {"mode": "tag"}}, "inner.mode", "'tag'"),
        ({"model": "m", "inner": {"weights": {"text": "x"}}}, "inner.weights.text", "'x'"),
        ({"model": "m", "inner": {"weights": {"text": float("nan")}}}, "inner.weights.text", "nan"),
        ({"model": "m", "inner": []}, "inner", "[]"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(values: object, place: str, given_value: str) -> None:
    message = refusal(values)
    assert message.startswith(f"x.yaml: stages[2].generate.{place}: ")
    assert message.endswith(f", not {given_value}")


def test_a_missing_setting_is_named() -> None:
    assert refusal({"tokens": 3}) == "x.yaml: stages[2].generate.model: field required"


def test_an_unknown_nested_setting_is_refused_with_its_place() -> None:
    message = refusal({"model": "m", "inner": {"weigths": {}}})
    assert message == "x.yaml: stages[2].generate.inner: no setting 'weigths'; did you mean 'weights'?"


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"named": {"a": {"mode": "none"}, "b": {"weigths": {}}}}, "named.b"),
        ({"listed": [{"mode": "none"}, {"weigths": {}}]}, "listed.1"),
        ({"listed": ({"weigths": {}},)}, "listed.0"),
    ],
)
def test_an_unknown_setting_is_refused_in_mappings_and_lists_of_settings(values: dict[str, Any], place: str) -> None:
    message = refusal({"model": "m", **values})
    assert message == f"x.yaml: stages[2].generate.{place}: no setting 'weigths'; did you mean 'weights'?"


@dataclass(frozen=True)
class Deep:
    nested: Mapping[str, tuple[Outer, ...]] = field(default_factory=dict)


def test_an_unknown_setting_is_found_at_any_depth() -> None:
    values = {"nested": {"a": [{"model": "m", "named": {"b": {"mdoe": "tags"}}}]}}
    with pytest.raises(UserError) as error:
        read_config(Deep, values, "here")
    assert str(error.value) == "here.nested.a.0.named.b: no setting 'mdoe'; did you mean 'mode'?"


def test_mappings_and_lists_of_settings_become_configs() -> None:
    values = {"model": "m", "named": {"a": {"mode": "none"}}, "listed": [{}]}
    assert read_config(Outer, values, "here") == Outer("m", named={"a": Inner(mode="none")}, listed=(Inner(),))


@pytest.mark.parametrize("value", ["text", 5, None, {"a": 5}, {"a": []}, [5], [[]], {5: {}}])
@pytest.mark.parametrize("name", ["named", "listed"])
def test_what_is_no_mapping_or_list_of_settings_is_refused(name: str, value: object) -> None:
    assert refusal({"model": "m", name: value}).startswith(f"x.yaml: stages[2].generate.{name}")


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["model", "tokens", "near", "names", "inner", "named", "listed"]) | st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
            max_leaves=4,
        ),
        max_size=3,
    )
)
def test_any_values_are_read_or_refused(values: dict[str, Any]) -> None:
    try:
        config = read_config(Outer, values, "here")
    except UserError:
        return
    assert set(values) <= {"model", "tokens", "near", "names", "limit", "inner", "named", "listed"}
    assert isinstance(config, Outer)


def test_the_nearest_name_is_suggested() -> None:
    assert str(unknown("check", "ecoh", ["copy", "echo"], "here")) == "here: no check 'ecoh'; did you mean 'echo'?"


def test_without_any_near_name_all_are_listed() -> None:
    assert str(unknown("check", "x", ["b", "a"], "here")) == "here: no check 'x'; known: a, b"


def test_without_any_name_that_is_said() -> None:
    assert str(unknown("engine", "x", [], "here")) == "here: no engine 'x'; known: none"
