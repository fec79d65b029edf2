#!/usr/bin/env python3
"""How a log of months is read: `python benchmarks/large_log.py [MIB] [RUNS] [--write]`.

Makes a log (benchmarks/make_log.py) of so many MiB, 1024 if not said, and runs vllm-doctor on it in alternation with
`wc -l`, GNU grep and, where it is there, ripgrep, both with the literals that our rules look for. The least time of
each counts. Memory is what belongs to the processes alone (Private_* of /proc/PID/smaps_rollup), the most that was
sampled over all of them. `--write` puts the tables into docs/performance.md.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import make_log

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
DOCTOR = f"{sys.executable} -c 'from vllm_doctor.cli import main; main()'"
SMALL_LOGS, SMALL_BYTES = 500, 20_000
LEAST = 8
_SAMPLE = 0.02
_SMALL = """
import sys, time
from vllm_doctor import diagnose
data = sys.stdin.buffer.read()
size = {size}
logs = [data[at : at + size] for at in range(0, len(data), size)]
diagnose(logs[0])
start = time.process_time()
for log in logs:
    diagnose(log)
many = time.process_time() - start
start = time.process_time()
diagnose(data)
print(many, time.process_time() - start)
"""
TEXT = """\
# How long a log of months takes

Made by `python benchmarks/large_log.py {mib} {runs} --write` on {machine}.
Run it anew on yours. The ratios are those of processor time, for the machine was shared with others.

A log of {mib:,} MiB ({lines:,} lines) as a server leaves it that ran for long: access lines, statistics, warnings,
failed requests, {attempts} starts, and the failure at its end. `benchmarks/make_log.py` makes it, the same bytes for a
seed.

| | wall s | cpu s | MB in a cpu s | private MB |
|---|---:|---:|---:|---:|
{rows}

{literals} literals are those of the shipped rules of {least} characters and more, one a line, for `grep -cF -f` with
`LC_ALL=C`{ripgrep}. vllm-doctor takes **{ratio:.2f}** of grep's time and **{wc:.1f}** times that of `wc -l`.
A pipe takes **{pipe:.2f}** of what the file takes.

| | cpu s | |
|---|---:|---|
| {count} logs of {size:,} bytes in one process | {many:.2f} | **{small:.2f}** times one log of them all |
| nothing but starts and tracebacks, {loop_mib} MiB | {loop:.2f} | {loop_speed:.0f} MB/s: nothing in it can be skipped |

The small logs are the fixtures', filled up with noise. In one log of them all the attempts in the middle are let go
and equal ones are folded, so less of it is analysed: most of a small log's time is the analysis, not the reading.

## How it is done

A line's *shape* is its bytes without the digits. What the last line of a shape came to when it was read (nothing: an
access line, statistics) holds for the next one, so it is skipped before it is decoded; what was never seen is always
read. Two passes of C over a block (`bytes.translate`, `bytes.split`) and one look into a table for each line do that.
Wrappers need no care, for they are part of the shape; `tests/log/test_skim.py` proves for every fixture, wrapped and
with noise between its lines, that the log read so is the log read without. Records below ERROR that differ in figures
only are read 256 times while a server serves (2,048 times before), then once in 65,536 lines. Starts and tracebacks are
never skipped: a log of nothing else is the slowest there is.

The other way, to search for literals that matter, was measured first, on one core with the same literals: `re` with an
alternation 0.5 MB/s, `ahocorasick_rs` 320, `google-re2` sets 675, `hyperscan` 1,140, shapes 570 to 650. Only the last
needs no dependency, and it cannot miss a failure whose words nobody has listed.

Memory does not grow with the log: blocks of 256 KiB, 64 KiB of a line, 3,000 events of a kind in an attempt, 200
attempts, equal ones in a row folded, 48 MiB together. Archives add their window, 64 MiB at most. Matching may take 2 s
for each 10 MB and 30 s in all; what it left out is named in the report.
"""


class Cost(NamedTuple):
    """What a command took: seconds by the clock, seconds of processor time, the most private bytes."""

    wall: float
    cpu: float
    private: int


def measured(command: str) -> Cost:
    """Run a shell's command and watch it and its children."""
    before, start, most = os.times(), time.perf_counter(), 0
    environment = {**os.environ, "LC_ALL": "C"}
    # not to /dev/null, where GNU grep stops at its first find
    with (
        tempfile.TemporaryFile() as out,
        subprocess.Popen(["/bin/sh", "-c", command], stdout=out, stderr=out, env=environment, cwd="/") as process,
    ):
        while process.poll() is None:
            most = max(most, sum(private(pid) for pid in family(process.pid)))
            time.sleep(_SAMPLE)
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return Cost(time.perf_counter() - start, used, most)


