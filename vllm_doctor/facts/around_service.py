"""A Kubernetes service whose name makes a variable that vLLM reads as a setting."""

from __future__ import annotations

from vllm_doctor import vllm
from vllm_doctor.facts.around import NAMED, SERVICES, UNSETS
from vllm_doctor.facts.types import Facts, declare, derived

SERVICE = declare("around.service", "text", "the service of the file whose address stands where vLLM reads a setting")
VARIABLE = declare("around.service_variable", "text", "the variable that Kubernetes makes of its name")


@derived(SERVICE)
def service(facts: Facts) -> str | None:
    """The first of them; a variable that the container sets itself wins over Kubernetes's, and one may be unset."""
    for name in (facts.text(SERVICES) or "").split():
        made = _variable(name)
        settled = f"{facts.text(NAMED)} {facts.text(UNSETS)}".split()
        if vllm.variable_history(made) and made not in settled:
            return name
    return None


@derived(VARIABLE)
def variable(facts: Facts) -> str | None:
    """Dashes become underscores, letters capitals (kubernetes: pkg/kubelet/envvars/envvars.go)."""
    name = facts.text(SERVICE)
    return _variable(name) if name else None


def _variable(name: str) -> str:
    return name.upper().replace("-", "_") + "_PORT"
