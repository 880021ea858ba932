"""Where `random` puts a thought: by the passage, the cut and the seed, and by nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.rendering.hostile_drafts import STYLES, draft_of, drafts
from thinkaug.records import Draft, Thought
from thinkaug.rendering import Style, render
from thinkaug.rendering.placing import place_of

TEXT = "".join(f"Line {number}.\n" for number in range(4000))
CUTS = tuple(range(0, len(TEXT), 11))


def priors(draft: Draft, style: Style) -> list[bool]:
    return [place_of(cut, draft, style)[1] for cut in CUTS]


def named(name: str) -> Draft:
    made = draft_of(TEXT)
    return replace(made, passage=replace(made.passage, id=name))


@pytest.mark.parametrize("prior", [0.1, 0.5, 0.8])
def test_about_as_many_are_priors_as_asked(prior: float) -> None:
    drawn = priors(named("p"), Style(placement="random", prior=prior))
    # Four standard deviations of a binomial; what is drawn is fixed, so this passes always or never.
    assert abs(sum(drawn) / len(drawn) - prior) < 4 * (prior * (1 - prior) / len(drawn)) ** 0.5


def test_seed_passage_and_cut_all_matter() -> None:
    style = Style(placement="random")
    drawn = priors(named("p"), style)
    for other in (priors(named("q"), style), priors(named("p"), replace(style, seed=1)), drawn[1:] + drawn[:1]):
        same = sum(one == another for one, another in zip(drawn, other, strict=True)) / len(drawn)
        assert 0.45 < same < 0.55


def test_what_is_drawn_stays_as_it_is() -> None:
    style = Style(placement="random")
    assert "".join("ap"[prior] for prior in priors(named("p"), style)[:24]) == "aapapaaappppapppaapppaaa"


def test_a_larger_prior_turns_posteriors_into_priors_and_none_back() -> None:
    few, more = (priors(named("p"), Style(placement="random", prior=prior)) for prior in (0.3, 0.6))
    assert all(later for earlier, later in zip(few, more, strict=True) if earlier)


def test_other_thoughts_and_other_cuts_do_not_move_a_thought() -> None:
    style = Style(placement="random", markers="tokens")
    thoughts = [Thought(cut, 0, "recall", "R") for cut in CUTS[:8]]
    whole = draft_of(TEXT[:88], *thoughts, cuts=CUTS[:8])
    for thought in thoughts:
        alone, _ = render(replace(whole, thoughts=(thought,)), style)
        together = place_of(thought.cut, whole, style)
        assert alone.index("<|thought_") == together[0]
        assert ("<|thought_before|>" in alone) == together[1]


@settings(max_examples=50, deadline=None)
@given(drafts(), STYLES)
def test_certain_draws_are_the_placements_without_one(draft: Draft, style: Style) -> None:
    always = replace(style, placement="random", prior=1.0)
    never = replace(style, placement="random", prior=0.0)
    assert render(draft, always) == render(draft, replace(style, placement="interleaved"))
    assert render(draft, never) == render(replace(draft, placement="after"), replace(style, placement="strategy"))
