"""Variables that Kubernetes makes of a service's name, where vLLM reads a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = declare("k8s.variable", "text", "the variable that holds a service's address")
VALUE = declare("k8s.value", "text", "that address: tcp://10.43.17.8:8000")
SERVICE = declare("k8s.service", "text", "the service whose name makes that variable")
READ = declare("k8s.read", "text", "the setting that the failing line reads", "first")

_ADDRESS = pattern(r"(?:tcp|udp|sctp)://[\w.:\[\]-]{3,80}")
_NAME = pattern(r"\bVLLM_[A-Z_]{2,40}_?PORT\b|\bVLLM_PORT\b")


@reader("invalid literal for int()")
def read_variable(event: Event) -> Iterator[Fact]:
    """The variable that the innermost frames name, where the message does not (0.4.3 to 0.8.5)."""
    if not isinstance(event, Traceback):
        return
    for frame in reversed(event.frames):
        if found := _NAME.search(frame.code):
            yield Fact(READ, found[0], event.lines[-1])
            return


@derived(VARIABLE)
def variable(facts: Facts) -> str | None:
    """The variable that the failing line reads, else the launch's that holds an address and that vLLM reads."""
    given = [name[4:] for name in facts if name.startswith("env.VLLM_") and _ADDRESS.fullmatch(str(facts.get(name)))]
    known = [name for name in given if vllm.variable_history(name)]
    return facts.text(READ) or next(iter(known), None)


@derived(VALUE)
def value(facts: Facts) -> str | None:
    """The address that the launch gives the variable."""
    name = facts.text(VARIABLE)
    given = facts.text(f"env.{name}") if name else None
    return given if given and _ADDRESS.fullmatch(given) else None


@derived(SERVICE)
def service(facts: Facts) -> str | None:
    """VLLM_PORT comes of a service called vllm (Kubernetes: dashes become underscores, letters capitals)."""
    name = facts.text(VARIABLE) or ""
    return name[: -len("_PORT")].lower().replace("_", "-") if name.endswith("_PORT") else None
