"""Whatever a text holds, it is answered, and what is offered is taken."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vllm_doctor import vllm

from .moved import launches, move

PIECES = st.sampled_from(
    (
        "vllm serve",
        "python -m vllm.entrypoints.openai.api_server",
        "docker run vllm/vllm-openai:v0.8.3",
        "org/m",
        "--model",
        "--task",
        "embed",
        "--task=$TASK",
        "--swap-space",
        "--swap-space=",
        "'4'",
        '"$N"',
        "-O3",
        "-O",
        "-O.level=3",
        "--compilation-config",
        "'{\"level\": 3}'",
        "'{'",
        "{}",
        "--speculative-config.model",
        "--speculative-model",
        "'[ngram]'",
        "--rope-scaling",
        "--rope-theta=x",
        "--hf-overrides",
        "'[1]'",
        "--limit-mm-per-prompt",
        "image=4,",
        "--guided-decoding-backend",
        "--cuda-graph-sizes",
        "--api-key",
        "VLLM_USE_V1=0",
        "VLLM_ATTENTION_BACKEND=",
        "export VLLM_USE_V1=1\n",
        "\\\n ",
        "; ",
        " && ",
        "$(date)",
        "`x`",
        "# ",
        "<<EOF\n",
        "\x00",
        "\u202e",
        "--",
        "--\udc80x",
        "'",
        '"',
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PIECES, max_size=14).map(" ".join), st.sampled_from(("0.4.2", "0.8.3", "0.13.0", "0.33.0")), st.booleans()
)
@example("vllm serve org/m --speculative-model '[ngram]' --num-speculative-tokens", "0.33.0", True)
@example("vllm serve org/m -O.level", "0.33.0", True)
@example('vllm serve org/m --compilation-config \'{"pass_config": {"enable_fusion": []}}\'', "0.33.0", True)
@example("vllm serve org/m --rope-scaling '{\"rope_theta\": {}}' --rope-theta nan", "0.33.0", True)
def test_any_text_is_answered(text: str, target: str, given_release: bool) -> None:
    made = move(text, target, "0.8.3" if given_release else None, file="run.sh")
    assert (made.fixed is None) or made.fixed != text
    before, after = launches(text, "run.sh"), launches(made.fixed or text, "run.sh")
    assert len(before) == len(after) == len(made.launches)
    for one, launch in zip(made.launches, after, strict=True):
        if one.migrated is not None and one.program in ("vllm serve", "api_server"):
            program: vllm.Program = "api_server" if launch.program == "api_server" else "vllm serve"
            assert vllm.check(launch.argv, target, program, suggest=False) == ()
