"""Failures of our own: each costs its part of the answer, becomes an `internal` note, and the rest stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor import contain, pipeline
from vllm_doctor.engine import analysis, context, evidence, findings, launches, match, review
from vllm_doctor.errors import InputError
from vllm_doctor.facts import collect, registry
from vllm_doctor.finding import Diagnosis, Finding
from vllm_doctor.pipeline import given
from vllm_doctor.report import bug_form as form
from vllm_doctor.report import json as as_json
from vllm_doctor.report import markdown, terminal
from vllm_doctor.report import review as review_drawing

SECRET = "hf_" + "Zq7x9Kd4TtR2mWv8Lp1Hs6Yb3Nc5"
ERRORS = [
    ValueError(f"/home/somebody/secret/{SECRET} \x1b[2J"),
    RecursionError("maximum recursion depth exceeded"),
    MemoryError(),
    KeyError("x"),
    AssertionError(),
]
LOG = """\
INFO 11-22 10:37:36 [api_server.py:1] vLLM API server version 0.11.0
INFO 11-22 10:37:36 [utils.py:1] non-default args: {'model': 'org/m', 'port': 8000}
ERROR 11-22 10:37:41 [core.py:390] Traceback (most recent call last):
ERROR 11-22 10:37:41 [core.py:390]   File "/x/vllm/v1/engine/core.py", line 1, in f
ERROR 11-22 10:37:41 [core.py:390] OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use
"""
UNKNOWN = LOG.replace("OSError: [Errno 98] error while attempting to bind on address", "OddError: something odd at")


@pytest.fixture(autouse=True)
def loud() -> None:
    """Here failures are contained, as for a user."""


def _raises(error: BaseException) -> Callable[..., Any]:
    def function(*_: object, **__: object) -> Any:
        raise error

    return function


def _internal(found: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in found if one.id == "internal"]


def _told_well(found: tuple[Finding, ...], part: str) -> None:
    """A note, which says what to file and where, and nothing of the user's."""
    notes = _internal(found)
    assert notes
    for one in notes:
        assert (one.role, one.severity) == ("note", "note")
        assert "file this line" in one.explanation
        assert "vllm-launch-doctor" in one.explanation
        said = one.title + one.explanation
        assert "/" not in said.replace("https://", "")
        assert SECRET not in said
        assert "\x1b" not in said
    assert any(part in one.title for one in notes), [one.title for one in notes]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_reader_of_facts(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other facts, and the cause, are found."""
    monkeypatch.setattr(collect, "readers_of", lambda text: (_raises(error), *registry.readers_of(text)))
    answer = pipeline.diagnose(LOG)
    assert answer.root_cause
    assert answer.root_cause.id == "port-in-use"
    assert answer.deployment.vllm_version == "0.11.0"
    _told_well(answer.findings, "facts test_contained.function")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_file_of_facts_that_cannot_be_imported(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cause is found all the same."""
    monkeypatch.setattr(collect, "readers_of", _raises(error))
    answer = pipeline.diagnose(LOG)
    assert answer.root_cause
    _told_well(answer.findings, "the readers of facts")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_derived_fact(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is unknown, and asked for once."""
    from vllm_doctor.facts import types

    monkeypatch.setattr(types, "derivations_of", lambda *_: [_raises(error)])
    answer = pipeline.diagnose(LOG)
    assert answer.root_cause
    _told_well(answer.findings, "fact ")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_signature(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule is left out, and the others are tried."""
    searched = match._searched

    def search(signature: Any, text: str) -> Any:
        return (
            _raises(error)()
            if "bind on address" in (signature.message or signature.literal)
            else searched(signature, text)
        )

    monkeypatch.setattr(match, "_searched", search)
    monkeypatch.setattr(match, "_has_frame", _raises(error))
    answer = pipeline.diagnose(LOG)
    assert answer.verdict in ("failed", "unknown-failure")
    _told_well(answer.findings, "rule ")


PARTS: list[tuple[str, Any, str, str]] = [
    ("the fixes of", findings, "fixes_of", LOG),
    ("the lines of", evidence, "of_match", LOG),
    ("the figures of", evidence, "of_figures", LOG),
    ("the log's command", analysis, "known_launch", LOG),
    ("the releases", analysis, "_releases_seen", LOG.replace("version 0.11.0", "")),
    ("what the log says of its command", analysis, "_told_beside", LOG),
    ("the launch's own findings", analysis, "_of_launch", LOG),
    ("the context", context, "of", UNKNOWN),
]


@pytest.mark.parametrize("error", ERRORS[:3], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("part", "module", "name", "log"), PARTS, ids=[part for part, *_ in PARTS])
def test_a_part_of_the_answer(
    part: str, module: Any, name: str, log: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict stands, and the cause where there is one."""
    monkeypatch.setattr(module, name, _raises(error))
    answer = pipeline.diagnose(log)
    assert answer.verdict == ("unknown-failure" if log == UNKNOWN else "failed")
    _told_well(answer.findings, part)
    for drawn in (
        terminal.diagnosis_text(answer, width=200),
        markdown.diagnosis_markdown(answer),
        form.bug_form(answer),
    ):
        assert "a part of vllm-doctor failed" in drawn.replace("\\", "")
    assert json.loads(as_json.diagnosis_json(answer))["findings"][-1]["id"] == "internal"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_reader_of_launches(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is told to hold no launch, with the note why."""
    (tmp_path / "x.sh").write_text("vllm serve m\n")
    monkeypatch.setattr(given, "launches", _raises(error))
    answer = pipeline.check(tmp_path / "x.sh")
    assert answer.launches == ()
    _told_well(answer.findings, "the reader of this file")


REVIEWED: list[tuple[str, Any, str]] = [
    ("the fixes", review.Reviewer, "_mended"),
    ("rule ", review.Reviewer, "_finding"),
    ("rule ", launches, "_of_rule"),
    ("the model's facts", given, "model_facts"),
]


@pytest.mark.parametrize("error", ERRORS[:3], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("part", "module", "name"), REVIEWED, ids=[f"{part}{name}" for part, _, name in REVIEWED])
def test_a_part_of_a_review(
    part: str, module: Any, name: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The launch is shown, and nothing of the text is changed."""
    monkeypatch.setattr(module, name, _raises(error))
    answer = pipeline.check("vllm serve m --max-model-length 4096")
    assert [launch.model for launch in answer.launches] == ["m"]
    _told_well(answer.findings, part)


@pytest.mark.parametrize("error", ERRORS[:3], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("module", "name", "draw"),
    [
        (terminal, "head_lines", terminal.diagnosis_text),
        (terminal, "finding_blocks", terminal.diagnosis_text),
        (terminal, "evidence_lines", terminal.diagnosis_text),
        (markdown, "_finding", markdown.diagnosis_markdown),
        (markdown, "_evidence", markdown.diagnosis_markdown),
        (markdown, "_deployment", markdown.diagnosis_markdown),
        (form, "_environment", form.bug_form),
        (form, "_bug", form.bug_form),
    ],
)
def test_a_section_of_a_report(
    module: Any, name: str, draw: Callable[[Diagnosis], str], error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other sections are drawn, and a line stands in its place."""
    answer = pipeline.diagnose(LOG)
    whole = draw(answer)
    monkeypatch.setattr(module, name, _raises(error))
    drawn = draw(answer)
    assert "could not be drawn" in drawn
    assert type(error).__name__ in drawn
    assert SECRET not in drawn
    assert "somebody" not in drawn
    assert any(line in drawn for line in whole.splitlines() if len(line) > 12)


def test_a_launch_that_cannot_be_drawn_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two launches the second is drawn."""
    answer = pipeline.check("vllm serve one\nvllm serve two\n")
    drawn = review_drawing._launch

    def draw(pen: Any, launch: Any, *more: Any) -> Any:
        return _raises(ERRORS[0])() if launch.model == "one" else drawn(pen, launch, *more)

    monkeypatch.setattr(review_drawing, "_launch", draw)
    text = review_drawing.review_text(answer)
    assert "could not be drawn" in text
    assert "two" in text


def test_an_error_of_the_input_is_no_failure_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `DoctorError` goes on to the user."""
    monkeypatch.setattr(analysis, "known_launch", _raises(InputError("wrong")))
    with pytest.raises(InputError, match="wrong"):
        pipeline.diagnose(LOG)


def test_an_interrupt_is_never_contained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the program wherever it comes."""
    monkeypatch.setattr(analysis, "known_launch", _raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        pipeline.diagnose(LOG)


def test_failures_are_bounded_and_each_is_told_once() -> None:
    """A reader that fails on each line makes one note, and never more than some."""
    with contain.gathering() as found:
        for number in range(1000):
            contain.contained("one part", _raises(ValueError()), None)
            contain.contained(f"part {number}", _raises(ValueError()), None)
    assert len(found) == contain.MOST


def test_without_an_answer_to_tell_it_in_a_failure_is_raised() -> None:
    """The library's inner functions hide nothing from those who call them alone."""
    with pytest.raises(ValueError, match="x"):
        contain.contained("a part", _raises(ValueError("x")), None)
