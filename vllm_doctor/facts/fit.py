"""The memory sum of a launch, made from the model's config and the GPU before anything runs.

Only the names are here: the sum is made in `sum.py`, where the model is known, and handed over with the other facts.
"""

from __future__ import annotations

from vllm_doctor.facts.types import declare

WEIGHTS = declare("fit.weights_gib", "gib", "weights per GPU by the model's config, after quantization and splitting")
REST = declare("fit.rest_gib", "gib", "activations, CUDA graphs that the release counts, and what is outside PyTorch")
BUDGET = declare("fit.budget_gib", "gib", "what the launch may use of one GPU: its memory times gpu_memory_utilization")
MAX_LEN = declare("fit.max_len", "int", "the max_model_len of the launch: as given, else the model's own")
KV_NEEDED = declare("fit.kv_needed_gib", "gib", "KV cache per GPU that one request of max_model_len needs")
KV_AVAILABLE = declare(
    "fit.kv_available_gib", "gib", "budget less weights, activations and CUDA graphs; may be negative"
)
LONGEST = declare("fit.longest_len", "int", "the longest request, in tokens, whose KV cache fits")
LACKING = declare("fit.lacking_gib", "gib", "what is missing on each GPU for one request of max_model_len")
WEIGHTS_EXCEED = declare("fit.weights_exceed_gpu", "flag", "the weights alone are larger than the GPU")
PROFILE_EXCEEDS = declare("fit.profile_exceeds_gpu", "flag", "weights fit the GPU, activations beside them do not")
KV_TOO_SMALL = declare("fit.kv_too_small", "flag", "the weights fit, and one request of max_model_len does not")
NO_KV = declare("fit.no_kv_cache", "flag", "the weights fit the GPU, and the share leaves nothing for the KV cache")
ASSUMED = declare("fit.assumed_release", "text", "the release that the sum is made for, where none is known")
JOINT_SHARE = declare("fit.joint_share", "float", "a gpu_memory_utilization that is enough with a shorter length")
JOINT_LEN = declare("fit.joint_len", "int", "the length that goes with it")
CHUNKED_LEN = declare("fit.chunked_len", "int", "a length that fits once long prompts are computed in chunks (V0)")
TOKENS = declare("fit.tokens", "int", "a max_num_batched_tokens at which the launch fits as it is")
SEQS = declare("fit.seqs", "int", "a max_num_seqs at which the launch fits as it is")
GPUS = declare("fit.gpus", "int", "the least tensor-parallel size at which the launch fits; it divides the heads")
FP8_GIB = declare("fit.fp8_gib", "gib", "weights per GPU when they are made FP8 while loading, where that is enough")
CARD = declare("fit.card", "text", "the smallest GPU on which the launch fits as it is")
