"""vllm: the engine, in this process or in one of its own. The only file that imports vllm; it knows no strategies."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Gt

from thinkaug import shipped
from thinkaug.dialogue import Ask, Constraint, Reply, Request, Score
from thinkaug.engines.arguments import OPERATIONAL, OWN_REASONING, refuse_unknown
from thinkaug.engines.chat import read_template
from thinkaug.engines.cpu import cpu_arguments, is_cpu, llvmlite_out_of_sight, prepare
from thinkaug.engines.fingerprint import fingerprint
from thinkaug.engines.finished import SCORING, scored, written
from thinkaug.engines.process.guard import Guarded
from thinkaug.engines.prompts import Prompts
from thinkaug.engines.quiet import quiet
from thinkaug.engines.thinking import Splitter, by_parser, by_tags, no_thinking
from thinkaug.engines.tokens import count_tokens
from thinkaug.errors import UserError

_LOUD = "VLLM_LOGGING_LEVEL" in os.environ  # someone who sets vLLM's log level wants to read it
_CONSTRAINTS = "structured_outputs_config"


@dataclass(frozen=True)
class Config:
    """A model and how vLLM runs it.

    Args:
        model: a folder, a Hub id, or `shipped:model`.
        revision: of a Hub model.
        max_model_len: window in tokens, prompt and reply together.
        dtype: of the weights; `auto` is the model's own, but float32 on CPU.
        chat_template: a Jinja file to use instead of the model's own.
        chat_options: further values for the chat template, such as `enable_thinking: false`.
        reasoning: how a reasoning model's thinking is told from its answer: `none` (it is not), `tags` (`<think>` and
            the like), or the name of one of vLLM's reasoning parsers.
        watchdog_s: an engine that makes no token for so long, with requests in flight, is started again.
        options: anything else of vLLM's engine arguments.
    """

    model: str
    revision: str = "main"
    max_model_len: Annotated[int, Gt(0)] = 4096
    dtype: str = "auto"
    chat_template: str = ""
    chat_options: Mapping[str, Any] = field(default_factory=dict)
    reasoning: str = "none"
    watchdog_s: Annotated[float, Ge(10)] = 600.0
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The model's folder or Hub id."""
        return shipped.locate(self.model)

    @property
    def name(self) -> str:
        """Model and revision, as stored with what it writes."""
        # Of a folder the last part alone: where it lies on this machine is nobody's business.
        model = Path(self.model).name if Path(self.model).is_dir() else self.model
        return f"{model}@{fingerprint(self.path, self.revision)[:12]}"

    def identity(self) -> Mapping[str, object]:
        """The weights' fingerprint and the settings that shape replies.

        Raises:
            UserError: the model cannot be had, or vLLM has no such argument or reasoning parser.
        """
        refuse_unknown(self.options, self.reasoning)
        shaping = {key: value for key, value in asdict(self).items() if key not in ("model", "options", "watchdog_s")}
        return {
            **shaping,
            "kind": "vllm",
            "weights": fingerprint(self.path, self.revision),
            "chat_template": read_template(self.chat_template),
            "options": {key: value for key, value in sorted(self.options.items()) if key not in OPERATIONAL},
        }

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has for the model, special tokens aside; the model itself is not loaded."""
        return count_tokens(self.path, self.revision, texts)

    def open(self) -> Guarded:
        """Load the model in a process of its own, which is started again if it dies or hangs."""
        refuse_unknown(self.options, self.reasoning)
        return Guarded(self, self.watchdog_s, shown=_LOUD)

    def load(self) -> "VllmEngine":
        """Load the model in this process."""
        refuse_unknown(self.options, self.reasoning)
        return VllmEngine(self)


class VllmEngine:
    """A vLLM engine driven step by step, so that requests join and leave the batch at any time.

    Log-probabilities are the model's own, before temperature, `top_p` and `top_k`; under a constraint, they are those
    among the tokens that it allows.
    """

    def __init__(self, config: Config) -> None:
        with nullcontext() if _LOUD else quiet():
            self._engine = _load(config)
        tokenizer = self._engine.get_tokenizer()
        template = {"chat_template": read_template(config.chat_template)} if config.chat_template else {}
        self._prompts = Prompts(tokenizer, {**config.chat_options, **template})
        self._split = _splitter(config, tokenizer)
        # What tells the thinking from the answer may be tokens that are hidden otherwise.
        self._hides_control = config.reasoning == "none"
        self._window_tokens: int = self._engine.model_config.max_model_len
        # A prompt that is read in chunks may be put off between two of them, and then begin again from the cache.
        self._shares = not self._engine.vllm_config.scheduler_config.enable_chunked_prefill
        # Twice the batch: while one is served, another waits. More would only send repair turns to the end of a queue.
        self.window: int = 2 * self._engine.vllm_config.scheduler_config.max_num_seqs
        self._settled: list[tuple[int, Reply]] = []
        self._finish: dict[str, Callable[[Any], Reply | None]] = {}
        self._moved = False
        self._watch()

    def submit(self, ticket: int, request: Request) -> None:
        """Queue a request; one that the model cannot take is answered with an error."""
        from vllm.exceptions import VLLMClientError

        try:
            if isinstance(request, Score):
                self._submit_score(str(ticket), request)
            else:
                self._submit_ask(str(ticket), request)
        except (ValueError, UserError, VLLMClientError) as error:
            self._finish.pop(str(ticket), None)
            self._settled.append((ticket, Reply("", error=_first_lines(error))))

    def step(self) -> tuple[list[tuple[int, Reply]], bool]:
        """One step of the model: the replies that are finished, and whether any token came of it."""
        done, self._settled = self._settled, []
        self._moved = False
        if self._engine.has_unfinished_requests():
            for output in self._engine.step():
                if output.finished and (reply := self._finish.pop(output.request_id)(output)) is not None:
                    done.append((int(output.request_id), reply))
        return done, self._moved

    def ready(self) -> list[tuple[int, Reply]]:
        """Step the model until something is finished."""
        done: list[tuple[int, Reply]] = []
        while not done and (self._settled or self._engine.has_unfinished_requests()):
            done, _ = self.step()
        return done

    def close(self) -> None:
        """Let go of the model. vLLM may take down what the engines of a process share: use no other one of it then."""
        del self._engine

    def _submit_ask(self, ticket: str, ask: Ask) -> None:
        prompt, sampling = self._prompts.ask(ask), ask.sampling
        self._fit(len(prompt), f"a reply of up to {sampling.max_tokens}", sampling.max_tokens)
        settings: dict[str, Any] = {"structured_outputs": _constraint(ask.constraint)} if ask.constraint else {}
        if ask.measured:
            settings.update(logprobs=0, flat_logprobs=True)
        self._finish[ticket] = partial(written, split=self._split(ask, prompt))
        self._add(
            ticket,
            prompt,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            top_k=sampling.top_k,
            max_tokens=sampling.max_tokens,
            seed=ask.seed,
            skip_special_tokens=self._hides_control,
            **settings,
        )

    def _submit_score(self, ticket: str, score: Score) -> None:
        prompt, before = self._prompts.score(score)
        self._fit(len(prompt), "one more", 1)
        if len(prompt) == before:
            self._settled.append((int(ticket), Reply("", prompt_tokens=before)))
            return
        self._score(ticket, prompt, before, sharing=self._shares)

    def _score(self, ticket: str, prompt: list[int], before: int, *, sharing: bool) -> None:
        """Read the prompt; `sharing` takes what it has in common with others from the cache of prefixes."""
        again = partial(self._score, ticket, prompt, before, sharing=False)
        self._finish[ticket] = partial(scored, before=before, again=again)
        self._add(ticket, prompt, **SCORING, **({"skip_reading_prefix_cache": False} if sharing else {}))

    def _add(self, ticket: str, prompt: list[int], **settings: Any) -> None:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind

        parameters = SamplingParams(output_kind=RequestOutputKind.FINAL_ONLY, **settings)
        self._engine.add_request(ticket, {"prompt_token_ids": prompt}, parameters)

    def _fit(self, prompt_tokens: int, beside: str, beside_tokens: int) -> None:
        if prompt_tokens + beside_tokens > self._window_tokens:
            raise UserError(
                f"prompt of {prompt_tokens} tokens and {beside} do not fit the model's window of "
                f"{self._window_tokens}; lower window_chars or window_tokens or max_tokens, or raise max_model_len"
            )

    def _watch(self) -> None:
        """Note whether tokens are made: vLLM's `step` gives out nothing of a request before its end."""
        core = self._engine.engine_core
        get_output = core.get_output

        def watched() -> Any:
            outputs = get_output()
            self._moved = self._moved or bool(outputs.outputs)
            return outputs

        core.get_output = watched