def family(pid: int) -> list[int]:
    """A process and all that came from it."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in found for one in family(int(child)))]


def private(pid: int) -> int:
    """The bytes that belong to a process alone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def literals() -> list[str]:
    """What the shipped rules look for in a log."""
    from vllm_doctor.engine import catalogue

    found = {literal for rule in catalogue.load().of_logs for literal in rule.literals}
    return sorted(literal for literal in found if len(literal) >= LEAST and "\n" not in literal)


def compared(log: Path, words: Path, runs: int) -> dict[str, Cost]:
    """The least that each command took, in alternation."""
    commands = {
        "vllm-doctor FILE": f"{DOCTOR} {log}",
        "cat FILE \\| vllm-doctor": f"cat {log} | {DOCTOR}",
        "grep -cF -f LITERALS": f"grep -cF -f {words} {log}",
        "wc -l": f"wc -l {log}",
    }
    if shutil.which("rg"):
        commands["rg -cF -f LITERALS"] = f"rg -cF -f {words} {log}"
    taken: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(measured(command))
    return {
        name: Cost(min(cost.wall for cost in costs), min(cost.cpu for cost in costs), max(c.private for c in costs))
        for name, costs in taken.items()
    }


def small() -> tuple[float, float]:
    """Seconds for many small logs in one process, and for one of the same bytes."""
    noise = b"".join(make_log.log(SMALL_BYTES))
    logs = [path.read_bytes() for path in sorted((ROOT / "fixtures").glob("*/*/log.txt"))]
    texts = [(logs[index % len(logs)] + noise)[: SMALL_BYTES - 1] + b"\n" for index in range(SMALL_LOGS)]
    data, program = b"".join(texts), _SMALL.format(size=SMALL_BYTES)
    ran = subprocess.run([sys.executable, "-c", program], input=data, stdout=subprocess.PIPE, check=True, cwd="/")
    many, one = map(float, ran.stdout.split())
    return many, one


def machine() -> str:
    """The processor, the cores that may be used, and the programs' versions."""
    try:
        text = Path("/proc/cpuinfo").read_text()
        model = next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    grep = subprocess.run(["grep", "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()[0]
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, Python {platform.python_version()}, {grep}"


def page(mib: int, runs: int) -> str:
    """Measure, and tell it."""
    with tempfile.TemporaryDirectory() as folder:
        log, words, loop = (Path(folder) / name for name in ("server.log", "literals.txt", "restarts.log"))
        lines = attempts = 0
        with log.open("wb") as file:
            for block in make_log.log(mib << 20):
                lines += block.count(b"\n")
                attempts += block.count(b"vLLM API server version")
                file.write(block)
        found = literals()
        words.write_text("".join(f"{literal}\n" for literal in found))
        loop_mib = max(1, mib // 16)
        loop.write_bytes(b"".join(make_log.restarts(loop_mib << 20)))
        size = log.stat().st_size
        costs = compared(log, words, runs)
        restarted = measured(f"{DOCTOR} {loop}")
        many, one = small()
    ours, pipe, grep, wc, *_ = costs.values()
    rows = [
        f"| `{name}` | {cost.wall:.2f} | {cost.cpu:.2f} | {size / cost.cpu / 1e6:.0f} | {cost.private / 1e6:.0f} |"
        for name, cost in costs.items()
    ]
    return TEXT.format(
        mib=mib,
        runs=runs,
        machine=machine(),
        lines=lines,
        attempts=attempts,
        rows="\n".join(rows),
        literals=len(found),
        least=LEAST,
        ripgrep="" if len(costs) > 4 else " (ripgrep was not there)",
        ratio=ours.cpu / grep.cpu,
        wc=ours.cpu / wc.cpu,
        pipe=pipe.cpu / ours.cpu,
        count=SMALL_LOGS,
        size=SMALL_BYTES,
        many=many,
        small=many / one,
        loop_mib=loop_mib,
        loop=restarted.cpu,
        loop_speed=(loop_mib << 20) / restarted.cpu / 1e6,
    )


def main() -> None:
    """Print the page, or write it."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    mib, runs = [*numbers, *(1024, 3)[len(numbers) :]][:2]
    text = page(mib, runs)
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
