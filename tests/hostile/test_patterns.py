"""Patterns of users' rules: they cost bounded time and memory, when they are compiled and when they are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor import pipeline
from vllm_doctor.engine import catalogue, match, pattern_size
from vllm_doctor.engine.rule_parts import Signature
from vllm_doctor.errors import RuleErrors
from vllm_doctor.finding import Diagnosis
from vllm_doctor.report.terminal import diagnosis_text

RULE = """
id: acme/slow
kind: cause
cause: port-in-use
title: Slow
signatures:
  - {{id: slow, message: '{message}', literal: "a long run of a: aaaa"}}
explanation: ["Slow."]
needs: ["Nothing."]
references: []
examples: [{{log: "a long run of a: aaaa", signature: slow}}]
near_misses: [{{log: "INFO nothing"}}]
"""
FAILED = """\
INFO 11-22 10:37:36 [api_server.py:1] vLLM API server version 0.11.0
ERROR 11-22 10:37:40 [core.py:390] a long run of a: {run}
ERROR 11-22 10:37:41 [core.py:390] Traceback (most recent call last):
ERROR 11-22 10:37:41 [core.py:390]   File "/x/vllm/v1/engine/core.py", line 1, in f
ERROR 11-22 10:37:41 [core.py:390] OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use
"""
CATASTROPHIC = ("(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}$", "(?:a*)*b")


def _diagnosed(folder: Path, message: str) -> Diagnosis:
    (folder / "slow.yaml").write_text(RULE.format(message=message))
    log = FAILED.format(run="a" * 5000 + "!")
    return pipeline.diagnose(log, options=pipeline.Options(rules=(folder,)))


@pytest.mark.parametrize("message", CATASTROPHIC)
def test_a_catastrophic_pattern_is_stopped_and_named(
    message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stopped by the time limit, named in the notes, and the diagnosis stands."""
    monkeypatch.setattr(match, "PATTERN_SECONDS", 0.01)
    answer = _diagnosed(tmp_path, message)
    assert answer.root_cause
    assert answer.root_cause.id == "port-in-use"
    if not _fits(message):
        assert any("acme/slow" in note and "'slow'" in note for note in answer.notes), answer.notes
        assert "acme/slow" in diagnosis_text(answer, width=120)


def _fits(message: str) -> bool:
    """Patterns that `regex` itself answers at once say nothing of the limit."""
    import regex

    try:
        regex.compile(message).search("a" * 5000 + "!", timeout=0.01)
    except TimeoutError:
        return False
    return True


def test_at_least_one_pattern_needs_the_limit() -> None:
    """Without this the test above might try nothing."""
    assert not all(_fits(message) for message in CATASTROPHIC)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("((abc{1000}){1000}){1000}", "larger than"),
        ("(a{9}){99999999999}", "larger than"),
        ("(?:ab|cd|ef){1000000}", "larger than"),
        ("(" * 400 + "x" + ")" * 400, "nested too deep"),
        ("x" * 5000, "longer than"),
        ("(?x)(abc){999} # [\n{999}", "not taken"),
        ("(?#[)(abc){999}", "not taken"),
    ],
)
def test_a_pattern_that_would_take_all_memory_is_an_error_with_its_place(
    message: str, why: str, tmp_path: Path
) -> None:
    """`regex` writes repetitions of groups out when it compiles: the first of these takes more than 20 GB."""
    assert why in pattern_size.too_large(message)
    (tmp_path / "slow.yaml").write_text(RULE.format(message=message.replace("\n", " ")))
    with pytest.raises(RuleErrors, match=rf"slow\.yaml:\d+:\d+: no pattern: .*{why}"):
        catalogue.load([tmp_path])


@pytest.mark.parametrize("message", [r"\({99999}", "[({]{3}x", "a{1000}b{2,}", "(?:abc){2,5}?", "(?P<n>\\d+) GiB"])
def test_usual_patterns_are_taken(message: str) -> None:
    """Escapes and classes hide what would be a group."""
    assert pattern_size.too_large(message) == ""


def test_the_shipped_patterns_are_far_from_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of the steps is enough for each."""
    monkeypatch.setattr(pattern_size, "MOST_STEPS", 600)
    rules = catalogue.load().rules.values()
    messages = [one.message for rule in rules for one in rule.signatures if one.message]
    assert len(messages) > 100
    assert [message for message in messages if pattern_size.too_large(message)] == []


def test_a_slow_pattern_is_tried_once_for_a_whole_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of 300 such lines in three starts costs the limit once, not 300 times."""
    monkeypatch.setattr(match, "PATTERN_SECONDS", 0.01)
    tried: list[str] = []
    searched = match._searched

    def counted(signature: Signature, text: str) -> object:
        tried.extend([signature.id] if signature.id == "slow" else [])
        return searched(signature, text)

    monkeypatch.setattr(match, "_searched", counted)
    (tmp_path / "slow.yaml").write_text(RULE.format(message="(a|aa)+$"))
    start, hit, *rest = FAILED.format(run="a" * 5000 + "!").splitlines(keepends=True)
    log = "".join([start, *[hit] * 100, *rest] * 3)
    pipeline.diagnose(log, options=pipeline.Options(rules=(tmp_path,)))
    assert len(tried) == 1


def test_a_rule_cannot_say_itself_that_its_pattern_is_soon_done(tmp_path: Path) -> None:
    """`bounded` is worked out for shipped rules; in a user's it is an unknown key."""
    text = RULE.format(message="(a|aa)+$").replace("literal:", "bounded: 99999, literal:")
    (tmp_path / "slow.yaml").write_text(text)
    with pytest.raises(RuleErrors, match="bounded"):
        catalogue.load([tmp_path])
