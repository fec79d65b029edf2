"""Commands from one release to another, option by option."""

from __future__ import annotations

import pytest

from .moved import moved, one

M = "vllm serve org/m"
YARN = '{"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}'


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        # renamed, in their place, the values as they are written
        ("0.8.3", "0.33.0", "--guided-decoding-backend=xgrammar -tp 2", "--structured-outputs-config.backend=xgrammar -tp 2"),
        ("0.10.2", "0.20.0", "--disable-log-requests", "--no-enable-log-requests"),
        ("0.8.3", "0.33.0", "--disable-log-requests", "--disable-log-requests"),
        ("0.33.0", "0.8.3", "--no-enable-log-requests", "--disable-log-requests"),
        ("0.33.0", "0.9.2", "--enable-log-requests", ""),
        ("0.10.1", "0.33.0", "--no-disable-log-requests", "--enable-log-requests"),
        ("0.6.4", "0.8.3", "--chat-template-text-format openai", "--chat-template-content-format openai"),
        # a switch that became a value
        ("0.4.2", "0.33.0", "--worker-use-ray --port 1", "--distributed-executor-backend ray --port 1"),
        ("0.10.0", "0.24.0", "--disable-mm-preprocessor-cache", "--mm-processor-cache-gb 0"),
        ("0.24.0", "0.9.2", "--mm-processor-cache-gb 0", "--disable-mm-preprocessor-cache"),
        ("0.10.0", "0.24.0", "--enable-eplb --eplb-log-balancedness --port 1", "--enable-eplb --eplb-config.log_balancedness=true --port 1"),
        # keys of an option that the launch gives as an object already
        (
            "0.11.0",
            "0.33.0",
            "--structured-outputs-config '{\"disable_any_whitespace\": true}' --guided-decoding-backend xgrammar",
            "--structured-outputs-config '{\"disable_any_whitespace\": true, \"backend\": \"xgrammar\"}'",
        ),
        # options behind a colon
        (
            "0.8.3",
            "0.33.0",
            "--guided-decoding-backend xgrammar:disable-any-whitespace --port 1",
            "--structured-outputs-config.backend xgrammar --port 1 --structured-outputs-config.disable_any_whitespace true",
        ),
        (
            "0.8.3",
            "0.9.2",
            "--guided-decoding-backend=outlines:no-fallback",
            "--guided-decoding-backend=outlines --guided-decoding-disable-fallback",
        ),
        # gone
        ("0.8.3", "0.33.0", "--swap-space 8 --port 1", "--port 1"),
        ("0.5.4", "0.33.0", "--use-v2-block-manager --num-scheduler-steps 8", ""),
        ("0.8.3", "0.33.0", "--enable-reasoning --reasoning-parser deepseek_r1", "--reasoning-parser deepseek_r1"),
        # what a model is for
        ("0.8.3", "0.33.0", "--task embed", "--runner pooling"),
        ("0.9.2", "0.33.0", "--task=classify --port 1", "--runner=pooling --port 1 --convert classify"),
        ("0.9.2", "0.33.0", "--task generate", "--runner generate"),
        ("0.9.2", "0.33.0", "--task auto", ""),
        ("0.33.0", "0.9.2", "--runner pooling --convert classify", "--task classify"),
        ("0.33.0", "0.6.4", "--runner pooling", "--task embedding"),
        # switches with and without values
        ("0.6.6", "0.33.0", "--enable-chunked-prefill False", "--no-enable-chunked-prefill"),
        ("0.6.6", "0.33.0", "--enable-chunked-prefill=True", "--enable-chunked-prefill"),
        ("0.33.0", "0.6.6", "--disable-chunked-prefill", "--enable-chunked-prefill False"),
        ("0.33.0", "0.8.0", "--disable-lora --no-trust-remote-code", ""),
        # the same value in other words
        ("0.6.6", "0.33.0", "--limit-mm-per-prompt image=4,video=1", "--limit-mm-per-prompt '{\"image\": 4, \"video\": 1}'"),
        ("0.33.0", "0.6.6", "--limit-mm-per-prompt '{\"image\": 4}'", "--limit-mm-per-prompt 'image=4'"),
        ("0.33.0", "0.8.3", "--max-model-len 32k", "--max-model-len 32000"),
        ("0.33.0", "0.8.3", "--max-model-len 32K", "--max-model-len 32768"),
        ("0.8.5", "0.33.0", "--quantization nvfp4", "--quantization modelopt_fp4"),
        ("0.10.0", "0.24.0", "--reasoning-parser glm4_moe", "--reasoning-parser glm45"),
        # other spellings of one option
        ("0.33.0", "0.9.2", "-ep -cc.cudagraph_num_of_warmups=1", "--enable-expert-parallel --compilation-config.cudagraph_num_of_warmups=1"),
        ("0.33.0", "0.24.0", "--device-memory-utilization 0.8", "--gpu-memory-utilization 0.8"),
        # compilation
        ("0.8.3", "0.33.0", "-O3", "--compilation-config.mode=3"),
        ("0.8.3", "0.10.2", "-O3", "-O3"),
        ("0.33.0", "0.10.2", "-O2 --port 1", "--port 1"),
        ("0.33.0", "0.10.2", "-O0", "--enforce-eager"),
        ("0.7.3", "0.33.0", "--compilation-config 3", "--compilation-config '{\"mode\": 3}'"),
        ("0.12.0", "0.33.0", "-O.cudagraph_mode=PIECEWISE -O2", "--compilation-config.cudagraph_mode=PIECEWISE -O2"),
        ("0.10.2", "0.33.0", "-O.cudagraph_mode=FULL", "--compilation-config.cudagraph_mode=FULL"),
        ("0.10.0", "0.33.0", "--compilation-config.level 3", "--compilation-config.mode 3"),
        (
            "0.10.0",
            "0.33.0",
            "--compilation-config '{\"level\": 3, \"full_cuda_graph\": true, \"pass_config\": {\"enable_attn_fusion\": true}}'",
            "--compilation-config '{\"mode\": 3, \"cudagraph_mode\": \"FULL\", \"pass_config\": {\"fuse_attn_quant\": true}}'",
        ),
        ("0.33.0", "0.8.3", "-cc.mode=3 -cc.backend inductor", "--compilation-config='{\"level\": 3, \"backend\": \"inductor\"}'"),
        (
            "0.11.0",
            "0.33.0",
            "--override-pooler-config '{\"pooling_type\": \"MEAN\", \"normalize\": false}'",
            "--pooler-config '{\"pooling_type\": \"MEAN\", \"use_activation\": false}'",
        ),
        ("0.11.0", "0.24.0", "--pooler-config.normalize false", "--pooler-config.use_activation false"),
        ("0.33.0", "0.9.2", "--pooler-config '{\"pooling_type\": \"MEAN\"}'", "--override-pooler-config '{\"pooling_type\": \"MEAN\"}'"),
        ("0.33.0", "0.9.2", "--pooler-config.use_activation true --port 1", "--port 1"),
        (
            "0.33.0",
            "0.9.2",
            "--structured-outputs-config '{\"backend\": \"guidance\", \"disable_any_whitespace\": true}'",
            "--guided-decoding-backend 'guidance' --guided-decoding-disable-any-whitespace",
        ),
        ("0.10.0", "0.33.0", "--cuda-graph-sizes 512", "--max-cudagraph-capture-size 512"),
        ("0.10.0", "0.33.0", "--cuda-graph-sizes 1 2 4", "--cudagraph-capture-sizes 1 2 4"),
        ("0.12.0", "0.33.0", "--cuda-graph-sizes 512", "--cudagraph-capture-sizes 512"),
        ("0.33.0", "0.10.2", "--max-cudagraph-capture-size 64", "--cuda-graph-sizes 64"),
        # speculation
        (
            "0.6.6",
            "0.33.0",
            "--speculative-model '[ngram]' --num-speculative-tokens 5 --ngram-prompt-lookup-max 4 --port 1",
            "--speculative-config '{\"method\": \"ngram\", \"num_speculative_tokens\": 5, \"prompt_lookup_max\": 4}' --port 1",
        ),
        (
            "0.8.2",
            "0.10.2",
            "--speculative-model org/draft --num-speculative-tokens 5 --speculative-draft-tensor-parallel-size 1",
            "--speculative-config '{\"model\": \"org/draft\", \"num_speculative_tokens\": 5, \"draft_tensor_parallel_size\": 1}'",
        ),
        ("0.6.6", "0.33.0", "--num-speculative-tokens 5 --port 1", "--port 1"),
        ("0.33.0", "0.15.0", "--spec-method ngram --spec-tokens 4", "--speculative-config '{\"method\": \"ngram\", \"num_speculative_tokens\": 4}'"),
        (
            "0.33.0",
            "0.6.6",
            "--speculative-config '{\"method\": \"ngram\", \"num_speculative_tokens\": 4, \"prompt_lookup_max\": 3}'",
            "--speculative-model '[ngram]' --num-speculative-tokens 4 --ngram-prompt-lookup-max 3",
        ),
        ("0.33.0", "0.6.6", "--speculative-config '{\"method\": \"suffix\"}' --port 1", "--port 1"),
    ],
)  # fmt: skip
def test_options(old: str, new: str, before: str, after: str) -> None:
    program = M if old != "0.4.2" else "python -m vllm.entrypoints.openai.api_server --model org/m"
    assert moved(f"{program} {before}", new, old) == f"{program} {after}".rstrip()


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("0.8.3", "0.33.0", f"VLLM_USE_V1=0 {M}", M),
        ("0.10.0", "0.20.0", f"VLLM_ATTENTION_BACKEND=TRITON_ATTN_VLLM_V1 {M}", f"{M} --attention-backend TRITON_ATTN"),
        ("0.8.3", "0.11.0", f"VLLM_ATTENTION_BACKEND=TRITON_ATTN_VLLM_V1 {M}", f"VLLM_ATTENTION_BACKEND=TRITON_ATTN {M}"),
        ("0.10.0", "0.20.0", f"VLLM_ATTENTION_BACKEND=XFORMERS {M}", M),
        ("0.20.0", "0.10.0", f"{M} --attention-backend FLASHINFER", f"VLLM_ATTENTION_BACKEND=FLASHINFER {M}"),
        (
            "0.11.0",
            "0.20.0",
            f"VLLM_TORCH_PROFILER_DIR=/t VLLM_TORCH_PROFILER_WITH_STACK=1 {M}",
            f"{M} --profiler-config.profiler torch --profiler-config.torch_profiler_dir /t"
            " --profiler-config.torch_profiler_with_stack true",
        ),
        ("0.10.0", "0.33.0", f"VLLM_ALL2ALL_BACKEND=deepep_low_latency {M}", f"{M} --all2all-backend deepep_low_latency"),
        ("0.20.0", "0.33.0", f"VLLM_USE_FBGEMM=0 {M}", M),
        ("0.20.0", "0.33.0", f"VLLM_USE_FBGEMM=1 {M}", f"{M} --linear-backend fbgemm"),
        ("0.24.0", "0.33.0", f"VLLM_TRITON_ATTN_USE_TD=1 {M}", f"VLLM_TRITON_USE_TD=1 {M}"),
        ("0.8.3", "0.33.0", f"NCCL_DEBUG=INFO VLLM_LOGGING_LEVEL=DEBUG {M}", f"NCCL_DEBUG=INFO VLLM_LOGGING_LEVEL=DEBUG {M}"),
    ],
)  # fmt: skip
def test_variables(old: str, new: str, before: str, after: str) -> None:
    assert moved(before, new, old) == after


