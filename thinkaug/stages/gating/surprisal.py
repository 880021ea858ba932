"""How hard stretches are to a model: the surprisal of their tokens after the expert's words before them."""

from collections.abc import Iterable, Iterator, Sequence

from thinkaug.dialogue import Dialogue, Failed, Score, converse_by_row
from thinkaug.records import Passage
from thinkaug.stage import Services
from thinkaug.stages.gating import Found, Hardness
from thinkaug.stages.gating.config import Hardest
from thinkaug.stages.scoring.bounded import Bounded


def by_surprisal(
    passages: Iterable[Passage], unit: str, hardest: Hardest, services: Services
) -> Iterator[tuple[Sequence[Found], int]]:
    """Of each passage, in order: how hard its cuts are, and how many replies were remembered since the one before.

    `-log p(x | x_p)` of the stretch x after what stands before it, over the tokens of x.
    """
    count_tokens = services.engines[hardest.engine].count_tokens
    with services.remembering(hardest.engine, unit) as engine:
        bounded = Bounded(engine, hardest.max_batch_tokens, count_tokens)
        for _, results in converse_by_row(passages, _requests, _ask, bounded, engine.window):
            yield results, engine.newly_remembered()


def _requests(passage: Passage) -> list[Score]:
    return [Score(passage.before(cut), passage.target(cut)) for cut in passage.cuts]


def _ask(request: Score) -> Dialogue[Hardness]:
    if not request.target:
        raise Failed("empty_target", "there is no text after the cut")
    reply = yield request
    if not reply.log_probabilities:
        raise Failed(
            "no_log_probabilities",
            "the engine gave no log-probabilities of the stretch; name one that scores texts, such as kind: vllm",
        )
    return Hardness(-sum(reply.log_probabilities), len(reply.log_probabilities))
