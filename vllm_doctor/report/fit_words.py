"""The words of `vllm-doctor fit` in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.report.safe import encodable
from vllm_doctor.report.words import LANGUAGES

if TYPE_CHECKING:
    from vllm_doctor.report.pen import Pen

FIT_WORDS: dict[str, tuple[str, str]] = {
    "yes": ("It fits, with {margin} GiB to spare on each GPU", "放得下，每张 GPU 还余 {margin} GiB"),
    "tight": (
        "It fits just so: {margin} GiB to spare on each GPU, less than an estimate can promise",
        "勉强放得下：每张 GPU 只余 {margin} GiB，小于估算所能保证的",
    ),
    "no": ("It does not fit: {margin} GiB are missing on each GPU", "放不下：每张 GPU 还缺 {margin} GiB"),
    "few": ("There are too few GPUs", "GPU 数量不够"),
    "unknown": ("Nothing can be said: the size of the weights is not known", "无法判断：不知道权重大小"),
    "weights": ("weights", "权重"),
    "activation": ("activations", "激活"),
    "cuda_graph": ("CUDA graphs", "CUDA 图"),
    "overhead": ("outside PyTorch", "PyTorch 之外"),
    "kv_cache": ("KV cache", "KV 缓存"),
    "budget": ("the launch's share", "本次启动的份额"),
    "share": ("{share} of {total}", "{total} 的 {share}"),
    "outside": ("on top of the share", "在份额之外"),
    "missing": ("missing before any cache", "尚未放缓存就缺这么多"),
    "request": (
        "A request of {length} tokens (max_model_len) needs {need} GiB of KV cache.",
        "一个 {length} token 的请求（max_model_len）需要 {need} GiB 的 KV 缓存。",
    ),
    "holds": (
        "The cache holds {tokens} tokens: {times} such requests at once.",
        "缓存可放 {tokens} 个 token：同时 {times} 个这样的请求。",
    ),
    "longest": ("The longest max_model_len that fits is {longest}.", "放得下的最长 max_model_len 为 {longest}。"),
    "longest.none": ("No length fits.", "任何长度都放不下。"),
    "to-fit": ("What makes it fit, the least first:", "以下改动可使其放得下，代价小的在前："),
    "to-spare": ("What gives it more room, the least first:", "以下改动可留出更多余量，代价小的在前："),
    "unmeasured": (
        "No launch on this kind of GPU with this release was ever measured (measured: NVIDIA H200 with vLLM "
        "0.24.0): take the figures as an estimate.",
        "从未在这种 GPU 与此版本上实测过（实测过的：NVIDIA H200 与 vLLM 0.24.0）：请把这些数字当作估算。",
    ),
    "measured": (
        "Launches on this GPU with this release were measured: weights within 0.1, KV cache within 0.2 GiB.",
        "在这种 GPU 与此版本上有过实测：权重误差在 0.1 GiB 以内，KV 缓存在 0.2 GiB 以内。",
    ),
    "per-gpu": ("each of {n} GPUs", "{n} 张 GPU 中的每一张"),
}
"""Each in English and Chinese."""


def fit_word(pen: Pen, key: str, **values: object) -> str:
    """The word in the pen's language, as its stream can show it; values must be drawn already."""
    return encodable(FIT_WORDS[key][LANGUAGES.index(pen.language)].format(**values), pen.encoding)