@pytest.mark.parametrize(
    ("new", "after"),
    [
        ("0.15.0", '{"rope_scaling": %s, "rope_theta": 5000000.0}'),
        ("0.20.0", '{"rope_scaling": %s, "rope_theta": 5000000.0}'),
        ("0.33.0", '{"rope_parameters": %s}'),
    ],
)
def test_rope_in_the_shape_of_each_release(new: str, after: str) -> None:
    whole = YARN[:-1] + ', "rope_theta": 5000000.0}'
    wanted = after % (YARN if new == "0.15.0" else whole)
    given = f"{M} --rope-scaling '{YARN}' --rope-theta 5000000"
    assert moved(given, new, "0.8.3") == f"{M} --hf-overrides '{wanted}'"


def test_rope_that_needs_the_models_own_theta() -> None:
    command = f"{M} --rope-scaling '{YARN}'"
    stuck = one(command, "0.33.0", "0.8.3")
    assert stuck.migrated is None
    assert [known.name for known in stuck.obstacles] == ["--rope-scaling"]
    assert "rope_theta" in stuck.obstacles[0].why
    rope: dict[str, object] = {"rope_type": "default", "rope_theta": 1000000.0}
    wanted = '{"rope_parameters": ' + YARN[:-1] + ', "rope_theta": 1000000.0}}'
    assert moved(command, "0.33.0", "0.8.3", rope) == f"{M} --hf-overrides '{wanted}'"
    assert moved(f"{M} --rope-theta 2e6", "0.33.0", "0.8.3", rope) == (
        f"{M} --hf-overrides '" + '{"rope_parameters": {"rope_type": "default", "rope_theta": 2000000.0}}' + "'"
    )


