"""The length that was asked for, and the one that the model's config derives."""

from __future__ import annotations

from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.types import Facts, declare, derived

ASKED = declare("max_len.asked", "int", "the max_model_len that was asked for")
DERIVED = declare("max_len.derived", "int", "the max_model_len that the config derives")
SECOND = declare("max_len.model_max_length", "int", "the config's own model_max_length, where it has one")
KEY = declare("max_len.key", "text", "the key of config.json that sets the derived length")
LIMIT = declare("max_len.limit", "int", "the longest max_model_len that vLLM takes: derived, or model_max_length")
OVER = declare("max_len.over", "flag", "whether the launch asks for more than that, and nothing allows it")


@derived(ASKED)
def asked(facts: Facts) -> int | None:
    """`--max-model-len` of the launch, with k and M as vLLM reads them."""
    number = asked_number(facts, "max_model_len")
    return None if number is None else int(number)


@derived(DERIVED)
def derived_length(facts: Facts) -> int | None:
    """By the model's own config, where its files are known."""
    number = facts.number("model.max_length")
    return int(number) if number else None


@derived(KEY)
def key(facts: Facts) -> str | None:
    """By the model's own config, where its files are known."""
    return facts.text("model.max_length_key")


@derived(LIMIT)
def limit(facts: Facts) -> int | None:
    """A length is taken up to the larger of the two (`_get_and_verify_max_len`, 0.4.1 to 0.33.0)."""
    lengths = [int(number) for number in (facts.number(DERIVED), facts.number(SECOND)) if number]
    return max(lengths, default=None)


@derived(OVER)
def over(facts: Facts) -> bool | None:
    """Not where the check is switched off, or the launch overrides the config that it is made against."""
    longest = facts.number(LIMIT)
    wanted = None if longest is None else facts.number(ASKED)
    if wanted is None or longest is None:
        return None
    allowed = (facts.text("env.VLLM_ALLOW_LONG_MAX_MODEL_LEN") or "0").strip().lower() in ("1", "true")
    changed = any(f"args.{name}" in facts for name in ("hf_overrides", "rope_scaling", "hf_config_path"))
    return wanted > longest and not allowed and not changed
