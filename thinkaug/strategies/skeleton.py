"""skeleton: first an outline made without the stretch, then its lines filled in with the stretch in sight.

After SSR (arXiv 2602.14469), against leakage: what the expert wonders about is settled before the model has seen the
answer, and no prompt has to ask it to forget what it saw.
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from thinkaug.dialogue import Dialogue, Failed
from thinkaug.strategies import Strategy, Stretch, Thoughts, Voice, written_steps


@dataclass(frozen=True)
class Config:
    """Options of the strategy.

    Args:
        before_chars: how much of the expert text before the stretch the model sees, in both turns.
        outline_chars: a longer outline is no outline; such a stretch goes without a thought.
    """

    before_chars: Annotated[int, Ge(0)] = 1500
    outline_chars: Annotated[int, Ge(1)] = 2000


def _think(stretch: Stretch, config: Config, voice: Voice) -> Dialogue[Thoughts]:
    before = stretch.before(config.before_chars)
    outline = yield voice.ask(*voice.prompt("skeleton.j2", title=stretch.passage.title, before=before))
    written = outline.text.strip()
    if not written or outline.finish == "length" or len(written) > config.outline_chars:
        raise Failed("no_outline", "the outline is empty, cut off or too long", outline.text, (outline,))
    opening = voice.prompt("fill.j2", before=before, outline=written, target=stretch.target)
    try:
        return (yield from written_steps(voice, opening, earlier=(outline,)))
    except Failed as failure:
        # Whatever fails from here on, the outline was paid for.
        raise Failed(failure.kind, str(failure), failure.raw or written, failure.replies or (outline,)) from failure


skeleton = Strategy(
    version=1,
    config=Config,
    templates={
        "skeleton.j2": frozenset({"title", "before"}),
        "fill.j2": frozenset({"before", "outline", "target"}),
        "repair.j2": frozenset({"problem"}),
    },
    think=_think,
    tagged=True,
)