def test_overrides_that_transformers_5_reads_otherwise() -> None:
    command = f"{M} --hf-overrides '" + '{"rope_scaling": %s, "rope_theta": 1e6, "x": 1}' % YARN + "'"  # noqa: UP031
    wanted = '{"x": 1, "rope_parameters": ' + YARN[:-1] + ', "rope_theta": 1000000.0}}'
    assert moved(command, "0.33.0", "0.15.0") == f"{M} --hf-overrides '{wanted}'"
    assert moved(command, "0.13.0", "0.12.0") == command


@pytest.mark.parametrize(
    ("old", "new", "command", "name"),
    [
        ("0.33.0", "0.8.3", f"{M} --reasoning-parser qwen3", "--reasoning-parser"),
        ("0.8.3", "0.33.0", f"{M} --quantization gguf", "--quantization"),
        ("0.33.0", "0.9.2", f"{M} --allowed-media-domains example.org", "--allowed-media-domains"),
        ("0.8.3", "0.33.0", f"{M} --no-such-flag", "--no-such-flag"),
        ("0.8.3", "0.33.0", f"{M} --speculative-model $DRAFT --num-speculative-tokens 2", "--speculative-model"),
        ("0.12.0", "0.33.0", f"{M} --rope-scaling $SCALING --rope-theta 1e6", "--rope-scaling"),
        ("0.33.0", "0.4.2", M, "vllm serve"),
    ],
)
def test_what_cannot_be_moved_is_told(old: str, new: str, command: str, name: str) -> None:
    answer = one(command, new, old)
    assert answer.migrated is None
    assert name in [obstacle.name for obstacle in answer.obstacles]
    assert all(obstacle.why for obstacle in answer.obstacles)


