"""What is known of vLLM itself, by release: options, environment variables, registries, and what its parser
takes.

Built by tools/flag_table from the released sources; nothing is read before the first question. A release that
the table lacks is read as the newest one before it (`base`, `newer_than_table`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vllm_doctor.vllm.batches import Asker, Batch, batch
    from vllm_doctor.vllm.checking import check
    from vllm_doctor.vllm.config_values import KeyInfo
    from vllm_doctor.vllm.engines import Features, engine
    from vllm_doctor.vllm.env_variables import ignored_since, variable, variable_history, variables
    from vllm_doctor.vllm.near import nearest, nearest_variable
    from vllm_doctor.vllm.options import (
        all_options,
        arity,
        choices,
        default,
        has_serve,
        history,
        json_keys,
        normalize,
        option,
    )
    from vllm_doctor.vllm.parser_habits import habits
    from vllm_doctor.vllm.parsing import parsed
    from vllm_doctor.vllm.registries import architecture_group, kv_cache_dtypes, name_history, names
    from vllm_doctor.vllm.spans import releases_that_accept, releases_that_reject, releases_where
    from vllm_doctor.vllm.successors import elsewhere, renamed
    from vllm_doctor.vllm.types import ArgumentError, History, OptionInfo, Program, Renamed, VariableInfo
    from vllm_doctor.vllm.versions import base, known, newer_than_table, releases

__all__ = [
    "ArgumentError",
    "Asker",
    "Batch",
    "Features",
    "History",
    "KeyInfo",
    "OptionInfo",
    "Program",
    "Renamed",
    "VariableInfo",
    "all_options",
    "architecture_group",
    "arity",
    "base",
    "batch",
    "check",
    "choices",
    "default",
    "elsewhere",
    "engine",
    "habits",
    "has_serve",
    "history",
    "ignored_since",
    "json_keys",
    "known",
    "kv_cache_dtypes",
    "name_history",
    "names",
    "nearest",
    "nearest_variable",
    "newer_than_table",
    "normalize",
    "option",
    "parsed",
    "releases",
    "releases_that_accept",
    "releases_that_reject",
    "releases_where",
    "renamed",
    "variable",
    "variable_history",
    "variables",
]

_HOMES = {
    "batches": "Asker Batch batch",
    "checking": "check",
    "config_values": "KeyInfo",
    "engines": "Features engine",
    "parsing": "parsed",
    "parser_habits": "habits",
    "near": "nearest nearest_variable",
    "options": "all_options arity choices default has_serve history json_keys normalize option",
    "registries": "architecture_group kv_cache_dtypes name_history names",
    "spans": "releases_that_accept releases_that_reject releases_where",
    "successors": "elsewhere renamed",
    "types": "ArgumentError History OptionInfo Program Renamed VariableInfo",
    "env_variables": "ignored_since variable variable_history variables",
    "versions": "base known newer_than_table releases",
}
"""Where each name lives: a file is imported at the first use of one of its names."""
_HOME_OF = {name: module for module, names_ in _HOMES.items() for name in names_.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found
