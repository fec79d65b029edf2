"""Which engine a launch runs on: the old one (V0) until 0.7, either until 0.10, the new one (V1) since.

Sources: VLLM_USE_V1 in vllm/envs.py (0.7.0 to 0.11.0) and `_is_v1_supported_oracle` in vllm/engine/arg_utils.py
(0.8.0 to 0.10.2), which falls back where the new engine lacked something.
"""

from __future__ import annotations

from packaging.version import Version

from vllm_doctor.values import dataclass

FIRST_BOTH, FIRST_DEFAULT, FIRST_ALONE = Version("0.7.0"), Version("0.8.0"), Version("0.11.0")

_OLD_ONLY = {
    # args that the new engine did not take, and the release from which on it did (or the arg was gone)
    "preemption_mode": "0.11.0",
    "disable_async_output_proc": "0.11.0",
    "scheduler_delay_factor": "0.11.0",
    "logits_processor_pattern": "0.11.0",
    "num_scheduler_steps": "0.10.1",
    "enable_prompt_adapter": "0.10.0",
    "otlp_traces_endpoint": "0.10.2",
    "scheduling_policy": "0.9.2",
    "max_num_partial_prefills": "0.11.0",
}


@dataclass(frozen=True, slots=True)
class Features:
    """What of a launch decides its engine. `use_v1` is VLLM_USE_V1 as given; `asked` the names of its arguments."""

    use_v1: str | None = None
    asked: frozenset[str] = frozenset()
    capability: float = 0.0
    vendor: str = "nvidia"
    kv_cache_dtype: str = "auto"
    dtype: str = "auto"
    quantization: str = ""
    pooling: bool = False
    recurrent: bool = False
    encoder_decoder: bool = False


def engine(release: str, features: Features) -> str:
    """Either V0 or V1."""
    at = Version(release)
    if at >= FIRST_ALONE:
        return "V1"
    if at < FIRST_BOTH:
        return "V0"
    if features.use_v1 in ("0", "1"):
        return f"V{features.use_v1}"
    return "V1" if at >= FIRST_DEFAULT and _runs_on_new(at, features) else "V0"


def _runs_on_new(at: Version, features: Features) -> bool:
    """Whether the new engine has all that the launch asks for."""
    if features.encoder_decoder or any(
        at < Version(until) for name, until in _OLD_ONLY.items() if name in features.asked
    ):
        return False
    old_card = features.vendor == "nvidia" and 0 < features.capability < 8.0
    if at < Version("0.10.2") and (features.recurrent or old_card):
        return False
    if at < Version("0.9.2") and (features.pooling or features.dtype in ("float32", "float")):
        return False
    if at < Version("0.9.0") and (features.quantization == "gguf" or features.vendor != "nvidia"):
        return False
    return features.kv_cache_dtype == "auto" or _caches_fp8(features)


def _caches_fp8(features: Features) -> bool:
    """An eight-bit cache needs FlashAttention 3, which is Hopper's (fa_utils.py `flash_attn_supports_fp8`)."""
    return features.kv_cache_dtype.startswith("fp8") and features.capability == 9.0