def test_a_secret_is_not_told_with_what_cannot_be_moved() -> None:
    (obstacle,) = one(f"{M} --api-key tops3cret other", "0.9.2", "0.33.0").obstacles
    assert (obstacle.name, "tops3cret" in obstacle.why) == ("--api-key", False)


def test_what_is_lost_is_told() -> None:
    steps = one(f"{M} --enable-prompt-adapter --swap-space 4", "0.33.0", "0.8.3").steps
    assert [(step.changes[0].name, step.effect) for step in steps] == [
        ("--enable-prompt-adapter", "costs"),
        ("--swap-space", "same"),
    ]
    assert "prompt adapters" in steps[0].why


def test_everything_else_stays_byte_for_byte() -> None:
    command = (
        "FOO=1 vllm  serve 'org/m' \\\n  --served_model_name  \"a b\" \\\n  --swap-space=4 \\\n"
        "  --max-model-len \"$LEN\" --disable-log-requests  # note\n"
    )
    wanted = command.replace("  --swap-space=4 \\\n", "").replace("--disable-log", "--no-enable-log")
    answer = one(command, "0.20.0", "0.8.3")
    assert answer.migrated is not None
    assert answer.migrated == wanted[: wanted.index("  # note")]


def test_an_option_that_became_a_word_with_a_value_takes_nothing_of_its_neighbour() -> None:
    command = "python -m vllm.entrypoints.api_server --worker-use-ray extra --model m"
    answer = one(command, "0.33.0", "0.4.2")
    assert answer.migrated is None or "ray extra" in answer.migrated.replace("=", " ")


def test_nothing_changes_within_a_release() -> None:
    for command in (f"VLLM_USE_V1=0 {M} --task embed --swap-space 4 -O3", f"{M} --disable-log-requests"):
        answer = one(command, "0.8.3", "0.8.3", pin=True)
        assert (answer.migrated, answer.steps, answer.defaults) == (command, (), ())


def test_an_abbreviation_becomes_ambiguous() -> None:
    assert moved(f"{M} --guided-decoding-b xgrammar", "0.33.0", "0.8.3") == (
        f"{M} --structured-outputs-config.backend xgrammar"
    )


def test_a_flag_that_was_gone_already() -> None:
    assert moved(f"{M} --worker-use-ray", "0.33.0", "0.11.0") == f"{M} --distributed-executor-backend ray"


def test_defaults_that_changed_and_pinning_them() -> None:
    answer = one(M, "0.33.0", "0.11.0", pin=True)
    assert answer.migrated == f"{M} --gpu-memory-utilization 0.9 --allowed-origins '[\"*\"]'"
    assert [(one.name, one.pinned) for one in answer.defaults] == [
        ("--gpu-memory-utilization", True),
        ("--allowed-origins", True),
    ]
    assert one(f"{M} --gpu-memory-utilization 0.8 --allowed-origins '[]'", "0.33.0", "0.11.0").defaults == ()
