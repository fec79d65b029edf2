"""What a quantization method asks of GPU, dtype and release."""

from __future__ import annotations

import pytest

from tests.facts.given import given
from tests.facts.memory_events import record
from vllm_doctor.facts.collect import of_event
from vllm_doctor.facts.quant_limits import MEANT, UNKNOWN


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ("[torch.float16]", "float16"),
        ("[torch.bfloat16]", "bfloat16"),
        ("[torch.float16, torch.bfloat16]", "auto"),
        ("[torch.float32]", "float32"),
        ("[]", None),
    ],
)
def test_the_proposed_dtype_is_one_that_the_method_takes(taken: str, wanted: str | None) -> None:
    assert given(quant_limits__supported=taken).get("quant_limits.proposed_dtype") == wanted


@pytest.mark.parametrize(
    ("method", "gpu", "release", "too_old"),
    [
        ("awq", "V100", "0.6.3", True),
        ("awq", "T4", "0.6.3", False),
        ("awq_marlin", "T4", "0.9.2", True),
        ("awq_marlin", "T4", "0.14.0", False),
        ("fp8", "A100", "0.4.2", True),
        ("fp8", "A100", "0.6.0", False),
        # several releases, and the kindest of them takes it
        ("fp8", "T4", None, False),
        ("gptq", "V100", "0.6.3", None),
        ("awq", "MI300X", "0.9.0", None),
        ("awq", None, "0.9.0", None),
    ],
)
def test_the_gpu_is_held_against_the_method_of_that_release(
    method: str, gpu: str | None, release: str | None, too_old: bool | None
) -> None:
    facts = given(args__quantization=method, gpu__name=gpu, vllm__version=release)
    assert facts.get("quant_limits.gpu_too_old") == too_old


def test_the_checkpoints_own_method_counts_where_none_is_asked_for() -> None:
    facts = given(args__model="m", model__quant_method="awq", gpu__name="V100", vllm__version="0.8.5")
    assert facts.get("quant_limits.gpu_too_old") is True
    assert facts.get("quant_limits.least") == "7.5"
    assert facts.get("quant_limits.has") == "7.0"


def test_capabilities_of_a_message_are_dotted() -> None:
    facts = given(quant_limits__least_capability="100", quant_limits__capability="89")
    assert (facts.get("quant_limits.least"), facts.get("quant_limits.has")) == ("10.0", "8.9")


def test_a_later_release_is_named_only_where_it_runs_on_the_gpu() -> None:
    turing = given(quant__method="awq_marlin", quant_limits__capability="75", vllm__version="0.11.0")
    assert turing.get("quant_limits.later_release") == "0.14.0"
    volta = given(quant__method="awq_marlin", quant_limits__capability="70", vllm__version="0.11.0")
    assert volta.get("quant_limits.later_release") is None


@pytest.mark.parametrize(
    ("method", "dtype", "of_model", "release", "refused"),
    [
        ("awq", "bfloat16", None, "0.9.1", True),
        ("awq", "auto", "bfloat16", "0.9.1", True),
        ("awq", None, "float16", "0.9.1", False),
        ("awq", "half", "bfloat16", "0.9.1", False),
        # from 0.24.0 on the name stands for kernels that take both
        ("awq", "bfloat16", None, "0.24.0", None),
        ("awq_marlin", "bfloat16", None, "0.9.1", None),
        ("gptq", "bfloat16", None, "0.21.0", True),
        ("gptq", "bfloat16", None, None, None),
    ],
)
def test_half_only_methods_refuse_other_dtypes(
    method: str, dtype: str | None, of_model: str | None, release: str | None, refused: bool | None
) -> None:
    facts = given(args__quantization=method, args__dtype=dtype, model__dtype=of_model, vllm__version=release)
    assert facts.get("quant_limits.dtype_refused") == refused


@pytest.mark.parametrize(
    ("asked", "release", "unknown", "meant"),
    [
        ("awq_gemm", "0.32.0", "awq_gemm", "awq"),
        ("gptq_exllama", None, "gptq_exllama", "gptq"),
        ("compressed_tensor", "0.12.0", "compressed_tensor", "compressed-tensors"),
        # another release has it: no other method can be meant
        ("bitsandbytes", "0.32.0", "bitsandbytes", None),
        ("gguf", "0.4.2", "gguf", None),
        ("awq", "0.9.0", None, None),
        ("nobody-knows", "0.9.0", "nobody-knows", None),
        # newer than the table: nothing is said
        ("nobody-knows", "9.9.0", None, None),
    ],
)
def test_unknown_methods_and_what_was_meant(
    asked: str, release: str | None, unknown: str | None, meant: str | None
) -> None:
    facts = given(args__quantization=asked, vllm__version=release)
    assert facts.get(UNKNOWN) == unknown
    if unknown:
        assert facts.get(MEANT) == meant


def test_the_release_to_go_to() -> None:
    early = given(quant__method="mxfp4", vllm__version="0.9.0")
    assert early.get("quant_limits.upgrade_to") == early.get("quant_limits.since")
    gone = given(quant__method="bitsandbytes", vllm__version="0.32.0")
    assert (gone.get("quant_limits.until"), gone.get("quant_limits.upgrade_to")) == ("0.27.1", None)


def test_a_deprecated_method_is_named_behind_the_sentence() -> None:
    text = (
        "('The quantization method %s is deprecated and will be removed in future versions of vLLM. To bypass, set"
        " `--allow-deprecated-quantization`.', 'fbgemm_fp8')"
    )
    facts = {fact.name: fact.value for fact in of_event(record(text))}
    assert facts["quant_limits.deprecated"] is True
    assert facts["quant.method"] == "fbgemm_fp8"


@pytest.mark.parametrize(
    ("method", "release", "plugin"),
    [
        ("bitsandbytes", "0.33.0", "vllm-bnb-plugin"),
        ("bitsandbytes", "0.27.1", None),
        ("my_method", "0.33.0", None),
    ],
)
def test_the_package_that_took_a_method_over(method: str, release: str, plugin: str | None) -> None:
    assert given(args__quantization=method, vllm__version=release).get("quant_limits.plugin") == plugin