def _load(config: Config) -> Any:
    engine_args, engine_class = import_vllm()
    from vllm.config import StructuredOutputsConfig
    from vllm.exceptions import VLLMClientError

    arguments: dict[str, Any] = {
        "model": config.path,
        "revision": None if Path(config.path).is_dir() else config.revision,
        "max_model_len": config.max_model_len,
        "dtype": config.dtype,
        "disable_log_stats": True,
        "use_tqdm_on_load": False,
        "logprobs_mode": "raw_logprobs",
        **(cpu_arguments(config.dtype, config.max_model_len) if is_cpu() else {}),
        **config.options,
    }
    constraints = {
        # vLLM would choose by the first request, for all that follow.
        "backend": "xgrammar",
        # Weak models fill JSON with it for ever.
        "disable_any_whitespace": True,
        # A constraint begins after the thinking.
        "reasoning_parser": "" if config.reasoning in OWN_REASONING else config.reasoning,
        **config.options.get(_CONSTRAINTS, {}),
    }
    try:
        arguments[_CONSTRAINTS] = StructuredOutputsConfig(**constraints)
        with llvmlite_out_of_sight():
            return engine_class.from_engine_args(engine_args(**arguments))
    except (ValueError, TypeError, OSError, VLLMClientError) as error:
        raise UserError(f"vLLM does not take {config.model}: {_first_lines(error)}") from error


