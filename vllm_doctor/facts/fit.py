"""The memory sum of a launch, made from the model's config and the GPU before anything runs.

Only the names are here: the sum is made where the model is known, and handed over with the other facts.
"""

from __future__ import annotations

from vllm_doctor.facts.types import declare

WEIGHTS = declare("fit.weights_gib", "gib", "weights per GPU by the model's config, after quantization and splitting")
BUDGET = declare("fit.budget_gib", "gib", "what the launch may use of one GPU: its memory times gpu_memory_utilization")
KV_NEEDED = declare("fit.kv_needed_gib", "gib", "KV cache per GPU that one request of max_model_len needs")
KV_AVAILABLE = declare(
    "fit.kv_available_gib", "gib", "budget less weights, activations and CUDA graphs; may be negative"
)
LONGEST = declare("fit.longest_len", "int", "the longest request, in tokens, whose KV cache fits")
WEIGHTS_EXCEED = declare("fit.weights_exceed_budget", "flag", "the weights alone are larger than the budget")
KV_TOO_SMALL = declare("fit.kv_too_small", "flag", "the weights fit, and one request of max_model_len does not")
NO_KV = declare("fit.no_kv_cache", "flag", "the weights fit, and nothing is left for the KV cache")
