"""The four records and their parts: Document -> Passage -> Draft -> Sample.

Frozen and slotted; `thinkaug.schema` derives the Arrow schema from the annotations. The type of the row changes as it
moves through the stages, so that a stage cannot read what does not exist yet. Offsets are code points, half open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import groupby
from typing import Annotated, Literal, get_args

Kind = Literal["self_talk", "recall", "verification", "lookup", "observation", "prose"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STEP_KINDS: tuple[Kind, ...] = ("self_talk", "recall", "verification")
"""Those that a model tells apart by tags. `lookup` and `observation` come of a search, `prose` is untyped thinking."""
Placement = Literal["before", "after"]
Verdict = Literal["supported", "contradicted", "unknown"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

Int32 = Annotated[int, "int32"]  # the Arrow type where it is not the default int64 or float64
Float32 = Annotated[float, "float32"]


def content_id(*parts: str) -> str:
    """A stable 128-bit id of the parts, in hex. Lone surrogates are hashed too, never refused."""
    digest = blake2b(digest_size=16)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)  # by itself: to put the two together would copy a long text
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Document:
    """One ingested text. `id` is the content hash of `text`; `meta` is a JSON object as text."""

    id: str
    text: str
    source: str = ""
    title: str = ""
    domain: str = ""
    language: str = ""
    license: str = ""
    meta: str = "{}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A window of a document. The texts of a document's passages, in order of `start`, concatenate to its text.

    `context` is expert text that comes before the window; `cuts` are offsets into `text`, ascending, where a thought
    may go in; `text_sha256` is of `text` as UTF-8, taken when the window was cut. `procedural` says how procedural the
    window is, from 0 to 1, once `gate` has measured it; None before, and where it cannot be measured.
    """

    id: str
    document: str
    start: int
    text: str
    context: str
    cuts: tuple[int, ...]
    text_sha256: str
    source: str = ""
    title: str = ""
    domain: str = ""
    language: str = ""
    license: str = ""
    meta: str = "{}"
    procedural: Annotated[float | None, "float32"] = None

    def before(self, cut: int) -> str:
        """The expert text that comes before `cut`, context included."""
        return self.context + self.text[:cut]

    def target(self, cut: int) -> str:
        """The stretch of expert text from `cut` to the next cut, or to the end."""
        return self.text[cut : min((c for c in self.cuts if c > cut), default=len(self.text))]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something that was looked up stands: the entry of the index, its source and version, its words."""

    entry: str
    quote: str
    source: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """A calculation found in a step and carried out: what it states, what it comes to, and whether the two agree."""

    expression: str
    stated: str
    value: str
    verdict: Literal["holds", "fails", "unreadable"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One atomic statement of a step, and what was found about it.

    Args:
        text: the statement, in the step's own words.
        verdict: `unknown` where nothing decided it; that is not the same as right.
        judge: which judge decided; empty where none did.
        confidence: the probability that the judge gave its verdict, in [0, 1]; None where it has none.
        evidence: what decided it.
        index: digest of the index of knowledge that was asked; empty where none was.
        reason: of an unknown claim, a snake_case word: why it could not be decided.
        subject: id of what it speaks about, where it could be read as a fact; empty otherwise, as are the next three.
        relation: name of the relation.
        object: id of what stands in the relation to the subject, or a quantity as it was stated.
        qualifier: what is said beside, such as a category of the relation.
        negated: whether it denies the fact.
    """

    text: str
    verdict: Verdict = "unknown"
    judge: str = ""
    confidence: float | None = None
    evidence: tuple[Evidence, ...] = ()
    index: str = ""
    reason: str = ""
    subject: str = ""
    relation: str = ""
    object: str = ""
    qualifier: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Thought:
    """One typed step of thinking that belongs to the stretch of its passage that begins at offset `cut`.

    Args:
        cut: offset into the passage's text.
        candidate: which of the thoughts about that stretch it is a step of.
        kind: what sort of step.
        text: its words, as they are rendered.
        drop: the reason why it is not rendered, or empty.
        evidence: what an observation was read from.
        executed: the calculations in it that were carried out.
        claims: what it states, with verdicts, once it was verified.
        gain: what the step adds to the likelihood of the stretch after the steps before it, in nats a target token,
            where it was scored: `IG_i`.
        gain_alone: what is lost when this step alone is left out, in nats a target token, where it was scored.
        written: the words as the model wrote them, where `text` is no longer those.
    """

    cut: int
    candidate: int
    kind: Kind
    text: str
    drop: str = ""
    evidence: tuple[Evidence, ...] = ()
    executed: tuple[Execution, ...] = ()
    claims: tuple[Claim, ...] = ()
    gain: float | None = None
    gain_alone: float | None = None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a thought does for the stretch it is about, by one model. Gains are in nats a token of the stretch.

    Args:
        scorer: model and revision whose likelihood and tokens these are.
        target_tokens: of the stretch that the thought is about.
        gain: `[log p(x | x_p, z) - log p(x | x_p)] / |x|`.
        mismatched: the same thought's gain for the stretch of another passage; None where there was none.
        without_recall: the gain when its recall steps are left out; None where it was not measured.
        without_reasoning: the gain when its self-talk and verification steps are left out; None likewise.
        containment: share of its word n-grams that stand in the stretch and not before; None where it is too short.
        copied: the same of the one step that copies most; None where all are too short.
        named_first: share of the stretch's content words that the thought names first; None where there are none.
    """

    scorer: str
    target_tokens: int
    gain: float
    mismatched: float | None = None
    without_recall: float | None = None
    without_reasoning: float | None = None
    containment: float | None = None
    copied: float | None = None
    named_first: float | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """How the thought of one candidate at one cut came about.

    `finish` is how the last reply ended (`stop` or `length`), the tokens are those of all its replies. Where no thought
    came of it, `problem` says why and `raw` keeps what the model wrote. `variables` are the sampled ones of its prompt,
    as JSON. `log_q` is the log-probability of its replies under the model that wrote them, in nats, where it was
    measured; `log_weight` its importance weight and `worth` what it does for its stretch, where it was scored; `reward`
    is what it was chosen by, where it was.
    """

    cut: int
    candidate: int
    seed: int
    finish: str
    prompt_tokens: int
    output_tokens: int
    repaired: bool = False
    problem: str = ""
    raw: str = ""
    turns: int = 1
    variables: str = "{}"
    log_q: float | None = None
    log_weight: float | None = None
    worth: Worth | None = None
    reward: float | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A passage with the thoughts written for it; thoughts are ordered by cut, candidate, step.

    The passage's `cuts` are those that were thought about. `placement` is where the strategy has its thoughts: before
    or after their stretch. `prompts` is a digest of the prompts' text.
    """

    passage: Passage
    strategy: str
    model: str
    thoughts: tuple[Thought, ...]
    generations: tuple[Generation, ...]
    placement: Placement = "before"
    prompts: str = ""

    @property
    def id(self) -> str:
        """The id of the passage."""
        return self.passage.id

    def thinkings(self) -> "Iterator[Thinking]":
        """The thoughts that still stand, gathered by cut and candidate; without observations, which no model wrote."""
        finish = {(g.cut, g.candidate): g.finish for g in self.generations}
        standing = (t for t in self.thoughts if not t.drop and t.kind != "observation")
        for (cut, candidate), steps in groupby(standing, key=lambda t: (t.cut, t.candidate)):
            ended = finish.get((cut, candidate), "")
            yield Thinking(self.passage, cut, candidate, tuple(steps), ended, self.placement)


@dataclass(frozen=True)
class Thinking:
    """What a check looks at: all steps of one candidate at one cut, beside the expert text. Never stored."""

    passage: Passage
    cut: int
    candidate: int
    steps: tuple[Thought, ...]
    finish: str
    placement: Placement = "before"

    @cached_property
    def text(self) -> str:
        """The steps, one a line."""
        return "\n".join(step.text for step in self.steps)

    @cached_property
    def target(self) -> str:
        """The stretch of expert text that the thought is about."""
        return self.passage.target(self.cut)

    @cached_property
    def before(self) -> str:
        """The expert text before the thought; with the stretch itself, where the thought stands after it."""
        return self.passage.before(self.cut) + (self.target if self.placement == "after" else "")


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of a sample is of `kind`; `weight` is its share in the training loss."""

    start: Int32
    end: Int32
    kind: str
    weight: Float32


@dataclass(frozen=True, slots=True)
class Sample:
    """What a trainer reads. The spans tile `text` without a gap; `no_loss_ranges` are `[start, end]` pairs."""

    id: str
    text: str
    spans: tuple[Span, ...]
    no_loss_ranges: tuple[tuple[Int32, ...], ...]
    source: str
    domain: str
    meta: str
