#!/usr/bin/env python3
"""How long `vllm-doctor LOG` takes beside `python -c "import click"`, in alternation, by the clock of the processes.

`python benchmarks/startup.py [RUNS]` prints the least and the median of both and their ratios. Processor time
(user and system) is what is compared: on a shared machine the wall clock tells more of the neighbours.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

LOG = Path(__file__).resolve().parent.parent / "examples" / "kv-cache-too-small.log"
ELSEWHERE = Path(LOG.anchor)
COMMANDS = {
    "vllm-doctor LOG": [sys.executable, "-c", "from vllm_doctor.cli import main; main()", str(LOG)],
    "import click": [sys.executable, "-c", "import click"],
}


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds by the wall clock and of processor time that a command takes."""
    before, start = os.times(), time.perf_counter()
    # not in a checkout, whose package would be taken in place of the installed one
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=ELSEWHERE)
    after, end = os.times(), time.perf_counter()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return end - start, used


def main() -> None:
    """Measure, and print a table in milliseconds."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, command in COMMANDS.items():
            found[name].append(measured(command))
    print(f"{'ms, of ' + str(runs):18} {'wall min':>9} {'median':>9} {'cpu min':>9} {'median':>9}")
    rows = []
    for name, times in found.items():
        walls, cpus = zip(*times[1:], strict=True)  # the first run only warms the disk's cache
        rows.append([min(walls), statistics.median(walls), min(cpus), statistics.median(cpus)])
        print(f"{name:18} " + " ".join(f"{value * 1000:9.0f}" for value in rows[-1]))
    print(f"{'ratio':18} " + " ".join(f"{ours / theirs:9.2f}" for ours, theirs in zip(*rows, strict=True)))


if __name__ == "__main__":
    main()
