"""How long a start takes at least, beside how long a check lets it take."""

from __future__ import annotations

from math import ceil

from vllm_doctor.facts.around import PROBE_PERIOD, PROBE_SECONDS
from vllm_doctor.facts.deployment import PARAMETERS, QUANTIZED, WEIGHTS
from vllm_doctor.facts.types import Facts, declare, derived

WEIGHTS_ABOUT = declare(
    "around.weights_gib", "gib", "the weights of the launch: of the files, else by the model's name"
)
LOAD = declare("around.start_seconds", "int", "seconds that a start takes at least, by the size of the weights")
SHORT = declare("around.probe_short", "flag", "whether a check ends the start before that")
AMPLE = declare("around.start_ample", "id", "four times that many seconds")
FAILURES = declare("around.probe_failures", "int", "failures of that check that leave a start four times as long")

_BYTES = {"none": 2.0, "fp8": 1.0, "compressed-tensors": 0.6}
_FOUR_BIT = 0.6
_REST = 40
"""Seconds of a start beside reading weights. A measured one of an 8B model without any weights to read, 0.24.0 on an
H200: 46 s from the engine's start until it served, and some 20 s before."""
_PER_GIB = 1.0
"""Seconds to read a GiB; network storage and downloads are slower, only weights in the host's cache are faster."""
_AMPLE = 4


@derived(WEIGHTS_ABOUT)
def weights(facts: Facts) -> float | None:
    """By the name: two bytes a parameter, or what its quantization takes."""
    known = facts.number(WEIGHTS)
    if known:
        return known
    parameters = facts.number(PARAMETERS)
    if not parameters:
        return None
    size = 1.0 if facts.text("args.quantization") == "fp8" else _BYTES.get(facts.text(QUANTIZED) or "none", _FOUR_BIT)
    return round(parameters * size / 2**30, 2)


@derived(LOAD)
def start_seconds(facts: Facts) -> int | None:
    """Where the size of the weights is known; without weights to read (`--load-format dummy`) it is another matter."""
    size = facts.number(WEIGHTS_ABOUT)
    if size is None or facts.text("args.load_format") not in (None, "auto", "safetensors", "pt", "mistral"):
        return None
    return int(_REST + _PER_GIB * size)


@derived(SHORT)
def probe_short(facts: Facts) -> bool | None:
    """Before the estimate, which is low."""
    allowed, wanted = facts.number(PROBE_SECONDS), facts.number(LOAD)
    return allowed < wanted if allowed is not None and wanted is not None else None


@derived(AMPLE)
def ample(facts: Facts) -> int | None:
    """For slow storage, a download, a first compilation."""
    wanted = facts.number(LOAD)
    return int(wanted * _AMPLE) if wanted else None


@derived(FAILURES)
def failures(facts: Facts) -> int | None:
    """At the check's own period."""
    wanted, period = facts.number(AMPLE), facts.text(PROBE_PERIOD)
    return ceil(wanted / int(period)) if wanted and period else None
