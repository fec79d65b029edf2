"""A bounded run of the fuzzing of tools/fuzz: its corpus, and some mutations of it that are the same each time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tools.fuzz import targets
from tools.fuzz.__main__ import Session
from tools.fuzz.mutate import mutated

EXAMPLES = {"log": 15, "check": 12, "config": 25, "rule": 15, "launch": 60, "command": 60, "masked": 60, "lexer": 60}


@pytest.mark.parametrize("name", targets.TARGETS)
def test_what_was_found_once_is_mended(name: str, tmp_path: Path) -> None:
    """Each input of the corpus, among them all former finds."""
    session = Session(name, tmp_path)
    for path in sorted((targets.ROOT / "tools" / "fuzz" / "corpus" / name).glob("*")):
        session.run(path.read_bytes())
    assert session.finds == {}, _told(tmp_path)


@pytest.mark.parametrize("name", targets.TARGETS)
def test_a_fixed_number_of_mutations_finds_nothing(name: str, tmp_path: Path) -> None:
    """The chance has a seed; the long run is by hand (`python -m tools.fuzz`)."""
    session = Session(name, tmp_path)
    chance = random.Random(20)
    pool = targets.seeds(name)
    for _ in range(EXAMPLES[name]):
        session.run(mutated(chance, pool))
    assert session.executions == EXAMPLES[name]
    assert session.finds == {}, _told(tmp_path)


def test_the_corpus_is_small() -> None:
    """It is read in every run."""
    files = [path for path in (targets.ROOT / "tools" / "fuzz" / "corpus").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 300_000
    assert {path.parent.name for path in files} <= set(targets.TARGETS)


def test_a_find_is_kept_with_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each place, however often it is met; an answer of the program is none."""
    session = Session("masked", tmp_path)

    def wrong(data: bytes) -> None:
        raise IndexError(data) if data.startswith(b"x") else targets.DoctorError("an answer")

    monkeypatch.setattr(session, "target", targets.Target(wrong, ()))
    for data in (b"x1", b"x2", b"y"):
        session.run(data)
    assert list(session.finds.values()) == [2]
    assert [path.read_bytes() for path in (tmp_path / "masked").glob("*") if path.suffix != ".txt"] == [b"x1"]


def _told(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8")[-1500:] for path in folder.rglob("*.txt"))
