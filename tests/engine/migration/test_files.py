"""Launch files: the tag of the image moves with the launch, and everything else stays."""

from __future__ import annotations

import pytest

from vllm_doctor.engine.migration.applying import written_as_text
from vllm_doctor.vllm.moving import Put

from .moved import launches, move

COMPOSE = """\
# vllm/vllm-openai:v0.8.3 was here
services:
  chat:
    image: vllm/vllm-openai:v0.8.3   # pinned
    environment:
      - VLLM_USE_V1=0
      - HF_HOME=/cache
    command: ["--model", "org/m", "--swap-space", "8", "--port", "80"]
  embed:
    image: "vllm/vllm-openai:v0.8.3"
    command: >
      --model org/e
      --task embed
      --disable-log-requests
"""
COMPOSE_AFTER = """\
# vllm/vllm-openai:v0.8.3 was here
services:
  chat:
    image: vllm/vllm-openai:v0.33.0   # pinned
    environment:
      - HF_HOME=/cache
    command: ["--model", "org/m", "--port", "80"]
  embed:
    image: "vllm/vllm-openai:v0.33.0"
    command: >
      --model org/e
      --runner pooling
      --disable-log-requests
"""


def test_compose() -> None:
    made = move(COMPOSE, "0.33.0", file="compose.yaml")
    assert made.fixed == COMPOSE_AFTER
    assert {one.version_source for one in made.launches} == {"image"}
    assert made.notes == ()


KUBERNETES = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: chat}
spec:
  selector: {matchLabels: {app: chat}}
  template:
    metadata: {labels: {app: chat}}
    spec:
      containers:
        - name: vllm
          image: docker.io/vllm/vllm-openai:v0.9.2
          args: ["--model", "org/m", "--guided-decoding-backend", "xgrammar"]
          env:
            - name: VLLM_ATTENTION_BACKEND
              value: FLASH_ATTN
"""


def test_kubernetes() -> None:
    made = move(KUBERNETES, "0.20.0", file="pod.yaml")
    assert made.fixed is not None
    assert "image: docker.io/vllm/vllm-openai:v0.20.0\n" in made.fixed
    assert '"--structured-outputs-config.backend", "xgrammar", "--attention-backend", "FLASH_ATTN"]' in made.fixed
    assert "VLLM_ATTENTION_BACKEND" not in made.fixed


def test_dockerfile() -> None:
    text = 'FROM vllm/vllm-openai:v0.6.6 AS serve\nENTRYPOINT ["vllm", "serve", "org/m"]\nCMD ["--device", "cuda", "-tp", "2"]\n'
    made = move(text, "0.33.0", file="Dockerfile")
    assert made.fixed == (
        'FROM vllm/vllm-openai:v0.33.0 AS serve\nENTRYPOINT ["vllm", "serve", "org/m"]\nCMD ["-tp", "2"]\n'
    )


def test_docker_run() -> None:
    text = (
        "docker run --gpus all -e VLLM_USE_V1=1 --ipc=host vllm/vllm-openai:v0.8.5 \\\n"
        "  --model org/m --enable-reasoning --reasoning-parser deepseek_r1\n"
    )
    made = move(text, "0.33.0", file="run.sh")
    assert made.fixed == (
        "docker run --gpus all --ipc=host vllm/vllm-openai:v0.33.0 \\\n  --model org/m --reasoning-parser deepseek_r1\n"
    )


def test_python_arguments() -> None:
    text = 'llm = LLM(model="org/m", task="embed", swap_space=4, guided_decoding_backend="xgrammar")\n'
    made = move(f"from vllm import LLM\n{text}", "0.33.0", "0.8.3", file="offline.py")
    assert made.fixed == (
        "from vllm import LLM\nllm = LLM(model=\"org/m\", runner=\"pooling\", structured_outputs_config={'backend': 'xgrammar'})\n"
    )
    assert {one.name for one in made.launches[0].defaults} == {
        "--gpu-memory-utilization",
        "--max-num-seqs",
    }


def test_python_dicts_stay_dicts_and_numbers_become_some() -> None:
    text = 'LLM("org/m", compilation_config={"level": 3, "use_cudagraph": True})\nLLM(model="org/n", compilation_config=3)\n'
    made = move(f"from vllm import LLM\n{text}", "0.33.0", "0.8.3", file="offline.py")
    assert made.fixed is not None
    first, second = made.fixed.splitlines()[1:]
    assert first.replace("'", '"') == 'LLM("org/m", compilation_config={"mode": 3})'
    assert second == "LLM(model=\"org/n\", compilation_config={'mode': 3})"


def test_a_dict_of_python_is_never_left_as_a_text() -> None:
    text = 'LLM("org/m", compilation_config={"level": 3, "cache_dir": "/\u00e9"})\n'
    made = move(f"from vllm import LLM\n{text}", "0.33.0", "0.10.2", file="offline.py")
    assert made.fixed is not None
    assert "{'mode': 3, 'cache_dir': '/\u00e9'}" in made.fixed
    (launch,) = launches("from vllm import LLM\nLLM('org/m', hf_overrides='{\"a\": 1}')\n", "offline.py")
    assert written_as_text(launch, [Put("--hf-overrides", ('{"a": 1}',))]) == ["--hf-overrides"]


def test_a_value_that_the_heir_refuses_is_not_dropped() -> None:
    made = move('vllm serve org/m --override-pooler-config \'{"pooling_type": "X"}\'', "0.33.0", "0.10.2")
    assert [one.name for one in made.launches[0].obstacles] == ["--override-pooler-config"]


def test_python_has_arguments_not_spellings() -> None:
    text = 'AsyncEngineArgs(model="org/m", disable_log_requests=True, swap_space=4)\n'
    made = move(f"from vllm import AsyncEngineArgs\n{text}", "0.33.0", "0.8.3", file="serve.py")
    wanted = 'AsyncEngineArgs(model="org/m")\n'
    assert made.fixed == f"from vllm import AsyncEngineArgs\n{wanted}"


def test_python_arguments_that_become_keys_of_one() -> None:
    text = 'LLM("org/m", guided_decoding_backend="xgrammar", guided_decoding_disable_any_whitespace=True)\n'
    made = move(f"from vllm import LLM\n{text}", "0.33.0", "0.10.2", file="offline.py")
    wanted = "{'backend': 'xgrammar', 'disable_any_whitespace': True}"
    assert made.fixed == f'from vllm import LLM\nLLM("org/m", structured_outputs_config={wanted})\n'


def test_a_config_file_of_vllm() -> None:
    text = "model: org/m\nswap-space: 4\nguided-decoding-backend: xgrammar  # for tools\nmax-model-len: 8192\n"
    made = move(text, "0.33.0", "0.8.3", file="vllm.yaml")
    assert made.fixed == (
        'model: org/m\nstructured-outputs-config: "{\\"backend\\": \\"xgrammar\\"}"  # for tools\nmax-model-len: 8192\n'
    )


def test_a_launch_that_is_stuck_keeps_its_image_and_its_words() -> None:
    text = COMPOSE.replace('"--port", "80"', '"--quantization", "aqlm"')
    made = move(text, "0.33.0", file="compose.yaml")
    stuck, fine = made.launches
    assert [one.name for one in stuck.obstacles] == ["--quantization"]
    assert fine.obstacles == ()
    assert made.fixed == text.replace('"vllm/vllm-openai:v0.8.3"', '"vllm/vllm-openai:v0.33.0"').replace(
        "--task embed", "--runner pooling"
    )


ANCHORED = """\
x-image: &image
  image: vllm/vllm-openai:v0.8.3
