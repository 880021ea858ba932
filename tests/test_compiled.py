"""Kernels on disk: they are compiled anew when the source of any of them has changed."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from pathlib import Path
from thinkaug import compiled
compiled.Path = lambda _: Path(sys.argv[1]) / "compiled.py"
sys.path.insert(0, sys.argv[1])
import outer
print(outer.outer(1), sum(outer.outer.stats.cache_hits.values()))
"""


def answers(folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_kernel_is_kept_until_one_that_it_calls_has_changed(tmp_path: Path) -> None:
    inner = tmp_path / "lexing" / "inner.py"
    inner.parent.mkdir()
    (inner.parent / "__init__.py").touch()
    head = "from thinkaug.compiled import compiled\n"
    inner.write_text(f"{head}@compiled\ndef inner(x):\n    return x + 1\n")
    (tmp_path / "outer.py").write_text(
        f"from lexing.inner import inner\n{head}@compiled\ndef outer(x):\n    return inner(x)\n"
    )
    assert [answers(tmp_path), answers(tmp_path)] == ["2 0", "2 1"]
    inner.write_text(f"{head}@compiled\ndef inner(x):\n    return x + 10\n")
    assert answers(tmp_path) == "11 0"
