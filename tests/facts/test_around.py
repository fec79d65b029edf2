from __future__ import annotations

from textwrap import dedent

import pytest

from vllm_doctor.facts import Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.launch.files import read_launches

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: chat}
spec:
  containers:
    - name: server
      image: vllm/vllm-openai:v0.11.0
      args: [--model, MODEL]
      BOX
"""


def facts_of(text: str, file: str = "a.sh") -> Facts:
    """The facts of the first launch of a text."""
    launch = read_launches(dedent(text), file)[0]
    return Facts({fact.name: fact for fact in of_launch(launch)})


def pod(box: str, model: str = "m") -> Facts:
    return facts_of(POD.replace("BOX", box).replace("MODEL", model), "pod.yaml")


def docker(options: str, arguments: str) -> Facts:
    return facts_of(f"docker run {options} vllm/vllm-openai:v0.11.0 {arguments}")


@pytest.mark.parametrize(
    "arguments",
    [
        "m -tp $TP",
        "m --pipeline-parallel-size=${PP:-1}",
        "m $EXTRA",
        'm "$@"',
        "m --config vllm.yaml",
        "m --nnodes $(LWS_GROUP_SIZE)",
    ],
)
def test_a_variable_may_hold_options_on_parallelism(arguments: str) -> None:
    assert facts_of(f"vllm serve {arguments}").get("around.sizes_open") is True


@pytest.mark.parametrize("arguments", ["$MODEL -tp 2", "m --max-model-len $LEN", "m --port ${PORT:-8000}"])
def test_other_variables_do_not_matter(arguments: str) -> None:
    assert facts_of(f"vllm serve {arguments}").get("around.sizes_open") is False


@pytest.mark.parametrize(
    "text",
    [
        "ray start --head\nvllm serve m -tp 16",
        'vllm serve m -tp 16 --nnodes "$NODES"',
        "vllm serve m -tp 16 --distributed-executor-backend $BACKEND",
        "vllm serve m --data-parallel-size 16 --data-parallel-rank $RANK",
        "vllm serve m --data-parallel-size 16 --data-parallel-size-local ${LOCAL}",
    ],
)
def test_what_is_spread_over_nodes_is_not_over_the_gpus_of_one(text: str) -> None:
    facts = facts_of(f"export CUDA_VISIBLE_DEVICES=0,1\n{text}")
    assert facts.get("around.several_nodes") is True
    assert facts.get("parallel.over") is False


@pytest.mark.parametrize(
    ("options", "arguments", "few", "spare"),
    [
        ("--gpus 2", "--model m -tp 4", True, None),
        ("--gpus 4", "--model m -tp 4", False, False),
        ("--gpus 4", "--model m -tp 2", False, True),
        ("--gpus 4", "--model m -tp 2 --data-parallel-size 2", False, False),
        ("--gpus 4", "--model m -tp 2 --prefill-context-parallel-size 2", False, False),
        ("--gpus all", "--model m -tp 4", None, None),
        ("--gpus 2", "--model m -tp 4 --distributed-executor-backend ray", None, None),
        ("--gpus 2", "--model m -tp 4 --nnodes 2", None, None),
        ("--gpus 4", "--model m -tp $TP", None, None),
        ("--gpus 4 -e CUDA_VISIBLE_DEVICES=0", "--model m -tp 2", False, None),
    ],
)
def test_gpus_asked_for_beside_gpus_used(options: str, arguments: str, few: bool | None, spare: bool | None) -> None:
    facts = docker(options, arguments)
    assert (facts.get("around.gpus_few"), facts.get("around.gpus_spare")) == (few, spare)


def test_the_size_that_fits_is_one_of_the_gpus_asked_for() -> None:
    assert docker("--gpus 2", "--model m -tp 8").get("around.fitting_tp") == 2
    assert facts_of("#SBATCH --gres=gpu:2\nvllm serve m -tp 8", "a.sbatch").get("around.fitting_tp") == 2


def test_an_api_server_alone_needs_no_gpu() -> None:
    alone = docker("--gpus 1", "--model m --data-parallel-size 8 --data-parallel-size-local 0")
    assert (alone.get("around.gpus_few"), alone.get("parallel.over")) == (None, None)


def test_the_gpus_of_all_nodes_count() -> None:
    text = """\
        #SBATCH --nodes=2
        #SBATCH --gpus-per-node=4
        ray start --head
        vllm serve m --distributed-executor-backend ray -tp 4 --pipeline-parallel-size PARTS
        """
    assert facts_of(text.replace("PARTS", "2"), "a.sbatch").get("around.gpus_few") is False
    assert facts_of(text.replace("PARTS", "3"), "a.sbatch").get("around.gpus_few") is True
    assert facts_of(text.replace("PARTS", "1"), "a.sbatch").get("around.gpus_spare") is not True


@pytest.mark.parametrize(
    ("options", "arguments", "missing"),
    [
        ("", "--model m -tp 2", True),
        ("", "--model m", False),
        ("", "--model m -tp $TP", False),
        ("--ipc=host", "--model m -tp 2", False),
        ("-v $VOLUME", "--model m -tp 2", False),
    ],
)
def test_shared_memory_is_missing_only_where_that_is_known(options: str, arguments: str, missing: bool) -> None:
    assert docker(options, arguments).get("around.shm_missing") is missing


@pytest.mark.parametrize(
    ("model", "seconds"),
    [("org/x-7B", 53), ("org/x-70B-Instruct", 170), ("org/x-70B-AWQ", 79), ("org/x-70B-FP8", 105), ("/models/x", None)],
)
def test_a_start_takes_as_long_as_its_weights_are_large(model: str, seconds: int | None) -> None:
    assert pod("resources: {}", model).get("around.start_seconds") == seconds


def test_weights_that_are_not_read_take_no_time() -> None:
    assert docker("", "--model org/x-70B --load-format dummy").get("around.start_seconds") is None


def test_a_probe_is_short_before_the_estimate_only() -> None:
    probe = "livenessProbe: {httpGet: {path: /health, port: 8000}, initialDelaySeconds: DELAY}"
    assert pod(probe.replace("DELAY", "60"), "org/x-70B").get("around.probe_short") is True
    assert pod(probe.replace("DELAY", "140"), "org/x-70B").get("around.probe_short") is False
    assert pod(probe.replace("DELAY", "60"), "org/x-70B").get("around.probe_failures") == 68
    assert pod("resources: {}", "org/x-70B").get("around.probe_short") is None


SERVICE = "---\napiVersion: v1\nkind: Service\nmetadata: {name: NAME}\nspec: {ports: []}\n"


@pytest.mark.parametrize(
    ("name", "box", "variable"),
    [
        ("vllm", "resources: {}", "VLLM_PORT"),
        ("vllm-nixl-side-channel", "resources: {}", "VLLM_NIXL_SIDE_CHANNEL_PORT"),
        ("vllm-server", "resources: {}", None),
        ("vllm", 'env: [{name: VLLM_PORT, value: "29500"}]', None),
        ("vllm", "env: [{name: VLLM_PORT, valueFrom: {configMapKeyRef: {name: x, key: y}}}]", None),
    ],
)
def test_a_service_whose_variable_vllm_reads(name: str, box: str, variable: str | None) -> None:
    facts = facts_of(POD.replace("BOX", box).replace("MODEL", "m") + SERVICE.replace("NAME", name), "all.yaml")
    assert facts.get("around.service_variable") == variable


def test_a_script_that_takes_the_variable_away_is_well() -> None:
    text = POD.replace("args: [--model, MODEL]", 'command: [sh, -c, "unset VLLM_PORT; vllm serve m"]')
    text = text.replace("BOX", "resources: {}") + SERVICE.replace("NAME", "vllm")
    assert facts_of(text, "all.yaml").get("around.service") is None


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("vllm/vllm-openai:latest", "latest"),
        ("vllm/vllm-openai", "none"),
        ("docker.io/vllm/vllm-openai:nightly", "nightly"),
        ("rocm/vllm-dev:main", "main"),
        ("public.ecr.aws/q9t5s3a7/vllm-cpu-release-repo:latest", "latest"),
        ("vllm/vllm-openai:latest-cu_x", "latest-cu_x"),
        ("vllm/vllm-openai:v0.11.0", None),
        ("vllm/vllm-openai:nightly-0123456789abcdef0123456789abcdef01234567", None),
        ("vllm/vllm-openai:latest@sha256:" + "0" * 64, None),
        ("registry.local:5000/vllm/vllm-openai", "none"),
        ("vllm-cpu-env", None),
        ("localhost/vllm-openai:latest", None),
        ("nginx/nginx:latest", None),
        ("vllm/vllm-openai:$TAG", None),
    ],
)
def test_a_tag_that_moves(image: str, tag: str | None) -> None:
    facts = facts_of(f"docker run {image} vllm serve m")
    assert facts.get("image.floating") == tag


def test_an_image_that_is_built_here_has_no_tag_to_pin() -> None:
    text = "services:\n  vllm:\n    build: .\n    image: acme/vllm:latest\n    command: vllm serve m\n"
    assert facts_of(text, "compose.yaml").get("image.floating") is None


GATED = "--model meta-llama/Llama-3.1-8B-Instruct"


@pytest.mark.parametrize(
    "options",
    [
        "-e HF_TOKEN",
        "-e HUGGING_FACE_HUB_TOKEN=$TOKEN",
        "-e HF_HUB_OFFLINE=1",
        "-e HF_HOME=/cache -v /cache:/cache",
        "-v ~/.cache/huggingface:/root/.cache/huggingface",
        "-v /data/hf:/root/.cache",
        "--env-file .env",
        "-v $CACHE",
    ],
)
def test_a_token_or_a_cache_that_may_be_there(options: str) -> None:
    assert docker(options, GATED).get("around.token_unseen") is not True


def test_a_gated_model_without_any_of_that() -> None:
    assert docker("-v /dev/shm:/dev/shm", GATED).get("around.token_unseen") is True
    assert docker("", f"{GATED} --hf-token x").get("around.token_unseen") is False
    assert docker("", "--model Qwen/Qwen3-8B").get("around.token_unseen") is False
    assert docker("", "--model /models/meta-llama/Llama-3.1-8B").get("around.token_unseen") is False
    assert facts_of(f"vllm serve {GATED}").get("around.token_unseen") is None


def test_a_script_that_logs_in_brings_its_token() -> None:
    login = "--entrypoint bash vllm/vllm-openai:v0.11.0 -c 'hf auth login; vllm serve meta-llama/Llama-3.1-8B'"
    assert facts_of(f"docker run {login}").get("around.token_unseen") is False
