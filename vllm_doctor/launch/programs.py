"""Which words of a command start vLLM: its program, and the wrappers that people put before it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.launch.commands import ASSIGNMENT, Arg
from vllm_doctor.launch.types import Variable
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

SERVE = "vllm serve"
API_SERVER = "api_server"
WRITTEN = {SERVE: "vllm serve", API_SERVER: "python3 -m vllm.entrypoints.openai.api_server"}

_MODULES = {
    "vllm.entrypoints.openai.api_server": API_SERVER,
    "vllm.entrypoints.api_server": API_SERVER,
}
_CLI_MODULES = frozenset({"vllm.entrypoints.cli.main", "vllm.scripts"})
_SCRIPT = pattern(r"(?:^|/)(?:openai|entrypoints)/api_server\.py$")
_PYTHON = pattern(r"python[0-9.]*$")
SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh", "ash"})
ENGINES = frozenset({"docker", "podman", "nerdctl"})
_BUILTINS = frozenset({"exec", "command", "builtin", "time"})
_MULTIPLEXERS = frozenset({"tmux", "screen", "ssh", "eval", "su", "runuser", "script", "xterm", "gnome-terminal"})
_RUNNERS = """
    nohup timeout setsid stdbuf unbuffer nice ionice chrt taskset numactl prlimit flock chronic catchsegv
    strace ltrace
    uv uvx pipx poetry pdm hatch rye conda mamba micromamba pixi accelerate ray
    srun salloc mpirun mpiexec singularity apptainer enroot systemd-run firejail cgexec xvfb-run
    tini dumb-init gosu
    nsys ncu rocprof rocprofv3 viztracer py-spy
    dotenv op doppler infisical proxychains proxychains4 caffeinate
"""
WRAPPERS = frozenset(_RUNNERS.split()) | _MULTIPLEXERS
_SUDO_VALUES = frozenset({"-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-r", "-t", "--user", "--group", "--host"})
_ENV_VALUES = frozenset({"-u", "--unset", "-C", "--chdir"})


@dataclass(slots=True)
class Found:
    """Where a command starts something: `kind` is program, shell, engine or strings.

    `at` is the first word after it. `assigned` are the variables set on the way (with `env`, `sudo` or as a
    prefix), `dropped` those that `env -u` takes away. `set_at` and `unset_at` are the words before which
    `NAME=value` and `env -u NAME` may be put.
    """

    kind: str = ""
    program: str = ""
    at: int = 0
    assigned: list[Variable] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    cleared: bool = False
    set_at: int = 0
    unset_at: int = 0


def base(arg: Arg) -> str:
    """The last part of a program's path."""
    return arg.value.rsplit("/", 1)[-1]


def program_at(args: Sequence[Arg], at: int) -> tuple[str, int] | None:
    """The vLLM program that the words from `at` start, and the index of its first argument."""
    if at >= len(args):
        return None
    name = base(args[at])
    following = args[at + 1].value if at + 1 < len(args) else ""
    vllm = name == "vllm" or (args[at].token.dynamic and "vllm" in name.lower())
    if vllm and following == "serve":
        return SERVE, at + 2
    if _SCRIPT.search(args[at].value):
        return API_SERVER, at + 1
    if _PYTHON.match(name) or (args[at].token.dynamic and following == "-m"):
        return _python(args, at + 1)
    return None


def _python(args: Sequence[Arg], at: int) -> tuple[str, int] | None:
    while at < len(args) and args[at].value.startswith("-"):
        option = args[at].value
        if option == "-m":
            return _module(args, at + 1)
        if option.startswith("-c"):
            return None
        at += 2 if option in ("-X", "-W") else 1
    if at < len(args) and _SCRIPT.search(args[at].value):
        return API_SERVER, at + 1
    return None


def _module(args: Sequence[Arg], at: int) -> tuple[str, int] | None:
    if at >= len(args):
        return None
    name = args[at].value
    if name in _MODULES:
        return _MODULES[name], at + 1
    if name in _CLI_MODULES and at + 1 < len(args) and args[at + 1].value == "serve":
        return SERVE, at + 2
    return None


def locate(args: Sequence[Arg]) -> Found | None:
    """What a command starts: vLLM, a container engine, a shell with a script; None for anything else."""
    found = Found()
    at = assignments(args, 0, found.assigned, "prefix")
    found.set_at = found.unset_at = at
    while at < len(args):
        program = program_at(args, at)
        if program:
            found.kind, found.program, found.at = "program", *program
            return found
        name = base(args[at])
        if name in SHELLS or name in ENGINES:
            found.kind, found.program, found.at = "shell" if name in SHELLS else "engine", name, at + 1
            return found
        step = _through(args, at, name, found)
        if step is None:
            return None
        if found.kind:
            return found
        at = step
    return None


def _through(args: Sequence[Arg], at: int, name: str, found: Found) -> int | None:
    """The index of the word that a wrapper runs; None when it is no wrapper."""
    if name in _BUILTINS:
        while at + 1 < len(args) and args[at + 1].value in ("-p", "-c", "-l", "-a", "-v"):
            at += 2 if args[at + 1].value == "-a" else 1
        found.unset_at = at + 1
        return at + 1
    if name in ("env", "sudo", "doas"):
        at = _environment(args, at + 1, name, found)
        found.set_at = found.unset_at = at
        return at
    if name not in WRAPPERS:
        return None
    for step in range(at + 1, len(args)):
        head = base(args[step])
        if program_at(args, step) or head in SHELLS | ENGINES or head in ("env", "sudo", *WRAPPERS):
            return step
    if name in _MULTIPLEXERS:
        found.kind, found.program, found.at = "strings", name, at + 1
        return at + 1
    return None


def _environment(args: Sequence[Arg], at: int, name: str, found: Found) -> int:
    """Pass the options and assignments of `env` or `sudo`."""
    valued = _ENV_VALUES if name == "env" else _SUDO_VALUES
    while at < len(args):
        option = args[at].value
        if not option.startswith("-"):
            after = assignments(args, at, found.assigned, "env")
            if after == at:
                return at
            at = after
            continue
        if name == "env":
            found.cleared |= option in ("-i", "-", "--ignore-environment")
            if option in ("-u", "--unset") and at + 1 < len(args):
                found.dropped.add(args[at + 1].value)
            elif option.startswith("--unset="):
                found.dropped.add(option[8:])
            elif option.startswith("-u"):
                found.dropped.add(option[2:])
        at += 2 if option in valued else 1
    return min(at, len(args))


def assignments(args: Sequence[Arg], at: int, into: list[Variable], how: str) -> int:
    """Read `NAME=value` words from `at` on; the index of the first word that is none."""
    while at < len(args):
        arg = args[at]
        name = ASSIGNMENT.match(arg.token.raw if how == "prefix" else arg.value)
        if not name:
            return at
        into.append(Variable(name[1], arg.value[name.end() :], arg.word.span, how))
        at += 1
    return at
