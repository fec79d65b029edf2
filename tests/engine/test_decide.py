import pytest

from tests.engine.rules import analysed

A = "id: first\nsignatures: [{id: s, message: 'alpha went wrong'}]\n"
B = "id: second\nsignatures: [{id: s, message: 'beta went wrong'}]\n"
DIED = "id: engine-died\nkind: symptom\nsignatures: [{id: s, message: 'engine died here'}]\n"
SERVED = (
    "INFO:     Application startup complete.\nINFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)\n"
)


def decided(log: str, *rules: str) -> tuple[str, str | None, list[tuple[str, str]]]:
    decision = analysed(log, *rules)[-1].decision
    return (
        decision.verdict,
        decision.root.rule.id if decision.root else None,
        [(match.rule.id, role) for match, role in decision.others],
    )


def test_the_first_exception_wins_over_its_echo() -> None:
    assert decided("ValueError: alpha went wrong\nRuntimeError: beta went wrong\n", A, B) == (
        "failed",
        "first",
        [("second", "cause")],
    )
    assert decided("ValueError: beta went wrong\nRuntimeError: alpha went wrong\n", A, B)[1] == "second"


def test_an_exception_outranks_an_earlier_warning() -> None:
    log = "WARNING 11-22 10:37:58 [a.py:1] alpha went wrong\nRuntimeError: beta went wrong\n"
    assert decided(log, A, B)[1] == "second"


def test_a_sure_signature_outranks_a_possible_one() -> None:
    unsure = A.replace("wrong'}", "wrong', confidence: possible}")
    assert decided("ValueError: alpha went wrong\nRuntimeError: beta went wrong\n", unsure, B)[1] == "second"


def test_what_a_rule_excludes_is_its_symptom() -> None:
    assert decided("ValueError: alpha went wrong\nRuntimeError: beta went wrong\n", A, B + "excludes: [first]\n") == (
        "failed",
        "second",
        [("first", "symptom")],
    )
    assert (
        decided("ValueError: alpha went wrong\nRuntimeError: beta went wrong\n", A + "excluded_by: [second]\n", B)[1]
        == "second"
    )


def test_rules_that_exclude_each_other_leave_the_ranking() -> None:
    assert (
        decided(
            "ValueError: alpha went wrong\nRuntimeError: beta went wrong\n",
            A + "excludes: [second]\n",
            B + "excludes: [first]\n",
        )[1]
        == "first"
    )


def test_a_symptom_is_never_the_root() -> None:
    assert decided("RuntimeError: engine died here\nValueError: alpha went wrong\n", A, DIED) == (
        "failed",
        "first",
        [("engine-died", "symptom")],
    )
    assert decided("RuntimeError: engine died here\n", A, DIED)[:2] == ("unknown-failure", None)


def test_a_start_that_was_completed_outvotes_what_went_before() -> None:
    assert decided("ValueError: alpha went wrong\n" + SERVED, A)[:2] == ("healthy", None)


def test_after_serving_only_runtime_causes_count() -> None:
    log = SERVED + "ERROR 11-22 10:37:58 [a.py:1] alpha went wrong\n"
    assert decided(log, A)[:2] == ("healthy", None)
    assert decided(log, A + "runtime: true\n")[:2] == ("failed", "first")


def test_a_warning_cause_gives_warned() -> None:
    assert decided(
        SERVED + "WARNING 11-22 10:37:58 [a.py:1] alpha went wrong\n",
        A + "runtime: true\nseverity: warning\n",
    )[:2] == ("warned", "first")


def test_what_follows_a_wanted_stop_is_its_end() -> None:
    log = SERVED + "INFO:     Shutting down\nERROR 11-22 10:37:58 [a.py:1] alpha went wrong\n"
    assert decided(log, A + "runtime: true\n")[:2] == ("healthy", None)


