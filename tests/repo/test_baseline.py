"""Baselines: what is known by file, id and fingerprint, how often, and what is there no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor.errors import InputError
from vllm_doctor.repo.baseline import Baseline, Entry, read_baseline

FILE = Path("ci/known.json")
FOUND = [("run.sh", "a", "1"), ("run.sh", "a", "1"), ("deep/run.sh", "b", "2"), ("gone.sh", "c", "3")]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ci").mkdir()
    Path("deep").mkdir()
    for name in ("run.sh", "deep/run.sh"):
        Path(name).write_text("")


def _written() -> Baseline:
    made = Baseline(FILE).with_findings(FOUND, {file for file, _, _ in FOUND})
    FILE.write_text(made.text())
    return read_baseline(FILE)


def test_the_file_is_sorted_and_from_its_own_folder() -> None:
    _written()
    assert FILE.read_text() == (
        '{"schema_version": 1, "findings": [\n'
        '{"file": "../deep/run.sh", "id": "b", "fingerprint": "2", "count": 1},\n'
        '{"file": "../gone.sh", "id": "c", "fingerprint": "3", "count": 1},\n'
        '{"file": "../run.sh", "id": "a", "fingerprint": "1", "count": 2}\n'
        "]}\n"
    )
    assert Baseline(FILE).text() == '{"schema_version": 1, "findings": []}\n'


def test_each_is_known_as_often_as_it_is_listed() -> None:
    known = _written().known_in("run.sh")
    assert [known("a", "1", 1), known("a", "1", 2), known("a", "1", 1), known("a", "1", 1)] == [
        True,
        False,
        True,
        False,
    ]
    assert not known("a", "2", 1)
    assert not known("b", "2", 1)


def test_it_is_the_same_from_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    _written()
    monkeypatch.chdir("deep")
    baseline = read_baseline(Path("..") / FILE)
    assert baseline.known_in("run.sh")("b", "2", 1)
    assert baseline.known_in(str(Path("../run.sh").absolute()))("a", "1", 2)


def test_what_is_there_no_more() -> None:
    baseline = _written()
    assert baseline.stale() == 1, "a file that has gone"
    assert baseline.known_in("run.sh")("a", "1", 1)
    assert baseline.stale() == 2, "and one of two of a file that was looked at; others were not"


def test_writing_keeps_what_was_not_looked_at() -> None:
    again = _written().with_findings([("run.sh", "d", "4")], ["run.sh"])
    assert again.counts == {Entry("../deep/run.sh", "b", "2"): 1, Entry("../run.sh", "d", "4"): 1}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", "ci/known.json:1:2: is no JSON: Expecting property name enclosed in double quotes"),
        ("[]", "ci/known.json: is no baseline of vllm-doctor"),
        ('{"schema_version": 2, "findings": []}', "ci/known.json: is no baseline of vllm-doctor"),
        ("\xff", "ci/known.json: is no baseline of vllm-doctor"),
        ("[" * 100_000, "ci/known.json: is no baseline of vllm-doctor"),
        ('{"schema_version": 1, "findings": [1]}', "ci/known.json: has a finding that is none: 1"),
        (
            '{"schema_version": 1, "findings": [{"file": "a", "id": "b", "fingerprint": "c", "count": true}]}',
            'ci/known.json: has a finding that is none: {"file": "a", "id": "b", "fingerprint": "c", "count": true}',
        ),
    ],
)
def test_what_is_no_baseline(text: str, error: str) -> None:
    FILE.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        read_baseline(FILE)
    assert str(caught.value) == f"{error}. Write it with --write-baseline."


def test_one_that_is_absent() -> None:
    with pytest.raises(InputError, match=r"^ci/known.json: cannot be read: No such file"):
        read_baseline(FILE)
