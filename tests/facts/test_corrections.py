"""What was meant by rejected arguments, and that nothing is guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor import vllm
from vllm_doctor.facts.argument_errors import common_errors
from vllm_doctor.facts.corrections import Correction, corrections


def _ways(argv: list[str], release: str = "0.32.0") -> list[tuple[Correction, ...]]:
    errors = common_errors(tuple(argv), (release,), "vllm serve")
    return [corrections(error, argv, release, "vllm serve") for error in errors]


@pytest.mark.parametrize(
    ("words", "release", "edits"),
    [
        (["--max-model-length", "8"], "0.32.0", [("rename", "--max-model-length", "--max-model-len")]),
        (
            ["--gpu-memory-utilisation=0.4"],
            "0.32.0",
            [("rename", "--gpu-memory-utilisation", "--gpu-memory-utilization")],
        ),
        (["--tp", "2"], "0.32.0", [("rename", "--tp", "--tensor-parallel-size")]),
        (["--disable-log-requests"], "0.24.0", [("rename", "--disable-log-requests", "--no-enable-log-requests")]),
        (["--swap-space", "4"], "0.24.0", [("remove", "--swap-space", "")]),
        (
            ["--guided-decoding-backend", "xgrammar"],
            "0.12.0",
            [("rename", "--guided-decoding-backend", "--structured-outputs-config.backend")],
        ),
        (
            ["-cc", '{"cudagraph_mode": "FULL_AND_PEICEWISE"}'],
            "0.24.0",
            [("set", "-cc", '{"cudagraph_mode": "FULL_AND_PIECEWISE"}')],
        ),
        (["--task", "embed"], "0.24.0", [("remove", "--task", ""), ("add", "--runner", "pooling")]),
        (["--limit-mm-per-prompt", "image=4"], "0.24.0", [("set", "--limit-mm-per-prompt", '{"image": 4}')]),
        (
            ["--compilation-config.level", "3"],
            "0.24.0",
            [("rename", "--compilation-config.level", "--compilation-config.mode")],
        ),
        (["--dtype", "fp16"], "0.32.0", [("set", "--dtype", "float16")]),
        (["--dtype", "torch.bfloat16"], "0.32.0", [("set", "--dtype", "bfloat16")]),
        (["--max-num-seqs", "2,048"], "0.32.0", [("set", "--max-num-seqs", "2048")]),
        (["--gpu-memory-utilization", "90%"], "0.32.0", [("set", "--gpu-memory-utilization", "0.9")]),
        (["--hf-overrides", "{'a': True}"], "0.32.0", [("set", "--hf-overrides", '{"a": true}')]),
        (["--enforce-eager", "true"], "0.32.0", [("drop", "true", "")]),
        (["--enforce-eager=true"], "0.32.0", [("bare", "--enforce-eager", "")]),
        (["--enforce-eager=false"], "0.32.0", [("remove", "--enforce-eager", "")]),
    ],
)
def test_what_is_surely_meant(words: list[str], release: str, edits: list[tuple[str, str, str]]) -> None:
    assert _ways(["org/model", *words], release) == [tuple(Correction(*edit) for edit in edits)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "release"),
    [
        (["--frobnicate", "2"], "0.32.0"),
        (["--enable-reasoning"], "0.32.0"),
        (["--dtype", "int4"], "0.32.0"),
        (["--dtype", "float17"], "0.32.0"),
        (["--max-num", "3"], "0.32.0"),
        (["--max-model-len"], "0.32.0"),
        (["--port", "8000:8000"], "0.32.0"),
        (["--mem-fraction-static", "0.8"], "0.32.0"),
        (["--rope-scaling", '{"type": "linear"}'], "0.32.0"),
        (["loose"], "0.32.0"),
    ],
)
def test_nothing_is_guessed(words: list[str], release: str) -> None:
    ways = _ways(["org/model", *words], release)
    assert ways
    assert not any(ways)


def test_reasoning_is_dropped_where_its_parser_turns_it_on() -> None:
    argv = ["org/model", "--enable-reasoning", "--reasoning-parser", "qwen3"]
    assert _ways(argv) == [(Correction("remove", "--enable-reasoning"),)]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([flag for option in vllm.all_options("0.32.0") for flag in option.flags if len(flag) > 12]),
    st.data(),
)
def test_a_correction_never_makes_more_errors(flag: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(3, len(flag) - 2))
    argv = ["org/model", flag[:at] + flag[at + 1 :], "1"]
    errors = vllm.check(argv, "0.32.0")
    for error in errors:
        way = corrections(error, argv, "0.32.0", "vllm serve")
        for edit in way:
            if edit.verb == "rename":
                fixed = ["org/model", edit.to + argv[1][len(edit.word) :], "1"]
                assert len(vllm.check(fixed, "0.32.0")) < len(errors)
