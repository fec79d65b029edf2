"""What is known of vLLM itself, by release: options, environment variables, registries, and what its parser
takes.

Built by tools/flag_table from the released sources; nothing is read before the first question. A release that
the table lacks is read as the newest one before it (`base`, `newer_than_table`).
"""

from __future__ import annotations

from vllm_doctor.vllm.batches import Asker, Batch, batch
from vllm_doctor.vllm.check import check
from vllm_doctor.vllm.config_values import KeyInfo
from vllm_doctor.vllm.engines import Features, engine
from vllm_doctor.vllm.habits import habits
from vllm_doctor.vllm.names import architecture_group, kv_cache_dtypes, name_history, names
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
from vllm_doctor.vllm.spans import releases_that_accept, releases_that_reject, releases_where
from vllm_doctor.vllm.successors import elsewhere, renamed
from vllm_doctor.vllm.types import ArgumentError, History, OptionInfo, Program, Renamed, VariableInfo
from vllm_doctor.vllm.variables import ignored_since, variable, variable_history, variables
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
    "releases",
    "releases_that_accept",
    "releases_that_reject",
    "releases_where",
    "renamed",
    "variable",
    "variable_history",
    "variables",
]
