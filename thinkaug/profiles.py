"""Domain profiles: what a good self-talk, recall and verification is in medicine, in maths, in law. Knows no model.

A profile is a YAML file among the templates, `profiles/<name>.yaml`; the user's own comes before a shipped one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from jinja2 import TemplateNotFound

from thinkaug.errors import UserError, unknown
from thinkaug.records import content_id
from thinkaug.settings import read_config
from thinkaug.templates import Templates
from thinkaug.yaml import read_yaml

Variable = Literal["persona", "gap", "focus"]
SAMPLED: tuple[Variable, ...] = get_args(Variable)


@dataclass(frozen=True)
class Profile:
    """Who thinks in a domain, and how.

    Args:
        expert: who thinks, such as "an experienced physician".
        reader: for whom the thinking is written down.
        self_talk: what a good self-talk step is here.
        recall: what a good recall step is here.
        verification: what a good verification step is here.
        avoid: what to keep out.
        personas: experts of several kinds; one is drawn for a thought where `persona` varies.
        gaps: what the reader does not know yet; likewise.
        focuses: what the expert minds most; likewise.
    """

    expert: str
    reader: str
    self_talk: str
    recall: str
    verification: str
    avoid: str
    personas: tuple[str, ...]
    gaps: tuple[str, ...]
    focuses: tuple[str, ...]

    def draw(self, varied: Collection[Variable], seed: int) -> Mapping[str, str]:
        """The sampled variables of a prompt: for those that vary one of the list, by the seed; for others nothing."""
        lists: Mapping[Variable, tuple[str, ...]] = {
            "persona": self.personas,
            "gap": self.gaps,
            "focus": self.focuses,
        }
        return {name: _one(choices, name, seed) if name in varied else "" for name, choices in lists.items()}


def _one(choices: tuple[str, ...], name: str, seed: int) -> str:
    return choices[int(content_id(name, str(seed))[:12], 16) % len(choices)] if choices else ""


def read_profile(name: str, templates: Templates) -> Profile:
    """The profile of that name.

    Raises:
        UserError: there is no such profile, or it is not one.
    """
    place = f"profiles/{name}.yaml"
    try:
        values = read_yaml(templates.read(place))
    except TemplateNotFound as error:
        raise unknown("profile", name, templates.profiles(), "generate: profile") from error
    except ValueError as error:
        raise UserError(f"templates/{place}: not valid YAML: {error}") from error
    return read_config(Profile, values, f"templates/{place}")
