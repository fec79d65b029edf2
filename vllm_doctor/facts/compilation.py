"""What compiling at run time failed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare, reader
from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

INNER = declare("compile.inner", "text", "the exception inside torch.compile's own", "first")
CACHE = declare("compile.cache", "flag", "whether what failed is reading back what an earlier start compiled", "first")
RAISED = declare("compile.raised", "flag", "whether the exception is one of torch.compile's own types")
FLASHINFER = declare("compiler.flashinfer", "flag", "whether FlashInfer's sampler is what is being compiled", "first")

_OUTER = ("InductorError", "BackendCompilerFailed")
_MODULES = ("torch._dynamo.exc.", "torch._inductor.exc.", "torch._inductor.compile_worker.")
_NAMED = pattern(r"(?:^|raised:\s{1,4})([A-Za-z_]\w{1,59}(?:Error|Exception|Failed|Resources|Unsupported))\b")
_SAMPLER = ("topk_topp_sampler.py", "flashinfer/sampling.py")
# vllm/compilation (0.7.0 to 0.33.0), torch/_inductor (2.5 to 2.13): only reading goes through these
_READING = (
    ("compilation/compiler_interface.py", "load"),
    ("compilation/backends.py", "load"),
    ("compilation/caching.py", "load"),
    ("compilation/caching.py", "deserialize_compile_artifacts"),
    ("compilation/decorators.py", "_try_load_aot_compiled_fn"),
    ("torch/_inductor/standalone_compile.py", "load"),
)


@reader()
def read_compilation(event: Event) -> Iterator[Fact]:
    """The exception within, and whether a cache was being read."""
    if not isinstance(event, Traceback):
        return
    line = event.raised[0] if event.raised else event.lines[0]
    yield Fact(RAISED, any(link.exception.startswith(_MODULES) for link in event.chain()), line)
    for link in event.chain():
        if link.exception.rpartition(".")[2] in _OUTER and (found := _NAMED.search(link.message[:2000])):
            yield Fact(INNER, found[1], line)
        for frame in link.frames:
            if any(frame.path.endswith(path) and frame.function.rpartition(".")[2] == name for path, name in _READING):
                yield Fact(CACHE, True, line)
            if frame.path.endswith(_SAMPLER):
                yield Fact(FLASHINFER, True, line)
