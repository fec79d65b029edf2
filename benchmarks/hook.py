#!/usr/bin/env python3
"""How long `vllm-doctor check` takes on a repository of 500 files, 3 of which launch vLLM, as a hook would run it.

`python benchmarks/hook.py [RUNS]` makes the repository in a temporary folder and prints, in alternation, the least and
the median of: `grep -rli vllm`, `check` of one command, `check` of the folder, and `check` of all files by name (as
pre-commit calls it). The ratios are to grep and one check together: what nobody can save. Processor time is what is
compared; on a shared machine the wall clock tells more of the neighbours.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = 500
COMMAND = "vllm serve org/model --max-model-len 4096 --port 8000"
KINDS = (".py", ".md", ".yaml", ".sh", ".json", ".txt", ".ts")
LAUNCHES = {
    "deploy/run.sh": f"#!/bin/bash\nset -e\n{COMMAND} --tensor-parallel-size 1\n",
    "deploy/compose.yaml": (
        "services:\n  vllm:\n    image: vllm/vllm-openai:v0.24.0\n"
        "    command: [--model, org/model, --max-model-lenn, '4096']\n"
    ),
    "docs/serving.md": f"# Serving\n\n```bash\n{COMMAND}\n```\n",
}
DOCTOR = [sys.executable, "-c", "from vllm_doctor.cli import main; main()", "check"]


def made(folder: Path) -> list[str]:
    """Writes the repository; returns its files."""
    chance = random.Random(1)
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / ".gitignore").write_text("*.log\n__pycache__/\n/build/\n.env\nnode_modules/\n*.pyc\n")
    for name, text in LAUNCHES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    files = [".gitignore", *LAUNCHES]
    while len(files) < FILES:
        kind = KINDS[len(files) % len(KINDS)]
        name = f"src/part{chance.randrange(20)}/file{len(files)}{kind}"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(_text(kind, chance))
        files.append(name)
    return files


def _text(kind: str, chance: random.Random) -> str:
    rows = range(chance.randrange(20, 200))
    line = {".yaml": "key{}: [a, b, {{c: {}}}]", ".py": "value_{} = call('{}')", ".sh": "echo {} | sort -n > out{}"}
    return "\n".join(line.get(kind, "line {} of a text that says {}").format(row, row) for row in rows) + "\n"


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds by the wall clock and of processor time that a command takes."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=folder)
    after, end = os.times(), time.perf_counter()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return end - start, used


def main() -> None:
    """Measure, and print a table in milliseconds with the ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = made(folder)
        commands = {
            "grep -rli vllm": ["grep", "-rli", "vllm", "."],
            "check 'vllm serve …'": [*DOCTOR, COMMAND],
            "check .": [*DOCTOR, "."],
            "check FILE... (500)": [*DOCTOR, *files],
        }
        found: dict[str, list[tuple[float, float]]] = {title: [] for title in commands}
        for _ in range(runs + 1):
            for title, command in commands.items():
                found[title].append(measured(command, folder))
    print(f"{'ms, of ' + str(runs):22} {'wall min':>9} {'median':>9} {'cpu min':>9} {'median':>9}")
    rows = {}
    for title, times in found.items():
        walls, cpus = zip(*times[1:], strict=True)  # the first run only warms the disk's cache
        rows[title] = [min(walls), statistics.median(walls), min(cpus), statistics.median(cpus)]
        print(f"{title:22} " + " ".join(f"{value * 1000:9.0f}" for value in rows[title]))
    grep, one, walked, named = rows.values()
    for title, ours in (("check . / both", walked), ("check FILE... / both", named)):
        ratios = (mine / (first + second) for mine, first, second in zip(ours, grep, one, strict=True))
        print(f"{title:22} " + " ".join(f"{ratio:9.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
