"""How long a user waits: for `thinkaug --help`, and for the whole demo where everything is installed.

Bars (--bar): the median of --help stays under 1 s; `thinkaug run demo`, from nothing to validated shards, under 90 s.

    python benchmarks/startup.py [--bar] [--helps N]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time

BARS_S = {"--help": 1.0, "run demo": 90.0}


def seconds(*arguments: str) -> float:
    """Wall-clock seconds of one call of the command line."""
    started = time.perf_counter()
    command = [sys.executable, "-c", "from thinkaug.cli import main; main()", *arguments]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> int:
    """Print the table; with --bar, return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bar", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--helps", type=int, default=9, help="how often --help is timed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = {
            "--help": sorted(seconds("--help") for _ in range(arguments.helps)),
            "run demo": [seconds("run", "demo", "--out", folder)],
        }
    print(f"{'command':<10}{'median s':>10}{'spread':>14}{'bar':>7}")
    missed = False
    for name, times in runs.items():
        median = statistics.median(times)
        missed |= median >= BARS_S[name]
        print(f"{name:<10}{median:>10.2f}{f'{times[0]:.2f}-{times[-1]:.2f}':>14}{BARS_S[name]:>7.0f}")
    return int(arguments.bar and missed)


if __name__ == "__main__":
    sys.exit(main())
