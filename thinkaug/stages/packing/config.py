"""The settings of pack."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from thinkaug.rendering import Style
from thinkaug.stages.packing.mix import Mix

Control = Literal["none", "mismatched", "shuffled_steps"]


@dataclass(frozen=True)
class Config:
    """How samples look, which are drawn, and how they are laid out.

    Args:
        style: placement and markers of thoughts, and loss weights.
        seed: of the global shuffle, and of what is drawn at random.
        shard_mb: size that a shard should not pass, in millions of bytes; their number is a power of two.
        layout: `text`; `tokens`, a row a document; `packed`, rows of `window_tokens` that hold several documents.
        tokenizer: whose tokens are counted, and written where the layout is of tokens: a model's folder or Hub id,
            best the student's. Empty: that of `count_with`, and only for `text`.
        revision: of a tokenizer on the Hub.
        eos: the token that ends a document, where the tokenizer names none.
        window_tokens: length of a packed row.
        count_with: the engine whose tokenizer counts the tokens where `tokenizer` names none.
        count_tokens: whether tokens are counted for manifest and stats where nothing needs them: it takes longer than
            to write the shards.
        variants: how many samples a passage may give: the second shows the second candidate that stands at each cut,
            and so on, for facts that are to be met in several thoughts. Where a cut has fewer, its candidates come
            round again. No two are alike, so there are more than one only where several candidates stand.
        mix: how much of what goes into the set: the samples made here, raw text replayed, other data.
        control: what is done to the thoughts so that the set is a control: `mismatched` gives each stretch thoughts of
            another document, `shuffled_steps` mixes the steps within each thought.
    """

    style: Style = field(default_factory=Style)
    seed: int = 0
    shard_mb: Annotated[float, Gt(0), Le(1_000_000)] = 256
    layout: Literal["text", "tokens", "packed"] = "text"
    tokenizer: str = ""
    revision: str = "main"
    eos: str = ""
    window_tokens: Annotated[int, Ge(16), Le(1 << 24)] = 4096
    count_with: str = "writer"
    count_tokens: bool = True
    variants: Annotated[int, Ge(1)] = 1
    mix: Mix = field(default_factory=Mix)
    control: Control = "none"
