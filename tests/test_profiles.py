"""Profiles: what is shipped is whole, what a user writes is read safely, what is drawn is spread."""

from collections import Counter
from pathlib import Path

import pytest

from thinkaug.errors import UserError
from thinkaug.profiles import SAMPLED, read_profile
from thinkaug.templates import Templates


def own(tmp_path: Path, text: str, name: str = "mine") -> Templates:
    (tmp_path / "profiles").mkdir(exist_ok=True)
    (tmp_path / "profiles" / f"{name}.yaml").write_text(text)
    return Templates(str(tmp_path))


def test_the_domains_that_are_promised_are_there() -> None:
    assert set(Templates().profiles()) >= {"general", "medicine", "maths", "law"}


@pytest.mark.parametrize("name", Templates().profiles())
def test_a_shipped_profile_has_something_to_say_everywhere(name: str) -> None:
    profile = read_profile(name, Templates())
    for part in ("expert", "reader", "self_talk", "recall", "verification", "avoid"):
        assert getattr(profile, part).strip()
    for choices in (profile.personas, profile.gaps, profile.focuses):
        assert len(choices) >= 5
        assert len(set(choices)) == len(choices)


def test_every_choice_is_drawn_about_equally_often() -> None:
    profile = read_profile("medicine", Templates())
    drawn = Counter(profile.draw(SAMPLED, seed)["persona"] for seed in range(7000))
    assert set(drawn) == set(profile.personas)
    assert max(drawn.values()) < 1.3 * min(drawn.values())


def test_what_varies_is_drawn_independently() -> None:
    profile = read_profile("medicine", Templates())
    pairs = {(found["persona"], found["gap"]) for found in (profile.draw(SAMPLED, seed) for seed in range(2000))}
    assert len(pairs) == len(profile.personas) * len(profile.gaps)


def test_a_name_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match="generate: profile: no profile 'medcine'; did you mean 'medicine'"):
        read_profile("medcine", Templates())


@pytest.mark.parametrize("name", ["../../pipelines/demo", "/etc/hostname"])
def test_a_profile_stays_in_its_folder(name: str) -> None:
    with pytest.raises(UserError, match="no profile"):
        read_profile(name, Templates())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("expert: [", "not valid YAML"),
        ("expert: a\nreadr: b", "no setting 'readr'; did you mean 'reader'"),
        ("expert: a", "missing|required"),
        ("- a", "expected settings"),
        ("expert: !!python/object/apply:os.system [echo]", "not valid YAML"),
    ],
)
def test_what_is_no_profile_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_profile("mine", own(tmp_path, text))


def test_the_users_profile_comes_before_a_shipped_one(tmp_path: Path) -> None:
    shipped = (Path(__file__).parent.parent / "templates" / "profiles" / "law.yaml").read_text()
    templates = own(tmp_path, shipped.replace("an experienced lawyer", "a notary"), "law")
    assert read_profile("law", templates).expert.startswith("a notary")
    assert "law" in templates.profiles()
