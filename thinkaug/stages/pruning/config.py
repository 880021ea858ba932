"""The settings of `prune`, which its parts share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from annotated_types import Ge, Gt

from thinkaug.errors import UserError, unknown
from thinkaug.measures.reward import Weights

Limit = Literal["least_alone", "most_containment", "most_copied", "most_named_first", "least_reward"]
LIMITS: tuple[Limit, ...] = get_args(Limit)


@dataclass(frozen=True)
class Config:
    """What is taken out, and which candidates of a stretch go on.

    Args:
        contradicted: what becomes of a step that states something contradicted: it goes (`drop_step`), its candidate
            goes, it is written again from the evidence (`repair`; where that fails it goes), or it is kept.
        unsupported: what becomes of a step that states, without a word of doubt, what could not be decided: `keep`,
            `drop`, or `hedge` it with such words (English only; steps in another language go).
        choose: which candidates go on of those that are left: the `first`, a draw by the weights of `score` by `em`, or
            the best by `reward`.
        keep: how many candidates of a stretch go on; more than one for several variants of a passage.
        weights: of the reward.
        limits: `least_alone` (nats a target token: steps that carry less go), `most_containment`, `most_copied` and
            `most_named_first` (shares: a candidate over one goes, as a leak), `least_reward`. One that is not named is
            not in force.
        worthless: whether a candidate whose `IG - IG_mismatched` is not above 0 goes, so that its stretch may be left
            `raw`, or is to `keep`. In force only for candidates that were scored.
        engine: who repairs.
        prompts: `full`, or `brief` for small models.
        profile: what good thinking is in a domain, for repairs: a file of `templates/profiles`.
        max_tokens: a repair is cut off after so many tokens, and then counts as failed.
        index: the folder of an index with facts, by which repairs are verified.
        relations: how its relations are worded: a file of `templates/relations`.
        count_with: the engine whose tokenizer counts the tokens of the thoughts.
        seed: of the draw by `em`, and of which words of doubt are used.
    """

    contradicted: Literal["drop_step", "drop_candidate", "repair", "keep"] = "drop_step"
    unsupported: Literal["keep", "drop", "hedge"] = "keep"
    choose: Literal["first", "em", "reward"] = "first"
    keep: Annotated[int, Ge(1)] = 1
    weights: Weights = field(default_factory=Weights)
    limits: Mapping[str, float] = field(default_factory=dict)
    worthless: Literal["raw", "keep"] = "raw"
    engine: str = "writer"
    prompts: Literal["full", "brief"] = "full"
    profile: str = "general"
    max_tokens: Annotated[int, Gt(0)] = 256
    index: str = ""
    relations: str = "general"
    count_with: str = "writer"
    seed: int = 0

    def check(self) -> None:
        """Refuse limits that do not exist or are not numbers, and a repair that nothing could verify."""
        for name, limit in self.limits.items():
            if name not in LIMITS:
                raise unknown("limit", name, LIMITS, "prune: limits")
            if limit != limit:
                raise UserError(f"prune: limits: {name}: {limit} is not a number")
        if self.contradicted == "repair" and not self.index:
            raise UserError(
                "prune: index: a repair is verified before it may stay; name a folder made by "
                "thinkaug index PATH --out FOLDER"
            )

    @property
    def rewards(self) -> bool:
        """Whether rewards are wanted."""
        return self.choose == "reward" or "least_reward" in self.limits

    def needs(self) -> Mapping[str, str]:
        """What the rows must hold, and what to say to a user whose rows do not."""
        needs = {}
        if self.contradicted != "keep" or self.unsupported != "keep" or (self.rewards and self.weights.knowledge):
            needs["claims"] = "there are no verdicts to prune by; put verify before it"
        if "least_alone" in self.limits:
            needs["gain_alone"] = "limits: least_alone needs what each step gives alone; set score.leave_out: true"
        if self.rewards or set(self.limits) - {"least_alone"}:
            needs["gain"] = "rewards and limits need what each thought is worth; put score (by: gain) before it"
        if self.choose == "em":
            needs["log_weight"] = "choose: em needs the weights of the candidates; put score (by: em) before it"
        return needs
