"""What the model was to do (generate, embed, score), and what vLLM says that it can; features of V1 and V0."""

from __future__ import annotations

import re

from vllm_doctor.facts.types import Facts, declare, derived

ASKED = declare("task.asked", "text", "the task, runner or API that was asked for")
SUPPORTED = declare("task.supported", "text", "the tasks that the model supports, as the message lists them")
CONVERTS = declare("task.converts", "text", "the values of --convert that would adapt the model, as listed")
CONVERT = declare("task.convert", "text", "the --convert that fits what was asked for: embed or classify")
FEATURE = declare("v1.feature", "text", "the feature, option or model that the engine does not support")
FLAG = declare("v1.flag", "text", "the option to take out, where the feature is one")
OPTIONAL = declare(
    "v1.flag_is_optional", "flag", "whether the server does the same without that option, only otherwise"
)

# options that only tune: without them the server does what it did (vllm/engine/arg_utils.py, 0.8.0 to 0.11.0)
_TUNING = (
    "--preemption-mode",
    "--disable-async-output-proc",
    "--num-scheduler-steps",
    "--scheduler-delay-factor",
    "--scheduling-policy",
    "--enforce-eager",
)


@derived(CONVERT)
def convert(facts: Facts) -> str | None:
    """By the list of the message: a pooling model is an embedder unless the launch says otherwise."""
    listed = re.findall(r"\w+", facts.text(CONVERTS) or "")
    wanted = "classify" if facts.text("args.task") in ("classify", "score", "reward") else "embed"
    return wanted if wanted in listed else None


@derived(FLAG)
def flag(facts: Facts) -> str | None:
    """`--kv-cache-dtype` of "--kv-cache-dtype" or of "--dtype torch.float32"."""
    found = re.match(r"(--[a-z][a-z0-9-]{1,60})", facts.text(FEATURE) or "")
    return found[1] if found else None


@derived(OPTIONAL)
def flag_is_optional(facts: Facts) -> bool | None:
    """None where the feature is no option."""
    option = facts.text(FLAG)
    return None if option is None else option in _TUNING
