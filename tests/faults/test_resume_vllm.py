"""Real vLLM, killed three times: its answers are stored, and none of them is asked for again."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.faults.test_resume import Name, answered, by_text, stored
from tests.faults.vllm_run import run
from thinkaug import build

KILLS = 3


def test_three_kills_of_real_vllm(tmp_path: Path, writer: object) -> None:
    command = [sys.executable, "-m", "tests.faults.vllm_run", str(tmp_path), str(KILLS), "11"]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    killed = answered(tmp_path)
    kept = stored(tmp_path, "demo")
    plan = run(tmp_path, writer)
    attempts: dict[str, list[tuple[str, Name]]] = defaultdict(list)
    for batch, name in answered(tmp_path):
        attempts[batch.split(".")[0]].append((batch, name))
    assert len(attempts) == KILLS + 1
    assert kept <= {name for _, name in killed}
    assert not kept & {name for _, name in answered(tmp_path)[len(killed) :]}
    # What one attempt was told and a later one asked again can only have been in the last batch of the first.
    lists = list(attempts.values())
    for number, attempt in enumerate(lists):
        later = {name for other in lists[number + 1 :] for _, name in other}
        again = {batch for batch, name in attempt if name in later}
        assert again <= {attempt[-1][0]}
    assert stored(tmp_path, "demo") == {name for _, name in answered(tmp_path)}
    segmented, generated = (build.ledger_of(step) for step in plan.until("generate")[-2:])
    assert segmented.rows_out == generated.rows_in == len(by_text(plan)) + sum(generated.quarantined.values())
