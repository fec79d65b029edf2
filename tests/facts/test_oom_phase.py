from __future__ import annotations

import pytest

from tests.facts.memory_events import CUDA, facts_of, raised, record

V1 = "vllm/v1/worker/gpu_model_runner.py"
CORE = "vllm/v1/engine/core.py"


@pytest.mark.parametrize(
    ("frames", "phase"),
    [
        # 0.24.0: EngineCore loads
        (
            [
                f"{CORE}:run_engine_core",
                "vllm/v1/worker/gpu_worker.py:load_model",
                "vllm/model_executor/layers/linear.py:create_weights",
            ],
            "weights",
        ),
        # a log that begins within the model
        (
            [
                "vllm/model_executor/models/llama.py:__init__",
                "vllm/model_executor/models/utils.py:make_layers",
            ],
            "weights",
        ),
        (["vllm/model_executor/models/qwen2.py:__init__"], "weights"),
        (["torch/utils/_device.py:__torch_function__"], "weights"),
        (["vllm/model_executor/model_loader/utils.py:process_weights_after_loading"], "weights"),
        # V0 profiles by execute_model
        (
            [
                "vllm/worker/worker.py:determine_num_available_blocks",
                "vllm/worker/model_runner.py:profile_run",
                "vllm/worker/model_runner.py:execute_model",
            ],
            "profile",
        ),
        (
            [
                f"{CORE}:_initialize_kv_caches",
                "vllm/v1/worker/gpu_worker.py:determine_available_memory",
                f"{V1}:_dummy_run",
            ],
            "profile",
        ),
        (["vllm/v1/worker/gpu_worker.py:compile_or_warm_up_model", f"{V1}:_dummy_sampler_run"], "profile"),
        (["vllm/model_executor/warmup/flashinfer_autotune_cache.py:tune"], "profile"),
        # 0.33.0 warms up by execute_model
        (
            [
                "vllm/v1/worker/gpu/warmup.py:run_mixed_prefill_decode_warmup",
                "vllm/v1/worker/gpu_worker.py:execute_model",
            ],
            "profile",
        ),
        (
            [
                "vllm/v1/worker/gpu_worker.py:compile_or_warm_up_model",
                f"{V1}:capture_model",
                f"{V1}:_dummy_run",
            ],
            "cudagraph",
        ),
        (["vllm/worker/worker.py:_warm_up_model", "vllm/worker/model_runner.py:capture"], "cudagraph"),
        (["torch/cuda/graphs.py:capture_begin"], "cudagraph"),
        ([f"{V1}:profile_cudagraph_memory", f"{V1}:initialize_kv_cache"], "cudagraph"),
        (
            ["vllm/worker/worker.py:_init_cache_engine", "vllm/worker/cache_engine.py:_allocate_kv_cache"],
            "kv-cache",
        ),
        ([f"{V1}:initialize_kv_cache", f"{V1}:_allocate_kv_cache_tensors"], "kv-cache"),
        ([f"{CORE}:run_busy_loop", f"{CORE}:step", f"{V1}:execute_model"], "runtime"),
        ([f"{CORE}:run_busy_loop", f"{V1}:_dummy_run"], "runtime"),  # a data-parallel rank without a request
        (["vllm/entrypoints/llm.py:generate", "vllm/entrypoints/llm.py:_run_engine"], "runtime"),
        (["vllm/v1/executor/multiproc_executor.py:worker_busy_loop", f"{V1}:execute_model"], "runtime"),
        ([f"{V1}:_execute_mm_encoder", "vllm/model_executor/models/qwen2_vl.py:forward"], "runtime"),
        ([f"{V1}:_get_prompt_logprobs_dict", "vllm/v1/sample/sampler.py:compute_logprobs"], "runtime"),
        ([f"{V1}:_dummy_run", "vllm/compilation/cuda_graph.py:__call__"], "profile"),
        (["vllm/compilation/cuda_graph.py:__call__"], "cudagraph"),
        (["vllm/worker/worker.py:profile_num_available_blocks"], "profile"),
        (["vllm/v1/worker/gpu_worker.py:init_device"], "device"),
        (["app/main.py:load_model", "vllm/v1/worker/gpu_worker.py:determine_available_memory"], "profile"),
        (["vllm/worker/model_runner.py:execute_model", "vllm/model_executor/models/llama.py:forward"], None),
    ],
)
def test_the_frames_decide(frames: list[str], phase: str | None) -> None:
    assert facts_of(raised(*frames)).get("oom.phase") == phase


def test_frames_of_any_link_count() -> None:
    cause = raised(f"{V1}:_dummy_sampler_run")
    outer = raised(
        message="CUDA out of memory occurred when warming up sampler with 1024 dummy requests.", cause=cause
    )
    facts = facts_of(outer)
    assert (facts["oom.phase"], facts["oom.in_sampler"], facts["oom.dummy_requests"]) == (
        "profile",
        True,
        1024,
    )


@pytest.mark.parametrize(
    ("message", "file", "phase"),
    [
        (
            f"Exception in worker VllmWorkerProcess while processing method determine_num_available_blocks: {CUDA}, Traceback",
            "",
            "profile",
        ),
        (f"Exception in worker VllmWorkerProcess while processing method load_model: {CUDA}", "", "weights"),
        (
            f"Error executing method 'load_model'. This might cause deadlock in distributed execution. {CUDA}",
            "",
            "weights",
        ),
        (
            f"Exception in worker VllmWorkerProcess while processing method start_worker_execution_loop: {CUDA}",
            "",
            "runtime",
        ),
        (
            "CUDA out of memory occurred when warming up pooler (task='embed') with 256 dummy requests.",
            "core.py",
            "profile",
        ),
        (
            f"Failed to load model - not enough GPU memory. (original error: {CUDA})",
            "gpu_model_runner.py",
            "weights",
        ),
        (CUDA, "async_llm_engine.py", "runtime"),
        (CUDA, "engine.py", None),
    ],
)
def test_without_frames_the_words_decide(message: str, file: str, phase: str | None) -> None:
    assert facts_of(record(message, file)).get("oom.phase") == phase


@pytest.mark.parametrize(
    ("step", "phase"),
    [
        ("loading", "weights"),
        ("profiling", "profile"),
        ("kv-cache", "kv-cache"),
        ("capturing", "cudagraph"),
        ("serving", "runtime"),
    ],
)
def test_with_neither_the_steps_before_decide(step: str, phase: str) -> None:
    assert facts_of(record(CUDA), start__phase=step)["oom.phase"] == phase


def test_v1_captures_without_a_record() -> None:
    known = {"start__phase": "kv-cache", "engine__kind": "V1"}
    assert facts_of(record(CUDA), **known)["oom.phase"] == "cudagraph"
    assert facts_of(record(CUDA), **known, config__enforce_eager=True)["oom.phase"] == "kv-cache"


def test_pools_of_captured_graphs_exist_only_late() -> None:
    pools = "by PyTorch, with 52.00 MiB allocated in private pools (e.g., CUDA Graphs), and"
    text = record(CUDA.replace("by PyTorch, and", pools))
    assert facts_of(text)["oom.phase"] == "runtime"
    assert facts_of(text, start__phase="serving")["oom.phase"] == "runtime"
    assert facts_of(text, start__phase="kv-cache")["oom.phase"] == "cudagraph"
    assert facts_of(record("EngineCore failed to start."), text)["oom.phase"] == "cudagraph"


def test_nothing_known_is_nothing_said() -> None:
    assert "oom.phase" not in facts_of(record(CUDA))