def test_an_error_that_no_rule_knows() -> None:
    (analysis,) = analysed(
        "INFO 11-22 10:37:58 [a.py:1] vLLM API server version 0.8.3\nKeyError: 'gamma'\nRuntimeError: delta\n",
        A,
    )
    assert analysis.decision.verdict == "unknown-failure"
    assert analysis.decision.failure
    assert analysis.decision.failure.message == "'gamma'"


def test_last_words_of_a_process_are_a_failure() -> None:
    assert decided("$ vllm serve m\nIllegal instruction (core dumped)\n", A)[0] == "unknown-failure"


def test_a_log_that_just_stops_is_incomplete() -> None:
    assert decided("INFO 11-22 10:37:58 [a.py:1] vLLM API server version 0.8.3\n", A)[0] == "incomplete"


ROUTES = "INFO 11-22 10:37:58 [launcher.py:38] Available routes are:\n"


def test_what_came_before_the_routes_was_overcome() -> None:
    log = "ERROR 11-22 10:37:57 [serving_chat.py:218] alpha went wrong\nValueError: no template\n" + ROUTES
    assert decided(log, A)[:2] == ("incomplete", None)


def test_between_the_routes_and_serving_a_start_can_still_fail() -> None:
    assert decided(ROUTES + "PermissionError: no certificate\n", A)[0] == "unknown-failure"
    assert decided(ROUTES + "ValueError: alpha went wrong\n", A)[:2] == ("failed", "first")


CAUGHT = """\
{level} 11-22 10:37:57 [importing.py:53] no such extra
{level} 11-22 10:37:57 [importing.py:53] Traceback (most recent call last):
{level} 11-22 10:37:57 [importing.py:53]   File "/x/vllm/extra.py", line 3, in <module>
{level} 11-22 10:37:57 [importing.py:53]     import extra
{level} 11-22 10:37:57 [importing.py:53] ImportError: alpha went wrong
"""


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING"])
def test_a_logged_exception_weighs_as_its_level_says(level: str) -> None:
    log = CAUGHT.format(level=level)
    assert decided(log, B)[:2] == ("incomplete", None)
    assert decided(log + "RuntimeError: beta went wrong\n", A, B)[:2] == ("failed", "second")
    assert decided(log + "KeyError: 'gamma'\n", B)[0] == "unknown-failure"
    assert decided(log, A)[1] == "first"


def test_a_logged_exception_of_level_error_is_deadly() -> None:
    log = CAUGHT.format(level="ERROR")
    assert decided(log, B)[0] == "unknown-failure"
    assert decided(log + "RuntimeError: beta went wrong\n", A, B)[1] == "first"


def test_a_wrappers_level_says_nothing_of_an_exception() -> None:
    log = "2024-08-21 11:05:42 | INFO | stderr | ValueError: alpha went wrong\n"
    assert decided(log + "RuntimeError: beta went wrong\n", A, B)[1] == "first"


def test_what_the_loader_ignores_is_no_failure() -> None:
    log = "ERROR: ld.so: object 'libx.so' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored.\n"
    start = "INFO 11-22 10:37:58 [a.py:1] vLLM API server version 0.8.3\n"
    assert decided(log + start, A)[0] == "incomplete"
    assert (
        decided(log + start + SERVED + "INFO:     Shutting down\nERROR 11-22 10:37:58 [a.py:1] x\n", A)[0] == "healthy"
    )


def test_a_server_that_uvicorn_stopped_had_started() -> None:
    assert decided("INFO:     Shutting down\nERROR 11-22 10:37:58 [a.py:1] worker died\n", A)[0] == "healthy"
    assert decided("INFO 11-22 10:37:58 [core.py:1] Shutdown triggered: shutdown triggered\n", A)[0] == "incomplete"


def test_a_symptom_that_only_warns_kills_no_served_server() -> None:
    log = SERVED + "WARNING 11-22 10:37:58 [a.py:1] engine died here\n"
    assert decided(log, A, DIED)[:2] == ("healthy", None)
    assert decided(log.replace("WARNING", "ERROR"), A, DIED)[0] == "unknown-failure"
