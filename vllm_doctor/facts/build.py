"""What a vLLM release was built for: the torch that it pins, its default CUDA, the transformers that it takes."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.vllm.versions import order

if TYPE_CHECKING:
    from collections.abc import Iterator

TORCH = declare("build.torch", "text", "the torch version that the release pins")
CUDA = declare("build.cuda", "text", "the CUDA version of the release's default build")
TRANSFORMERS = declare("build.transformers", "text", "the transformers versions that the release takes, for pip")
IN_IMAGE = declare("build.in_image", "flag", "whether paths are those of the official image", "first")

_IMAGE = "/usr/local/lib/python3.12/dist-packages/vllm/"
# requirements-cuda.txt, requirements/cuda.txt of every release; each from the release named on
_TORCH = {
    "0.4.1": "2.2.1",
    "0.4.2": "2.3.0",
    "0.5.2": "2.3.1",
    "0.5.4": "2.4.0",
    "0.6.4": "2.5.1",
    "0.8.0": "2.6.0",
    "0.9.0": "2.7.0",
    "0.10.0": "2.7.1",
    "0.10.2": "2.8.0",
    "0.11.1": "2.9.0",
    "0.14.0": "2.9.1",
    "0.17.0": "2.10.0",
    "0.20.0": "2.11.0",
    "0.27.0": "2.13.0",
    "0.33.0": "2.14.0",
}
# docs/getting_started/installation: "vLLM's binaries are compiled with CUDA ..."
_CUDA = {"0.4.1": "12.1", "0.8.0": "12.4", "0.9.0": "12.8", "0.12.0": "12.9"}
# requirements-common.txt, requirements/common.txt: where no upper end is set, the version that was the newest needed
_TRANSFORMERS = {
    "0.4.1": "==4.40.0",
    "0.5.1": "==4.42.0",
    "0.5.2": "==4.42.4",
    "0.5.4": "==4.43.2",
    "0.6.2": "==4.45.0",
    "0.6.3.post1": "==4.45.2",
    "0.7.1": "==4.48.2",
    "0.8.3": "==4.51.0",
    "0.8.4": "==4.51.1",
    "0.10.0": "==4.53.2",
    "0.10.1": "==4.55.0",
    "0.10.2": "==4.55.2",
    "0.11.1": ">=4.56.0,<5",
    "0.24.0": ">=5.5.3",
    "0.29.0": ">=5.10.4",
    "0.31.0": ">=5.10.4,<5.18.0",
    "0.32.0": ">=5.16.1,<5.20.0",
    "0.33.0": ">=5.16.1,<5.21.0",
}


def _at(table: dict[str, str], facts: Facts) -> str | None:
    """What a table of changes says of the release that runs; None for one that vLLM's table does not know."""
    written = facts.text("vllm.version")
    base = vllm.base(written) if written else None
    if base is None or base not in vllm.releases():
        return None
    at = bisect_right(list(table), order(base), key=order)
    return list(table.values())[at - 1] if at else None


@derived(TORCH)
def pinned_torch(facts: Facts) -> str | None:
    """The torch that pip installs with the release."""
    return _at(_TORCH, facts)


@derived(CUDA)
def default_cuda(facts: Facts) -> str | None:
    """The CUDA version that the release's wheel on PyPI was compiled with."""
    return _at(_CUDA, facts)


@derived(TRANSFORMERS)
def taken_transformers(facts: Facts) -> str | None:
    """A transformers that the release surely runs with."""
    return _at(_TRANSFORMERS, facts)


@reader()
def read_image(event: Event) -> Iterator[Fact]:
    """The official image installs vLLM there (docker/Dockerfile: the system's Python of Ubuntu)."""
    if isinstance(event, Traceback) and any(_IMAGE in frame.path for frame in event.frames):
        yield Fact(IN_IMAGE, True, event.lines[0])
