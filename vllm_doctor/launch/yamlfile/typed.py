"""Plain scalars that are numbers or truth values for the programs that take only strings there."""

from __future__ import annotations

from vllm_doctor.patterns import pattern

_NUMBER = pattern(r"[-+]?(?:\d[\d_]*)(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+(?:[eE][-+]?\d+)?|0[xob][\da-fA-F_]+")
_TRUTH = pattern(r"true|True|TRUE|false|False|FALSE")
_TRUTH_1_1 = pattern(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")


def is_typed(value: str, dialect: str) -> bool:
    """Whether a plain scalar is no string for Kubernetes (YAML 1.1) or Compose (YAML 1.2).

    kubectl hands such a value on as a number or a truth value, which the API server refuses in `args` and
    `env` ("cannot unmarshal number into Go struct field ... of type string"); Compose refuses it in `command`
    ("must be a string").
    """
    if _NUMBER.fullmatch(value) or _TRUTH.fullmatch(value):
        return True
    return dialect == "kubernetes" and _TRUTH_1_1.fullmatch(value) is not None
