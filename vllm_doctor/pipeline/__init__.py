"""The flow of docs/design.md from end to end, and the only room that knows every other.

`of_logs` and `of_launches` are the two ways through it; a file is imported at the first use of one of its names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vllm_doctor.pipeline.inputs import LogInput
    from vllm_doctor.pipeline.of_launches import Checker, check, fit, migrate
    from vllm_doctor.pipeline.of_logs import diagnose, new_rule
    from vllm_doctor.pipeline.options import Options

__all__ = ["Checker", "LogInput", "Options", "check", "diagnose", "fit", "migrate", "new_rule"]

_HOMES = {
    **dict.fromkeys(("Checker", "check", "fit", "migrate"), "of_launches"),
    **dict.fromkeys(("diagnose", "new_rule"), "of_logs"),
    "LogInput": "inputs",
    "Options": "options",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
