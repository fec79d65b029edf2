"""Which vLLM releases a deployment may run: all that agree with what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.facts.types import Facts

# docker.io/vllm/vllm-openai:v0.8.3, vllm/vllm-openai-rocm:v0.20.0-x; a digest behind the tag says nothing
_TAG = pattern(r"vllm[\w./-]*:v?(\d+\.\d+\.\d+(?:\.post\d+|rc\d+)?)(?:$|[-@+])")


def release_of(facts: Facts, given: str | None = None, image: str | None = None) -> tuple[str | None, str | None]:
    """The release as it was written, and where: "given", "banner", "logo", "config" or "image"."""
    if given:
        return given, "given"
    named = facts.text("vllm.version")
    if named:
        return named, facts.text("vllm.version_source")
    found = _TAG.search(image or "")
    return (found[1], "image") if found else (None, None)


def release_set(release: str | None) -> tuple[str, ...]:
    """The releases of the table that a named one may be: it alone, none when it is newer, all when none is named."""
    if release is None:
        return vllm.releases()
    base = vllm.base(release)
    return (base,) if base in vllm.releases() else ()
