"""During which step the memory ran out: the same sentence has five causes, and the frames decide.

Functions of vLLM 0.4.1 to 0.33.0: vllm/worker/{worker,model_runner,cache_engine}.py (V0), vllm/v1/worker/gpu/
and vllm/v1/worker/{gpu_worker,gpu_model_runner}.py (V1), vllm/model_executor/model_loader/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.oom import POOLS, sentence
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Frame, Line, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

PHASE = declare(
    "oom.phase",
    "text",
    "when memory ran out: device, weights, profile, kv-cache, cudagraph, runtime",
    "first",
)
SAMPLER = declare("oom.in_sampler", "flag", "it ran out in the dummy run of the sampler or pooler", "first")
MULTIMODAL = declare("oom.multimodal", "flag", "it ran out on images, video or sound, or their encoder", "first")
START_FAILED = declare("oom.start_failed", "flag", "a record says that the engine or a worker did not start")
DUMMY = declare("oom.dummy_requests", "int", "dummy requests with which the sampler or pooler was warmed up", "first")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The order decides: serving runs the same functions as profiling does, capturing runs a dummy run, and
# measuring the memory of CUDA graphs allocates a KV cache.
FUNCTIONS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "runtime",
        _names(
            "run_busy_loop run_engine_loop engine_step step_async _process_engine_step _run_engine"
            " execute_dummy_batch start_worker_execution_loop _execute_model_spmd wake_up"
            " _execute_mm_encoder _get_prompt_logprobs_dict"
        ),
    ),
    (
        "cudagraph",
        _names(
            "capture_model capture_begin _capture_cudagraphs _warmup_and_capture profile_cudagraph_memory "
            "_capture_cudagraph capture_graph capture_full_graph"
        ),
    ),
    (
        "weights",
        _names(
            "load_model initialize_model _initialize_model make_layers create_weights load_weights"
            " _load_weights process_weights_after_loading _process_weights_after_loading wrap_modules"
            " maybe_offload_to_cpu weight_loader default_weight_loader initialize_dummy_weights"
            " build_model device_loading_context"
        ),
    ),
    (
        "kv-cache",
        _names(
            "initialize_kv_cache initialize_kv_cache_tensors allocate_kv_cache _allocate_kv_cache "
            "_allocate_kv_cache_tensors _init_cache_engine init_kv_cache"
        ),
    ),
    (
        "profile",
        _names(
            "profile_run _dummy_run _dummy_sampler_run _dummy_pooler_run _dummy_pooler_run_task "
            "determine_num_available_blocks determine_available_memory compile_or_warm_up_model "
            "kernel_warmup _warm_up_model warm_up_model warmup_kernels profile_num_available_blocks"
        ),
    ),
    ("device", frozenset(("init_device",))),
)
_SAMPLER = frozenset(("_dummy_sampler_run", "_dummy_pooler_run", "_dummy_pooler_run_task"))
_OURS = pattern(r"(?:^|[/\\])(?:vllm|vllm_\w+|torch)[/\\]")
"""A script that calls vLLM may have a `load_model` of its own."""
_SERVING = frozenset(("execute_model", "sample_tokens"))
_CAPTURE_FILES = ("model_runner.py", "cudagraph_utils.py", "cuda_graph.py")

# What a record says when its frames are cut off; sources: vllm/executor/multiproc_worker_utils.py and
# vllm/worker/worker_base.py (V0), vllm/v1/worker/gpu_model_runner.py, vllm/v1/engine/core.py
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "profile",
        pattern(r"(?:processing|executing) method '?determine_(?:num_available_blocks|available_memory)\b"),
    ),
    ("profile", pattern(r"out of memory occurred when warming up (?:sampler|pooler)")),
    (
        "weights",
        pattern(r"(?:processing|executing) method '?load_model\b|Failed to load model - not enough GPU memory"),
    ),
    ("device", pattern(r"(?:processing|executing) method '?init_device\b")),
    (
        "runtime",
        pattern(
            r"(?:processing|executing) method '?(?:execute_model|start_worker_execution_loop)\b"
            r"|EngineCore encountered a fatal error|Engine background task failed"
        ),
    ),
)
_MULTIMODAL = pattern(r"enc_dec_model_runner|multimodal|multi_modal|vision|image|video|audio|clip\.py|siglip|/vit")
_DUMMY_REQUESTS = pattern(r"when warming up (?:sampler|pooler)(?: \([^)]{0,80}\))? with (\d{1,9}) dummy requests")
_BY_START = {
    "config": "weights",
    "loading": "weights",
    "profiling": "profile",
    "kv-cache": "kv-cache",
    "capturing": "cudagraph",
    "serving": "runtime",
}


@reader("out of memory")
def read_phase(event: Event) -> Iterator[Fact]:
    """The step, by frames and by what the record says; nothing when neither tells."""
    links = list(event.chain()) if isinstance(event, Traceback) else [event]
    text = " ".join(" ".join(link.message[:20_000].split()) for link in links)
    if not any(sentence(link.message) for link in links):
        return
    frames = [frame for link in links if isinstance(link, Traceback) for frame in link.frames]
    line: Line = event.lines[0]
    if requests := _DUMMY_REQUESTS.search(text):
        yield Fact(DUMMY, int(requests[1]), line)
    if requests or any(frame.function in _SAMPLER for frame in frames):
        yield Fact(SAMPLER, True, line)
    if any(_MULTIMODAL.search(f"{frame.path}:{frame.function}") for frame in frames):
        yield Fact(MULTIMODAL, True, line)
    if phase := phase_of(frames) or _by_words(text, event.file):
        yield Fact(PHASE, phase, line)


def phase_of(frames: list[Frame]) -> str | None:
    """The step that the frames of a traceback show, or None."""
    frames = [frame for frame in frames if _OURS.search(frame.path)]
    functions = {frame.function for frame in frames}
    for phase, names in FUNCTIONS:
        if functions & names or any(_shows(frame, phase) for frame in frames):
            return phase
    # V1 profiles by other functions, V0 by this one, too: there the steps seen before decide
    if any(frame.function in _SERVING and "/v1/worker/" in frame.path for frame in frames):
        return "runtime"
    if any(frame.function == "__init__" and "/model_executor/" in frame.path for frame in frames):
        return "weights"
    last = frames[-1] if frames else None
    if last and last.function == "__torch_function__" and last.path.endswith("utils/_device.py"):
        return "weights"  # tensors made inside `with target_device:` of the model loader
    if last and last.function == "__call__" and last.path.endswith("compilation/cuda_graph.py"):
        return "cudagraph"  # a trial run passes through it, and ends within the model
    return None


def _shows(frame: Frame, phase: str) -> bool:
    """Frames whose function alone is too common a word."""
    path = frame.path.replace("\\", "/")
    if phase == "runtime":
        served = frame.function == "step" and "/engine/" in path
        return served or (frame.function == "generate" and path.endswith("entrypoints/llm.py"))
    if phase == "cudagraph":
        return frame.function == "capture" and path.endswith(_CAPTURE_FILES)
    return phase == "profile" and "warmup" in path


def _by_words(text: str, file: str) -> str | None:
    if file == "async_llm_engine.py":  # _log_task_completion, the only place there that logs an exception
        return "runtime"
    return next((phase for phase, words in _WORDS if words.search(text)), None)


@reader("profile run for multi-modal models")
def read_multimodal(event: Event) -> Iterator[Fact]:
    """vllm/worker/enc_dec_model_runner.py says so before its trial run."""
    yield Fact(MULTIMODAL, True, event.lines[0])


@reader("EngineCore failed to start", "WorkerProc failed to start")
def read_start_failed(event: Event) -> Iterator[Fact]:
    """vllm/v1/engine/core.py (0.8.5 on), vllm/v1/executor/multiproc_executor.py (0.9.0 on)."""
    yield Fact(START_FAILED, True, event.lines[0])


@derived(PHASE)
def phase_by_start(facts: Facts) -> str | None:
    """The step by how far the start had come; pools of captured graphs tell that capturing had begun."""
    start = facts.text("start.phase")
    if POOLS in facts:
        before = start not in (None, "serving") or facts.get(START_FAILED)
        return "cudagraph" if before else "runtime"
    if start == "kv-cache" and facts.text("engine.kind") == "V1" and not _eager(facts):
        return "cudagraph"  # V1 shows its captures by a bar alone, and the cache itself is seldom too large
    return _BY_START.get(start or "")


def _eager(facts: Facts) -> bool:
    return "True" in (facts.text("args.enforce_eager"), facts.text("config.enforce_eager"))
