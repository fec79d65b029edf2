"""How far a start had come: the steps that a log shows, in the order in which vLLM takes them."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import declare
from vllm_doctor.log.types import Event, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

PHASE = declare(
    "start.phase",
    "text",
    "the last step before the event: config, loading, profiling, kv-cache, capturing, listening, serving",
)

# Words of the records that begin a step; sources: vllm/v1/worker/gpu_model_runner.py, vllm/worker/model_runner.py,
# vllm/worker/worker.py, vllm/v1/core/kv_cache_utils.py, vllm/v1/worker/gpu/model_runner.py, uvicorn (0.4.1 to 0.33.0)
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "config",
        ("vLLM API server version", "non-default args:", "Initializing an LLM engine", "Initializing a V"),
    ),
    (
        "loading",
        (
            "Starting to load model",
            "Loading model from scratch",
            "Loading model weights",
            "checkpoint shards:",
        ),
    ),
    (
        "profiling",
        (
            "Model loading took",
            "Loading model weights took",
            "model weights take",
            "Starting profile run",
            "Dynamo bytecode transform time",
            "Encoder cache will be initialized",
            "torch.compile takes",
            "torch.compile took",
        ),
    ),
    (
        "kv-cache",
        (
            "Available KV cache memory",
            "GPU KV cache size",
            "# GPU blocks:",
            "# cuda blocks:",
            "Memory profiling takes",
        ),
    ),
    (
        "capturing",
        (
            "Capturing cudagraphs",
            "Capturing the model for CUDA graphs",
            "Capturing CUDA graph",
            "Capturing prefill CUDA graphs",
            "Capturing decode CUDA graphs",
            "Graph capturing finished",
        ),
    ),
    # the engine is up and the application made; uvicorn may still fail to bind or to read its certificates
    ("listening", ("Available routes are",)),
    ("serving", ("Application startup complete", "Uvicorn running on")),
)
_RANK = {name: rank for rank, (name, _) in enumerate(STEPS)}
_BY_WORD = [(word, name) for name, words in reversed(STEPS) for word in words]


def step_of(event: Event) -> str | None:
    """The step that a record shows to have begun."""
    if not isinstance(event, Record) or event.quotes:
        return None
    message = event.message
    for word, name in _BY_WORD:
        if word in message:
            return name
    return None


class Phases:
    """The steps of one attempt by line; several ranks report each, and the furthest one counts."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._lines: list[int] = []
        self._steps: list[str] = []
        furthest = -1
        for event in events:
            step = step_of(event)
            if step and _RANK[step] > furthest:
                furthest = _RANK[step]
                self._lines.append(event.first_line)
                self._steps.append(step)

    def before(self, line: int) -> str | None:
        """The furthest step that began before a physical line."""
        at = bisect_left(self._lines, line)
        return self._steps[at - 1] if at else None

    def began(self, step: str) -> int:
        """The line on which a step began, 0 when it was not reached."""
        return self._lines[self._steps.index(step)] if step in self._steps else 0

    @property
    def last(self) -> str | None:
        """The furthest step of all."""
        return self._steps[-1] if self._steps else None
