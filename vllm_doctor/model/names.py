"""What the name of a model says: its quantization and its number of parameters.

A name proves nothing (people rename folders), so whoever uses these says "by the name".
"""

from __future__ import annotations

from vllm_doctor.patterns import pattern

_MAX_NAME = 300

_QUANTIZED: tuple[tuple[str, str], ...] = (
    # Sign in the name, method as vLLM's --quantization calls it. The first that fits counts: an AutoRound
    # export
    # to AWQ packing ("int4-AutoRound-awq-sym") is loaded as AWQ, so the packing stands before the tool.
    (r"gguf|q[2-8]_[0k](?:_[sml])?|iq[1-4]_\w+", "gguf"),
    (r"nvfp4a?\d*|nv-fp4", "modelopt_fp4"),
    (r"mxfp4", "mxfp4"),
    (r"mxfp8", "mxfp8"),
    (r"bnb(?:-?[48]bit)?|bitsandbytes|nf4|qlora-4bit", "bitsandbytes"),
    (r"awq", "awq"),
    (r"gptq", "gptq"),
    (r"auto-?round", "auto-round"),
    (r"aqlm", "aqlm"),
    (r"hqq", "hqq"),
    (r"quark", "quark"),
    (r"torchao", "torchao"),
    (r"exl[23]", "exl2"),
    (r"mlx", "mlx"),
    (r"quantized[-.]?w\d+a\d+|w(?:4a16|8a8|8a16|4a8|4a4|4afp8|8afp8)|fp8-dynamic", "compressed-tensors"),
    (r"fp8", "fp8"),
    (r"int[48]|[348]-?bit|w[48]", "unknown"),
)
_SEPARATED = tuple((pattern(rf"(?:^|[-_./:+ ])(?:{sign})(?=$|[-_./:+ ])"), method) for sign, method in _QUANTIZED)
_ANY = pattern(r"(?:^|[-_./:+ ])(?:" + "|".join(sign for sign, _ in _QUANTIZED) + r")(?=$|[-_./:+ ])")
"""Most names claim nothing, which one search tells."""

_SIZE = pattern(r"(?:^|[-_./: ])(?:(\d{1,3})x)?(\d{1,5}(?:\.\d{1,3})?)([bmt])(?=$|[-_./: ]|a\d)")

_UNITS = {"m": 1e6, "b": 1e9, "t": 1e12}


def _plain(name: str) -> str:
    return name[-_MAX_NAME:].lower()


def looks_quantized(name: str) -> str | None:
    """The quantization that a repo or folder name claims, or None.

    The answer is vLLM's word for it ("awq", "gptq", "auto-round", "fp8", "compressed-tensors",
    "bitsandbytes", "gguf", "modelopt_fp4", "mxfp4", ...), "exl2" or "mlx" for formats that vLLM does not
    read, or "unknown" where the name only says that the weights are small ("int4", "8bit").
    """
    plain = _plain(name)
    return next((method for sign, method in _SEPARATED if sign.search(plain)), None) if _ANY.search(plain) else None


def parameters_in_name(name: str) -> float | None:
    """The total number of parameters that a name claims ("24B" is 24e9), or None.

    "8x7B" counts as 56e9, an upper bound (experts share the attention). "A22B" is the active part and is not
    taken; in "30B-A3B" the total is 30e9. Of several figures the last counts, for organisations come first.
    """
    found = _SIZE.findall(_plain(name))
    if not found:
        return None
    times, figure, unit = found[-1]
    size = float(figure) * _UNITS[unit] * (int(times) if times else 1)
    return size if 1e6 <= size <= 1e14 else None
