"""What the tests of moving ask: a plan for a command line, its options split as the old release does."""

from __future__ import annotations

import shlex

from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.vllm import arity
from vllm_doctor.vllm.moving import Launched, Move, Plan, Words, plan


def launched(command: str, old: str, env: dict[str, str | None] | None = None) -> Launched:
    """A launch of `vllm serve` with these words behind it."""
    launch = parse_command_line(f"vllm serve {command}")
    assert launch is not None
    found = options(launch, lambda flag: arity(flag, old))
    return Launched(launch.argv, tuple(Words(one.flag, one.values) for one in found), env or {})


def planned(command: str, old: str, new: str, env: dict[str, str | None] | None = None) -> Plan:
    """All that must change in it."""
    return plan(launched(command, old, env), old, new)


def said(move: Move) -> str:
    """A move in short: `--old -> --new value`."""
    return " ".join([*move.takes, "->", *(shlex.join((put.name, *put.values)) for put in move.puts)])
