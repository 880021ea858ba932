"""What vLLM can be told: the names of its engine arguments and of its reasoning parsers.

They are read from its source, for importing vLLM takes ten seconds, and a name that does not exist should be refused
before a run.
"""

import ast
from collections.abc import Collection, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from thinkaug.errors import unknown

OPERATIONAL = frozenset(
    {
        "async_scheduling",
        "block_size",
        "compilation_config",
        "cpu_offload_gb",
        "disable_custom_all_reduce",
        "disable_log_stats",
        "distributed_executor_backend",
        "download_dir",
        "enable_chunked_prefill",
        "enable_prefix_caching",
        "enforce_eager",
        "gpu_memory_utilization",
        "kv_cache_memory_bytes",
        "load_format",
        "max_num_batched_tokens",
        "max_num_seqs",
        "pipeline_parallel_size",
        "tensor_parallel_size",
        "use_tqdm_on_load",
    }
)
"""Arguments that change how fast and where vLLM runs, not what it writes: they are no part of a build's identity."""

OWN_REASONING = ("none", "tags")
"""Ways to tell thinking from an answer that need no parser of vLLM's."""


def refuse_unknown(options: Collection[str], reasoning: str) -> None:
    """Refuse names that vLLM does not know. Where its source cannot be read, loading it will tell.

    Raises:
        UserError: there is no such engine argument or reasoning parser; the message has the nearest.
    """
    arguments, parsers = engine_arguments(), reasoning_parsers()
    for option in options:
        if arguments and option not in arguments:
            raise unknown("engine argument of vLLM", option, arguments, "options")
    if parsers and reasoning not in (*OWN_REASONING, *parsers) and "reasoning_parser_plugin" not in options:
        raise unknown("reasoning parser", reasoning, [*OWN_REASONING, *parsers], "reasoning")


@cache
def engine_arguments() -> frozenset[str]:
    """The names of vLLM's engine arguments; empty where it is not installed, or built otherwise than we know."""
    classes = (node for node in _nodes("engine/arg_utils.py") if isinstance(node, ast.ClassDef))
    return frozenset(
        line.target.id
        for found in classes
        if found.name == "EngineArgs"
        for line in found.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    )


@cache
def reasoning_parsers() -> frozenset[str]:
    """The names of vLLM's reasoning parsers; empty where it is not installed, or built otherwise than we know."""
    tables = (node.value for node in _nodes("reasoning/__init__.py") if isinstance(node, ast.Assign))
    return frozenset(
        key.value
        for table in tables
        if isinstance(table, ast.Dict)
        for key in table.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    )


def _nodes(file: str) -> Iterator[ast.stmt]:
    home = find_spec("vllm")
    for folder in (home.submodule_search_locations or []) if home else []:
        place = Path(folder, file)
        if place.is_file():
            yield from ast.parse(place.read_text(encoding="utf-8")).body
