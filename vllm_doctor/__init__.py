"""vllm-doctor: why a vLLM server did not start, and the command that works.

    from pathlib import Path
    from vllm_doctor import diagnose, check

    answer = diagnose(Path("crash.log"))
    print(answer.verdict, answer.root_cause and answer.root_cause.id)

`diagnose` reads logs, `check` reviews launches before they run, `fit` reckons their memory, `migrate` rewrites them
for another release; all give the frozen dataclasses named here.
What is in `__all__` is the promise: it is only added to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import DoctorError, InputError, LaunchError, RuleErrors

if TYPE_CHECKING:
    from vllm_doctor.engine.fitting import Fit
    from vllm_doctor.engine.migration import LaunchMigration, Migration
    from vllm_doctor.finding import Change, Diagnosis, Evidence, Finding, Fix, LaunchReview, Review, Step
    from vllm_doctor.pipeline import Options, check, diagnose, fit, migrate

__all__ = [
    "Change",
    "Diagnosis",
    "DoctorError",
    "Evidence",
    "Finding",
    "Fit",
    "Fix",
    "InputError",
    "LaunchError",
    "LaunchMigration",
    "LaunchReview",
    "Migration",
    "Options",
    "Review",
    "RuleErrors",
    "Step",
    "__version__",
    "check",
    "diagnose",
    "fit",
    "migrate",
]
__version__ = "0.1.0"

_ROOMS = {
    "Fit": "engine.fitting",
    **dict.fromkeys(("LaunchMigration", "Migration"), "engine.migration"),
    **dict.fromkeys(("Options", "check", "diagnose", "fit", "migrate"), "pipeline"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the command line needs little of it to start."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_ROOMS.get(name, 'finding')}"), name)
