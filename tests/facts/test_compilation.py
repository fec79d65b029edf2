from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, raised


@pytest.mark.parametrize(
    ("exception", "message", "inner"),
    [
        ("torch._inductor.exc.InductorError", "AssertionError: stride", "AssertionError"),
        (
            "torch._inductor.exc.InductorError",
            "PermissionError: [Errno 13] Permission denied: '/.triton'",
            "PermissionError",
        ),
        ("torch._dynamo.exc.BackendCompilerFailed", "backend='inductor' raised:\nKeyError: 'x'", "KeyError"),
        ("RuntimeError", "AssertionError: stride", None),
    ],
)
def test_the_exception_within(exception: str, message: str, inner: str | None) -> None:
    assert facts_of(raised("torch/x.py:f", message=message, exception=exception)).get("compile.inner") == inner


@pytest.mark.parametrize(
    ("frame", "reading"),
    [
        ("vllm/compilation/compiler_interface.py:load", True),
        ("torch/_inductor/standalone_compile.py:load", True),
        ("vllm/compilation/compiler_interface.py:compile", None),
        ("vllm/model_executor/model_loader/default_loader.py:load", None),
    ],
)
def test_whether_a_cache_was_being_read(frame: str, reading: bool | None) -> None:
    assert facts_of(raised(frame, message="Ran out of input", exception="EOFError")).get("compile.cache") is reading


def test_flashinfer_s_sampler() -> None:
    frames = ("vllm/v1/sample/ops/topk_topp_sampler.py:forward_cuda", "flashinfer/jit/cpp_ext.py:run_ninja")
    assert facts_of(raised(*frames, exception="FileNotFoundError")).get("compiler.flashinfer") is True


@pytest.mark.parametrize(
    ("exception", "own"),
    [("torch._dynamo.exc.Unsupported", True), ("torch._inductor.exc.LoweringException", True), ("UserError", False)],
)
def test_whether_torch_compile_raised_it(exception: str, own: bool) -> None:
    assert facts_of(raised("torch/x.py:f", message="", exception=exception)).get("compile.raised") is own
