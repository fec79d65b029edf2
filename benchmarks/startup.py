#!/usr/bin/env python3
"""How long the program takes on little, beside Python itself and what it imports: the clock and the processor.

`python benchmarks/startup.py [RUNS] [--write]` runs all in alternation and prints the least time of each, with its
ratio to `import click`; `--write` puts the table into docs/startup.md. Run it with the Python of an environment that
has the wheel, whose modules are compiled, on a machine that does nothing else.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "examples" / "kv-cache-too-small.log"
PAGE = ROOT / "docs" / "startup.md"
PROGRAM = "from vllm_doctor.cli import main; main()"
COMMAND = "vllm serve org/model --max-model-len 4096"
CODE = {
    "python -c pass": ["pass"],
    "import click": ["import click"],
    "import click, regex": ["import click, regex"],
    "vllm-doctor LOG (19 KB)": [PROGRAM, str(LOG)],
    "vllm-doctor LOG --format json": [PROGRAM, str(LOG), "--format", "json"],
    "vllm-doctor check 'COMMAND'": [PROGRAM, "check", COMMAND],
    "vllm-doctor explain ID": [PROGRAM, "explain", "kv-cache-too-small"],
    "the rules, loaded": ["from vllm_doctor.engine import catalogue; catalogue.load()"],
    "the same, without loading": ["from vllm_doctor.engine import catalogue"],
}


def measured(command: list[str], folder: str) -> tuple[float, float]:
    """Seconds by the wall clock and of processor time that a command takes."""
    before, start = os.times(), time.perf_counter()
    # not in a checkout, whose package would be taken in place of the installed one
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=folder)
    after, end = os.times(), time.perf_counter()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return end - start, used


def table(runs: int) -> str:
    """The least times in milliseconds, as Markdown."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CODE}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs + 1):
            for name, words in CODE.items():
                found[name].append(measured([sys.executable, "-c", *words], folder))
    rows = ["| | wall ms | cpu ms | times `import click` |", "|---|---:|---:|---:|"]
    least = {name: [min(times) for times in zip(*seen[1:], strict=True)] for name, seen in found.items()}
    base = least["import click"][0]
    for name, (wall, used) in least.items():
        rows.append(f"| `{name}` | {wall * 1000:.0f} | {used * 1000:.0f} | {wall / base:.2f} |")
    return "\n".join(rows)


def page(runs: int) -> str:
    """The page of docs."""
    where = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        "# How long a start takes\n\n"
        f"Made by `python benchmarks/startup.py {runs} --write` ({where}): the least of {runs} runs, in turns.\n"
        "Run it anew on yours; the first row is Python itself, the next two what others' code costs.\n\n"
        f"{table(runs)}\n"
    )


def main() -> None:
    """Measure, and print or write the table."""
    words = [word for word in sys.argv[1:] if word != "--write"]
    runs = int(words[0]) if words else 20
    if "--write" in sys.argv:
        PAGE.write_text(page(runs), "utf-8")
    print(PAGE.read_text("utf-8") if "--write" in sys.argv else table(runs))


if __name__ == "__main__":
    main()
