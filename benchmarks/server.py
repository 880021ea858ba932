"""The server engine beside a bare asyncio loop, at the same real vLLM server: output tokens per second, as a ratio.

The engine opens anew for each run and finds out by itself how many requests at once the server bears; it retries,
reads and checks replies. The bare loop posts the very same requests with aiohttp, as many at once as served best in a
trial of several fixed numbers, and reads the token counts. Both run in this process in pairs, now one first and now the
other; the ratio is taken pair by pair.

Bar (--bar): the median ratio is at least 0.95.

    python benchmarks/server.py [--bar] [--pairs N] [--requests N]
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import aiohttp

from thinkaug import shipped
from thinkaug.dialogue import Ask, Dialogue, Failed, Message, Reply, Sampling, converse
from thinkaug.engines.server import Config

BAR = 0.95
AT_ONCE = (16, 32, 64, 128, 256)
_KEY_VARIABLE = "THINKAUG_BENCHMARK_KEY"


def asks(count: int) -> list[Ask]:
    """Requests as the interleaved strategy puts them, about sentences of the demo's texts; the seeds all differ."""
    lines = Path(shipped.locate("shipped:samples/demo.jsonl")).read_text(encoding="utf-8").splitlines()
    sentences = [part for line in lines for part in json.loads(line)["text"].split("\n") if len(part) > 20]
    found = []
    for seed, target in enumerate(islice(cycle(sentences), count)):
        content = f"Written so far:\n```\n\n```\nNext:\n```\n{target[:200]}\n```"
        found.append(Ask((Message("user", content),), Sampling(0.7, 1.0, 128), seed))
    return found


def engine_run(config: Config, requests: Sequence[Ask]) -> float:
    """Output tokens per second through the engine, from opening it to the last reply."""

    def once(request: Ask) -> Dialogue[Reply]:
        return (yield request)

    started = time.perf_counter()
    engine = config.open()
    tokens = 0
    for _, result in converse(requests, once, engine, engine.window):
        assert not isinstance(result, Failed), result
        tokens += result.output_tokens
    engine.close()
    return tokens / (time.perf_counter() - started)


def bare_run(config: Config, requests: Sequence[Ask], at_once: int) -> float:
    """Output tokens per second of a plain loop with a fixed number of requests at once."""
    started = time.perf_counter()
    tokens = asyncio.run(_bare(config, requests, at_once))
    return tokens / (time.perf_counter() - started)


async def _bare(config: Config, requests: Sequence[Ask], at_once: int) -> int:
    room = asyncio.Semaphore(at_once)
    headers = {"Authorization": f"Bearer {os.environ[_KEY_VARIABLE]}"}
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)  # the server closes an idle connection after 5 s
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:

        async def one(request: Ask) -> int:
            body = {
                "model": config.model,
                "messages": [{"role": message.role, "content": message.content} for message in request.messages],
                "temperature": request.sampling.temperature,
                "top_p": request.sampling.top_p,
                "max_tokens": request.sampling.max_tokens,
                "seed": request.seed,
            }
            async with room, session.post(f"{config.urls[0]}/chat/completions", json=body) as response:
                answer: Any = await response.json()
            return int(answer["usage"]["completion_tokens"])

        return sum(await asyncio.gather(*(one(request) for request in requests)))


def main() -> int:
    """Print the table; with --bar, return 1 if the ratio misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when the bar is missed")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--requests", type=int, default=600)
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.engines.real_server import KEY, MODEL, serving

    os.environ[_KEY_VARIABLE] = KEY
    requests = asks(arguments.requests)
    with serving() as url:
        config = Config(model=MODEL, urls=(url,), tokenizer="shipped:model", api_key_env=_KEY_VARIABLE)
        bare_run(config, requests[:100], 64)  # to warm up
        trials = {at_once: bare_run(config, requests, at_once) for at_once in AT_ONCE}
        best = max(trials, key=lambda at_once: trials[at_once])
        pairs = []
        for pair in range(arguments.pairs):
            if pair % 2:
                bare = bare_run(config, requests, best)
                ours = engine_run(config, requests)
            else:
                ours = engine_run(config, requests)
                bare = bare_run(config, requests, best)
            pairs.append((ours, bare))
    print("bare loop, tokens/s by requests at once: " + ", ".join(f"{n}: {rate:,.0f}" for n, rate in trials.items()))
    ratios = sorted(ours / bare for ours, bare in pairs)
    ours, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    median = statistics.median(ratios)
    print(f"\n{'requests':<10}{'engine':>8}{'bare':>8} tokens/s{'ratio':>8}{'spread':>15}{'bar':>7}")
    spread = f"{ratios[0]:.3f}-{ratios[-1]:.3f}"
    print(f"{len(requests):<10}{ours:>8,.0f}{bare:>8,.0f}{'':9}{median:>8.3f}{spread:>15}{BAR:>7.2f}")
    return int(arguments.bar and median < BAR)


if __name__ == "__main__":
    sys.exit(main())
