"""The RoPE scaling that is refused, and whether it came with the launch or with the model."""

from __future__ import annotations

import json
import re

from vllm_doctor.facts.types import Facts, declare, derived

TYPE = declare("rope.type", "text", "the rope_type that is not known, or whose keys are wrong")
MISSING = declare("rope.missing", "text", "the keys that the RoPE scaling lacks")
GOT = declare("rope.got", "text", "the RoPE scaling as the message shows it")
GIVEN_BY = declare("rope.given_by", "text", "the option of the launch that sets it: --rope-scaling or --hf-overrides")
GIVEN_LACKS = declare("rope.given_lacks", "text", "the key that the launch's own RoPE scaling lacks")
TOO_NEW = declare("rope.is_llama3", "flag", "whether it is llama3, which vLLM takes since 0.5.3.post1")

_LONGEST = 4_000


def _object(text: str | None) -> dict[str, object]:
    if text is None or len(text) > _LONGEST:
        return {}
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _given(facts: Facts) -> tuple[str, dict[str, object]] | None:
    """The option that sets a RoPE scaling, and the scaling."""
    if own := _object(facts.text("args.rope_scaling")):
        return "--rope-scaling", own
    overrides = _object(facts.text("args.hf_overrides"))
    text = overrides.get("text_config")
    for where in (overrides, text if isinstance(text, dict) else {}):
        for key in ("rope_scaling", "rope_parameters"):
            found = where.get(key)
            if isinstance(found, dict):
                return "--hf-overrides", found
    return None


@derived(GIVEN_BY)
def given_by(facts: Facts) -> str | None:
    """None where the scaling is the model's own."""
    found = _given(facts)
    return found[0] if found else None


@derived(GIVEN_LACKS)
def given_lacks(facts: Facts) -> str | None:
    """The type, without which no release takes it; a type that stretches needs its factor."""
    found = _given(facts)
    if found is None:
        return None
    kind = found[1].get("rope_type", found[1].get("type"))
    if kind is None:
        return "rope_type"
    return "factor" if kind in ("linear", "dynamic", "yarn") and "factor" not in found[1] else None


@derived(TYPE)
def rope_type(facts: Facts) -> str | None:
    """The type in the scaling that the message shows."""
    found = re.search(r"['\"](?:rope_)?type['\"]: ['\"](\w{1,40})['\"]", facts.text(GOT) or "")
    return found[1] if found else None


@derived(TOO_NEW)
def is_llama3(facts: Facts) -> bool | None:
    """Llama 3.1's scaling: `rope_type: llama3`."""
    kind = facts.text(TYPE)
    return None if kind is None else kind == "llama3"
