from __future__ import annotations

from tests.facts.memory_events import facts_of, record


def test_the_limits_that_warnings_name() -> None:
    words = "Found ulimit of 1024 and failed to automatically increase with error current limit exceeds"
    assert facts_of(record(words)).get("ulimit.files") == 1024
    assert (
        facts_of(record("OpenBLAS blas_thread_init: RLIMIT_NPROC 4096 current, 4096 max")).get("ulimit.processes")
        == 4096
    )