def import_vllm() -> tuple[Any, Any]:
    """vLLM's argument and engine classes, imported only now: it takes seconds, and reads the environment."""
    prepare()
    try:
        from vllm.engine.arg_utils import EngineArgs
        from vllm.v1.engine.llm_engine import LLMEngine
    except ImportError as error:
        raise UserError(
            f"vLLM is not installed ({error}); install thinkaug[gpu], or thinkaug[cpu] on a machine without a GPU"
        ) from error
    if is_cpu():
        # Where torch was imported before us, the environment came too late for it.
        import torch

        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
        # vLLM looks at a model's class in another process, lest a GPU be initialised in this one. That process would
        # find the three again; without a GPU the question can be asked here, which is sooner too.
        from vllm.model_executor.models import registry

        registry._run_in_subprocess = lambda fn: fn()
    return EngineArgs, LLMEngine


def _splitter(config: Config, tokenizer: Any) -> Splitter:
    if config.reasoning == "none":
        return no_thinking
    if config.reasoning == "tags":
        return by_tags(tokenizer)
    from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest
    from vllm.reasoning import ReasoningParserManager as Parsers

    def parser() -> Any:
        return Parsers.get_reasoning_parser(config.reasoning)(tokenizer, chat_template_kwargs={**config.chat_options})

    return by_parser(config.reasoning, parser, ChatCompletionRequest(messages=[], seed=None))


def _constraint(constraint: Constraint) -> Any:
    from vllm.sampling_params import StructuredOutputsParams

    kind, pattern = constraint.kind, constraint.pattern
    settings: dict[str, Any] = {kind: pattern.split("\n") if kind == "choice" else pattern}
    return StructuredOutputsParams(**settings)


def _first_lines(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
