from textwrap import dedent

from tests.engine.rules import analysed, rule
from vllm_doctor.engine import catalogue
from vllm_doctor.engine.answer import answer
from vllm_doctor.engine.together import merge
from vllm_doctor.finding import Diagnosis
from vllm_doctor.log import read_log

A = "id: first\nsignatures: [{id: s, message: 'alpha went wrong'}]\nexplanation: [It went wrong.]\n"
B = "id: second\nsignatures: [{id: s, message: 'beta went wrong'}]\nexplanation: [It did too.]\n"
START = "INFO 11-22 10:37:5{n} [api_server.py:1] vLLM API server version 0.8.3\n"
SERVED = "INFO:     Application startup complete.\n"


def answered(log: str, *rules: str) -> Diagnosis:
    known = catalogue.Catalogue({one.id: one for one in map(rule, rules)}, {})
    return answer(read_log([dedent(log).encode()], "test.log"), analysed(log, *rules), known)


def test_the_last_failure_is_answered_for() -> None:
    log = START.format(n=1) + "ValueError: alpha went wrong\n" + START.format(n=2) + "ValueError: beta went wrong\n"
    found = answered(log, A, B)
    assert found.root_cause
    assert found.root_cause.id == "second"
    assert [(one.first_line, one.last_line, one.root_cause) for one in found.attempts] == [
        (1, 2, "first"),
        (3, 4, "second"),
    ]


def test_an_unfinished_attempt_does_not_hide_the_failure_before_it() -> None:
    found = answered(START.format(n=1) + "ValueError: alpha went wrong\n" + START.format(n=2), A)
    assert found.verdict == "failed"
    assert found.root_cause
    assert [one.verdict for one in found.attempts] == ["failed", "incomplete"]


def test_a_good_start_after_a_failure_makes_it_a_warning() -> None:
    found = answered(START.format(n=1) + "ValueError: alpha went wrong\n" + START.format(n=2) + SERVED, A)
    assert found.verdict == "warned"
    assert found.root_cause


def test_equal_attempts_are_folded() -> None:
    log = "".join(START.format(n=n) + "ValueError: alpha went wrong\n" for n in range(3))
    (one,) = answered(log, A).attempts
    assert (one.first_line, one.last_line, one.repeats) == (1, 6, 3)


def test_evidence_names_the_line() -> None:
    found = answered(START.format(n=1) + "ValueError: alpha went wrong\n", A)
    assert found.root_cause
    assert [(item.source, item.line, item.text) for item in found.root_cause.evidence] == [
        ("test.log", 2, "ValueError: alpha went wrong")
    ]


def test_an_unknown_failure_shows_what_there_is() -> None:
    log = (
        START.format(n=1)
        + "Traceback (most recent call last):\n  File \"/x/vllm/a.py\", line 3, in load\n    x()\nKeyError: 'gamma'\nRuntimeError: Engine gone\n"
    )
    found = answered(log, A)
    assert found.verdict == "unknown-failure"
    assert found.context
    assert (found.context.exception, found.context.message) == ("KeyError", "'gamma'")
    assert found.context.frames == ("/x/vllm/a.py:3 in load",)
    assert found.context.records[0].text == "KeyError: 'gamma'"


def test_an_incomplete_log_shows_its_last_steps() -> None:
    found = answered(START.format(n=1) + "INFO 11-22 10:37:58 [m.py:1] Starting to load model m...\n", A)
    assert found.verdict == "incomplete"
    assert found.context
    assert found.context.records[-1].text == "Starting to load model m..."


def test_together_the_surest_cause_wins_and_explains() -> None:
    unsure = A.replace("wrong'}", "wrong', confidence: possible}")
    known = catalogue.Catalogue({one.id: one for one in map(rule, (unsure, B + "excludes: [first]\n"))}, {})
    answers = [
        answered("ValueError: alpha went wrong\n", unsure),
        answered("ValueError: beta went wrong\n", B),
    ]
    found = merge(answers, known)
    assert found.root_cause
    assert found.root_cause.id == "second"
    assert [(one.id, one.role) for one in found.findings] == [("second", "cause"), ("first", "symptom")]
    assert len(found.sources) == 2


def test_releases_that_the_logs_words_admit_are_listed_without_a_banner() -> None:
    found = answered("usage: vllm [-h] [-v] {serve,complete,chat,bench}\nvllm: error: unrecognized arguments: --x\n", A)
    assert found.deployment.vllm_version is None
    assert found.deployment.version_source == "evidence"
    assert "0.8.0" in found.deployment.vllm_versions
    assert "0.33.0" not in found.deployment.vllm_versions


def test_where_nothing_tells_the_release_none_is_listed() -> None:
    found = answered("ValueError: alpha went wrong\n", A)
    assert (found.deployment.vllm_versions, found.deployment.version_source) == ((), None)
