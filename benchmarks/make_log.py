#!/usr/bin/env python3
"""A log as a server leaves it that ran for long: `python benchmarks/make_log.py MIB [SEED] > server.log`.

The same seed gives the same bytes. Of the lines, about 75 in 100 are access lines, 20 statistics, the rest
warnings that come again and again; now and then a request fails with a traceback, every 400,000 lines or so the
server dies and starts anew, and at the very end it dies of an out-of-memory error while serving.
The messages are those of vLLM 0.24 (v1/metrics/loggers.py, entrypoints, v1/engine/core.py) and uvicorn.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

API, CORE = "(APIServer pid=71)", "(EngineCore pid=214)"
_PATHS = ("/v1/chat/completions",) * 12 + ("/v1/completions", "/v1/completions", "/metrics", "/health", "/v1/models")
_REPLIES = ("200 OK",) * 40 + ("400 Bad Request", "404 Not Found", "500 Internal Server Error")
_RESTART = 400_000
_FAILED_REQUEST = 60_000
_BATCH = 20_000
_FRAMES = (
    ("v1/engine/core.py", 1140, "run_engine_core", "engine_core.run_busy_loop()"),
    ("v1/engine/core.py", 1166, "run_busy_loop", "self._process_engine_step()"),
    ("v1/engine/core.py", 1199, "_process_engine_step", "outputs, model_executed = self.step_fn()"),
    ("v1/engine/core.py", 395, "step", "model_output = future.result()"),
    ("v1/worker/gpu_worker.py", 640, "execute_model", "output = self.model_runner.execute_model("),
    (
        "v1/worker/gpu_model_runner.py",
        3561,
        "execute_model",
        "logits = self.model.compute_logits(hidden_states)",
    ),
)
_OOM = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB. GPU 0 has a total capacity of 79.11 GiB "
    "of which 1.02 GiB is free. Process 71 has 78.08 GiB memory in use. Of the allocated memory 74.41 GiB is allocated "
    "by PyTorch, and 1.35 GiB is reserved by PyTorch but unallocated."
)


class _Clock:
    """The time of the log, half a second further at each look."""

    def __init__(self) -> None:
        self.ticks = 0

    def __str__(self) -> str:
        self.ticks += 1
        seconds = self.ticks // 2
        day, hour = 1 + seconds // 86_400 % 28, seconds // 3600 % 24
        return f"{1 + seconds // 2_419_200 % 12:02d}-{day:02d} {hour:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def log(size: int, seed: int = 1) -> Iterator[bytes]:
    """Blocks of whole lines, about `size` bytes together; the failure is at the end."""
    draw, clock = random.Random(seed), _Clock()
    written = restart = failed = 0
    yield (block := _text(_start(clock)))
    written += len(block)
    while written < size:
        lines = [_line(draw, clock) for _ in range(_BATCH)]
        restart, failed = restart + _BATCH, failed + _BATCH
        if failed >= _FAILED_REQUEST:
            failed = 0
            lines += _failed_request(clock)
        if restart >= _RESTART:
            restart = 0
            lines += [*_death(clock), *_start(clock)]
        yield (block := _text(lines))
        written += len(block)
    yield _text(_death(clock))


def restarts(size: int) -> Iterator[bytes]:
    """Blocks of nothing but starts and their ends, about `size` bytes together: nothing in it can be skipped."""
    clock, written = _Clock(), 0
    while written < size:
        yield (block := _text([*_start(clock), *_death(clock)]))
        written += len(block)


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _line(draw: random.Random, clock: _Clock) -> str:
    kind = draw.random()
    if kind < 0.75:
        peer = f"10.{draw.randrange(4)}.{draw.randrange(256)}.{draw.randrange(256)}:{draw.randrange(1024, 65_536)}"
        path, reply = draw.choice(_PATHS), draw.choice(_REPLIES)
        verb = "POST" if path.endswith("completions") else "GET"
        return f'{API} INFO:     {peer} - "{verb} {path} HTTP/1.1" {reply}'
    if kind < 0.95:
        return (
            f"{API} INFO {clock} [loggers.py:271] Engine 000: Avg prompt throughput: {draw.uniform(0, 9000):.1f} "
            f"tokens/s, Avg generation throughput: {draw.uniform(0, 3000):.1f} tokens/s, "
            f"Running: {draw.randrange(256)} reqs, Waiting: {draw.randrange(40)} reqs, "
            f"GPU KV cache usage: {draw.uniform(0, 99):.1f}%, Prefix cache hit rate: {draw.uniform(0, 99):.1f}%"
        )
    if kind < 0.98:
        return (
            f"{CORE} WARNING {clock} [scheduler.py:1211] Sequence group {draw.randrange(1 << 20)} is preempted by "
            f"PreemptionMode.RECOMPUTE mode because there is not enough KV cache space. "
            f"total_num_cumulative_preemption={draw.randrange(1 << 16)}"
        )
    return f"{API} WARNING {clock} [protocol.py:117] fields were present in the request but ignored: {{'x'}}"


def _start(clock: _Clock) -> list[str]:
    def said(who: str, where: str, text: str) -> str:
        return f"{who} INFO {clock} [{where}] {text}"

    bars = [
        f"{CORE} \rLoading safetensors checkpoint shards: {25 * n:3d}% Completed | {n}/4 [00:0{n}<00:03,  1.0it/s]"
        for n in range(5)
    ]
    captures = [
        f"{CORE} \rCapturing CUDA graphs (mixed prefill-decode, PIECEWISE): {100 * n // 35:3d}%| {n}/35 "
        f"[00:{n // 2:02d}<00:17,  2.01it/s]"
        for n in range(36)
    ]
    return [
        f"INFO {clock} [__init__.py:239] Automatically detected platform cuda.",
        said(API, "api_server.py:1034", "vLLM API server version 0.24.0"),
        said(API, "utils.py:233", "non-default args: {'model_tag': '/models/llama-3.1-70b', 'max_model_len': 32768}"),
        said(CORE, "core.py:97", "Initializing a V1 LLM engine (v0.24.0) with config: model='/models/llama-3.1-70b'"),
        said(CORE, "gpu_model_runner.py:4120", "Starting to load model /models/llama-3.1-70b..."),
        *bars,
        said(CORE, "gpu_model_runner.py:4180", "Model loading took 39.49 GiB memory and 21.551 seconds"),
        said(CORE, "gpu_worker.py:357", "Available KV cache memory: 30.61 GiB"),
        said(CORE, "kv_cache_utils.py:1307", "GPU KV cache size: 100,304 tokens"),
        *captures,
        said(CORE, "gpu_model_runner.py:5200", "Graph capturing finished in 18 secs, took 0.61 GiB"),
        f"{API} INFO:     Started server process [71]",
        f"{API} INFO:     Application startup complete.",
    ]


def _failed_request(clock: _Clock) -> list[str]:
    head = f"{API} ERROR {clock} [serving.py:310] "
    return [
        head + "Error in preprocessing prompt inputs",
        head + "Traceback (most recent call last):",
        head + '  File "/v/vllm/entrypoints/openai/chat_completion/serving.py", line 301, in create_chat_completion',
        head + "    self._validate_input(request)",
        head + "ValueError: This model's maximum context length is 32768 tokens. However, you requested 40000 tokens.",
    ]


def _death(clock: _Clock) -> list[str]:
    head = f"{CORE} ERROR {clock} [core.py:1146] "
    frames = [
        text
        for path, line, name, code in _FRAMES
        for text in (f'  File "/v/vllm/{path}", line {line}, in {name}', f"    {code}")
    ]
    trace = ["Traceback (most recent call last):", *frames, _OOM]
    return [
        head + "EngineCore encountered a fatal error.",
        *(head + text for text in trace),
        f"{API} ERROR {clock} [async_llm.py:704] AsyncLLM output_handler failed.",
        f"{API} INFO:     Shutting down",
        f"{API} INFO:     Finished server process [71]",
    ]


def main() -> None:
    """Write a log of so many MiB to standard output."""
    size = int(sys.argv[1]) << 20 if len(sys.argv) > 1 else 10 << 20
    for block in log(size, int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        sys.stdout.buffer.write(block)


if __name__ == "__main__":
    main()
