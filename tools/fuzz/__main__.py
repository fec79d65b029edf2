"""`python -m tools.fuzz [--minutes N] [TARGET...]`: fuzz the targets in turn; finds are written and counted.

With atheris installed its coverage guides the fuzzing, else mutations of the seeds stand alone.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

CPU_SECONDS = 20
"""Processor time after which an execution counts as a hang; an input is 40 kB at most."""


class Hang(Exception):
    """An execution took too long."""


class Session:
    """Executions of one target; what it finds is told apart by where it was raised."""

    def __init__(self, name: str, out: Path) -> None:
        from tools.fuzz import targets

        self.name, self.out = name, out
        self.target = targets.TARGETS[name]
        self.attempt = targets.attempt
        self.executions = 0
        self.finds: Counter[str] = Counter()
        signal.signal(signal.SIGVTALRM, _stop)

    def run(self, data: bytes) -> None:
        """One execution; a find is written to a file, once for each place."""
        self.executions += 1
        signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
        try:
            self.attempt(self.target, data)
        except Exception as error:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self._found(error, data)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _found(self, error: Exception, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "vllm_doctor" in frame.filename] or frames
        place = f"{type(error).__name__} {Path(ours[-1].filename).name}:{ours[-1].name}"
        if isinstance(error, AssertionError):
            place += f" {frames[-2].name if len(frames) > 1 else ''} {str(error)[:200]}"
        self.finds[place] += 1
        if self.finds[place] == 1:
            folder = self.out / self.name
            folder.mkdir(parents=True, exist_ok=True)
            stem = hashlib.sha256(place.encode()).hexdigest()[:12]
            (folder / stem).write_bytes(data)
            (folder / f"{stem}.txt").write_text("".join(traceback.format_exception(error)), "utf-8")
            print(f"FIND {self.name}: {place} ({stem})", flush=True)


def _stop(*_: object) -> None:
    raise Hang


def plain(session: Session, seconds: float, seed: int) -> None:
    """Mutations of the seeds until the time is over."""
    from tools.fuzz import targets
    from tools.fuzz.mutate import mutated

    pool = targets.seeds(session.name) or [b"{}"]
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        session.run(mutated(chance, pool))


def guided(name: str, out: Path, seconds: float) -> None:
    """Atheris, which ends the process when the time is over."""
    import atheris

    with atheris.instrument_imports(include=["vllm_doctor"]):
        from tools.fuzz import targets
    from tools.fuzz.mutate import LONGEST, mutated

    session = Session(name, out)
    pool = targets.seeds(name) or [b"{}"]
    grown = out / "grown" / name
    grown.mkdir(parents=True, exist_ok=True)
    for data in pool:
        (grown / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)

    def mutator(data: bytes, largest: int, seed: int) -> bytes:
        if seed % 4 == 0:
            return bytes(atheris.Mutate(data, largest))
        return mutated(random.Random(seed), [data, data, data, random.Random(seed).choice(pool)])[:largest]

    words = [sys.argv[0], str(grown), f"-max_total_time={int(seconds)}", f"-max_len={LONGEST}", "-timeout=300"]
    atheris.Setup(
        [*words, "-rss_limit_mb=4000", "-print_final_stats=1", "-verbosity=0"], session.run, custom_mutator=mutator
    )
    atheris.Fuzz()


def _told(session: Session) -> None:
    stamp = time.strftime("%H:%M:%S")
    print(f"{stamp} {session.name}: {session.executions} executions, {dict(session.finds)}", flush=True)


def main() -> None:
    """Each target for its share of the time."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--minutes", type=float, default=60.0, help="for all targets together")
    parser.add_argument("--out", type=Path, default=Path("fuzz-out"), help="where finds are written")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--guided", action="store_true", help="by atheris; ONE target, whose process ends with it")
    said = parser.parse_args()
    if said.guided:
        guided(said.targets[0], said.out, said.minutes * 60)
        return
    from tools.fuzz import targets

    names = said.targets or list(targets.TARGETS)
    for name in names:
        session = Session(name, said.out)
        plain(session, said.minutes * 60 / len(names), said.seed)
        _told(session)


if __name__ == "__main__":
    main()
