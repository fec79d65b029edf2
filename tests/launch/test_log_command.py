from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.build import from_log_command
from vllm_doctor.launch.lexer import lex

HOSTILE = st.lists(
    st.sampled_from(
        ["vllm serve ", "m ", "--a ", "'", '"', "$(rm x) ", "`rm x` ", "; rm x", "& rm x", "| sh", "> /etc/x", "\n",
         "rm x\n", "LD_PRELOAD=/x ", "VLLM_X=1 ", "HF_TOKEN=hf_abcdefghijkl ", "--api-key s3cret ", "$HOME ",
         "docker run ", "--privileged ", "-v /:/x ", "vllm/vllm-openai:latest ", "bash -c ", "\x1b[2J", "\u202e", "\\\n",
         "<(x) ", "<<E\n", "sudo ", "$ ", "-e ", "--entrypoint sh ", "x\u2028y "]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(HOSTILE | st.text())
def test_what_is_made_of_a_hostile_text_is_one_harmless_command(text: str) -> None:
    launch, _ = from_log_command(text)
    if launch is None:
        return
    for token in lex(launch.text):
        assert token.kind in ("space", "word")
        assert not token.dynamic or token.raw.endswith(':?}"')
    assert not any(bad in launch.text for bad in ("s3cret", "hf_abc", "\x1b", "\u202e"))
    # as a word behind `vllm serve` both are arguments of vLLM's, and harm nothing
    assert "LD_PRELOAD" not in {variable.name for variable in launch.env}
    assert "privileged" not in launch.container
    assert launch.text.split()[0].rpartition("=")[0] or launch.text.split()[0] in (
        "vllm", "python3", "docker",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "command", "dropped"),
    [
        ("$ vllm serve m --a 'b c'", "vllm serve m --a 'b c'", []),
        ("vllm serve m \\\n  --a 1\nrm -rf /\n", "vllm serve m --a 1", ["rm -rf /"]),
        ("vllm serve m; rm -rf / # x", "vllm serve m", ["; rm -rf / # x"]),
        ("rm -rf / && vllm serve m", "vllm serve m", ["rm -rf / &&"]),
        ("vllm serve m > /etc/passwd --a 1", "vllm serve m --a 1", [">"]),
        ("vllm serve m --port $PORT --host `id` --a 1", "vllm serve m --a 1", ["--port $PORT", "--host `id`"]),
        ("vllm serve m --a '$(x)'", "vllm serve m --a '$(x)'", []),
        ("LD_PRELOAD=/x PATH=. VLLM_USE_V1=0 vllm serve m", "VLLM_USE_V1=0 vllm serve m", ["LD_PRELOAD", "PATH"]),
        ("CUDA_VISIBLE_DEVICES=$G vllm serve m", "vllm serve m", ["CUDA_VISIBLE_DEVICES"]),
        ("sudo vllm serve m", "vllm serve m", ["sudo"]),
        ("vllm serve m --api-key abc", 'vllm serve m --api-key "${VLLM_API_KEY:?}"', ["VLLM_API_KEY"]),
        ("vllm serve m --api-key=abc", 'vllm serve m --api-key="${VLLM_API_KEY:?}"', ["VLLM_API_KEY"]),
        ("HF_TOKEN=abc vllm serve m", 'HF_TOKEN="${HF_TOKEN:?}" vllm serve m', ["HF_TOKEN"]),
        ("vllm serve m --x hf_abcdefghijkl", 'vllm serve m --x "${HF_TOKEN:?}"', ["HF_TOKEN"]),
        (
            "docker run -d --privileged --gpus all -v /:/h -p 1:1 -e A=b -e VLLM_X=1 --ipc=host vllm/vllm-openai:v0.9.0 --model m",
            "docker run --gpus all -p 1:1 --ipc host -e VLLM_X=1 vllm/vllm-openai:v0.9.0 --model m",
            ["detach", "privileged", "volume", "A"],
        ),
        ("docker run img-vllm bash -c 'rm x; vllm serve m'", "docker run --entrypoint vllm img-vllm serve m", ["a script"]),
        ("docker run --entrypoint vllm $IMG serve m", "vllm serve m", ["$IMG"]),
    ],
)  # fmt: skip
def test_what_is_kept_and_what_is_left_out(text: str, command: str, dropped: list[str]) -> None:
    launch, left_out = from_log_command(text)
    assert launch is not None
    assert launch.text == command
    for part in dropped:
        assert any(part in said for said in left_out), (part, left_out)
    assert bool(left_out) == bool(dropped)


def test_a_text_without_a_launch() -> None:
    assert from_log_command("rm -rf /") == (None, ())


def test_the_program_stays_as_it_was_written() -> None:
    for program in ("python -m vllm.entrypoints.api_server", "python3 -m vllm.entrypoints.openai.api_server"):
        launch, _ = from_log_command(f"$ {program} --model m", lambda flag: 1)
        assert launch
        assert launch.text == f"{program} --model m"
