"""Commands made anew, every word quoted here."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from vllm_doctor.launch.log_command import from_log_command
from vllm_doctor.launch.programs import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["build", "from_log_command", "quote"]


def quote(value: str) -> str:
    """A value as one shell word."""
    return shlex.quote(value)


def build(program: str, argv: Sequence[str], env: Mapping[str, str | None] | None = None) -> str:
    """A command on one line, each word quoted; variables without a value are left out.

    Raises:
        KeyError: `program` is neither "vllm serve" nor "api_server".
    """
    prefix = [f"{name}={quote(value)}" for name, value in (env or {}).items() if value is not None]
    return " ".join([*prefix, WRITTEN[program], *map(quote, argv)])
