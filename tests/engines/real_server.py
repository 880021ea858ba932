"""A real vLLM server with the demo's model, on this machine."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from thinkaug import shipped

MODEL = "demo"
KEY = "key-of-the-real-server"
_STARTS_WITHIN_S = 300.0


@contextmanager
def serving() -> Iterator[str]:
    """The base URL of a server that serves the shipped model as `MODEL` to those who know `KEY`; it starts in 40 s."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "vllm.entrypoints.launchers.api_server.entry"),
        *("--model", shipped.locate("shipped:model"), "--served-model-name", MODEL),
        *("--host", "127.0.0.1", "--port", str(port), "--disable-uvicorn-access-log"),
        *("--max-model-len", "2048", "--dtype", "float32", "--max-num-seqs", "64", "--enforce-eager"),
        *("--kv-cache-memory-bytes", str(256 << 20)),
        # A seed for each request together with chunked prefill crashes the CPU engine of vLLM 0.32.
        *("--no-enable-chunked-prefill", "--max-num-batched-tokens", "2048"),
    ]
    environment = {
        **os.environ,
        "VLLM_API_KEY": KEY,
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "TORCHDYNAMO_DISABLE": "1",
        "OMP_NUM_THREADS": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    with tempfile.TemporaryFile() as log:
        # A session of its own: whatever it starts in turn ends with it.
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}/v1"
        except TimeoutError as error:
            log.seek(0)
            raise AssertionError(f"{error}\n{log.read().decode('utf-8', 'replace')[-4000:]}") from error
        finally:
            for kind in (signal.SIGTERM, signal.SIGKILL):
                if process.poll() is None:
                    os.killpg(process.pid, kind)
                try:
                    process.wait(15)
                    break
                except subprocess.TimeoutExpired:
                    continue


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until it is healthy."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise TimeoutError(f"the server ended with {process.returncode}")
        try:
            direct.open(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the server did not become healthy")
