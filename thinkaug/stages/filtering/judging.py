"""What a judge's scores come to: the reason why a thought goes, the tally, and whether a draft was judged at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from thinkaug.dialogue import Dialogue, Sampling
from thinkaug.judges import rubric
from thinkaug.judges.rubric import Judged
from thinkaug.records import Thinking
from thinkaug.stage import Services, seed_of
from thinkaug.stages.filtering.config import Judge
from thinkaug.templates import Templates


def judging(config: Judge, services: Services) -> Callable[[Thinking], Dialogue[Judged]]:
    """The dialogue about one thought, under a config that was checked."""
    return rubric.judge(
        config.rubric,
        _templates(config, services),
        Sampling(config.temperature, max_tokens=config.max_tokens),
        # The same thought about the same stretch is the same question, wherever it stands, and is paid for once.
        seed_of("rubric", config.seed),
        before_chars=config.before_chars,
    )


def shaped_by(config: Judge, services: Services) -> Mapping[str, object]:
    """What shapes the scores, the rubric itself aside, which is in the config: the engine and the prompt.

    Raises:
        UserError: one of them cannot be had.
    """
    templates = _templates(config, services)
    return {
        "engine": services.identity(config.engine, "filter: judge: engine"),
        "templates": {name: templates.check(name, used) for name, used in rubric.TEMPLATES.items()},
    }


def reason_of(judged: Judged, config: Judge) -> str:
    """Why the thought goes: the criterion on which it falls short, with the lowest score of several; empty if it stays.

    A score that could not be had drops nothing, and then there is no mean.
    """
    short = [
        (score, name) for name, score in judged.scores.items() if score < config.minimum.get(name, config.at_least)
    ]
    if short:
        return f"rubric_{min(short)[1]}"
    mean = judged.mean
    return "rubric_mean" if mean is not None and mean < config.mean_at_least else ""


def tally_of(judged: Sequence[Judged]) -> Mapping[str, int]:
    """What the judge was asked, what it cost, and how often each criterion had each score (`rubric_<name>_<score>`).

    `rubric_unreadable` are the scores that could not be had, because a reply was none or its request failed.
    """
    tally: Counter[str] = Counter()
    for one in judged:
        tally.update(
            judged=1,
            requests=one.requests,
            requests_failed=one.failed,
            rubric_unreadable=one.unreadable + one.failed,
            prompt_tokens=one.prompt_tokens,
            output_tokens=one.output_tokens,
        )
        tally.update(f"rubric_{name}_{score}" for name, score in one.scores.items())
    return tally


def problem_of(judged: Iterable[Judged]) -> str:
    """What went wrong, where not one request about a draft was served; empty otherwise."""
    found = list(judged)
    asked, failed = sum(one.requests for one in found), sum(one.failed for one in found)
    return next(one.problem for one in found if one.failed) if 0 < asked == failed else ""


def _templates(config: Judge, services: Services) -> Templates:
    return services.templates.brief() if config.prompts == "brief" else services.templates