services:
  chat:
    <<: *image
    command: --model org/m --no-such-flag
  embed:
    <<: *image
    command: --model org/e --task embed
"""


def test_an_image_that_a_stuck_launch_shares_holds_the_other_back() -> None:
    made = move(ANCHORED, "0.33.0", file="compose.yaml")
    assert made.fixed is None
    assert [one.obstacles[0].name for one in made.launches] == ["--no-such-flag", "vllm/vllm-openai:v0.8.3"]
    both = move(ANCHORED.replace(" --no-such-flag", ""), "0.33.0", file="compose.yaml")
    assert both.fixed is not None
    assert "image: vllm/vllm-openai:v0.33.0" in both.fixed


@pytest.mark.parametrize(
    "image",
    [
        "registry.example/team/vllm-custom:0.8.3",
        "vllm/vllm-openai:v0.8.3@sha256:" + "0" * 64,
        "vllm/vllm-openai:v0.8.3-cu128",
    ],
)
def test_an_image_that_only_its_owner_can_move_is_told(image: str) -> None:
    text = f"services:\n  a:\n    image: {image}\n    command: vllm serve org/m --swap-space 4\n"
    made = move(text, "0.33.0", file="compose.yaml")
    assert made.fixed == text.replace(" --swap-space 4", "")
    if made.launches[0].version_source == "image":
        assert made.notes == (f"write the image {image} as that of 0.33.0 by hand",)


def test_a_chart_has_the_tag_apart_from_the_name() -> None:
    text = (
        "servingEngineSpec:\n  modelSpec:\n    - name: m\n      repository: vllm/vllm-openai\n      tag: v0.8.3\n"
        "      modelURL: org/m\n      vllmConfig:\n        extraArgs: ['--swap-space', '4']\n"
    )
    made = move(text, "0.33.0", file="values.yaml")
    assert made.launches[0].version_source == "image"
    assert made.fixed == text.replace("v0.8.3", "v0.33.0").replace("['--swap-space', '4']", "[]")


def test_a_variable_that_others_share_stays_where_nobody_reads_it() -> None:
    text = "export VLLM_USE_V1=0\nvllm serve org/a --port 1 &\nvllm serve org/b --port 2\necho $VLLM_USE_V1\n"
    made = move(text, "0.33.0", "0.8.3", file="run.sh")
    assert made.fixed is None
    assert all(one.obstacles == () for one in made.launches)
    assert made.launches[0].steps[0].why == "VLLM_USE_V1 stays, for others share it; 0.33.0 ignores it"


def test_a_variable_that_others_share_becomes_an_option_of_each() -> None:
    text = "export VLLM_ATTENTION_BACKEND=FLASHINFER\nvllm serve org/a &\nvllm serve org/b\n"
    made = move(text, "0.33.0", "0.8.3", file="run.sh")
    assert made.fixed == text.replace("org/a", "org/a --attention-backend FLASHINFER").replace(
        "org/b", "org/b --attention-backend FLASHINFER"
    )


def test_a_config_file_beside_it_is_named() -> None:
    assert move("vllm serve org/m --config serve.yaml", "0.33.0", "0.8.3").notes == (
        "migrate serve.yaml too: it holds options as well",
    )


def test_no_launch() -> None:
    made = move("echo hello\n", "0.33.0", file="run.sh")
    assert (made.launches, made.fixed) == ((), None)


def test_more_launches_than_anybody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    from vllm_doctor.engine.migration import migrate

    monkeypatch.setattr(migrate, "MOST_LAUNCHES", 2)
    text = "".join(f"vllm serve org/m{number} --swap-space 4\n" for number in range(4))
    made = move(text, "0.33.0", "0.8.3", file="run.sh")
    assert made.fixed == text.replace("m0 --swap-space 4", "m0").replace("m1 --swap-space 4", "m1")
    assert (len(made.launches), made.notes) == (2, ("only the first 2 launches were moved",))
