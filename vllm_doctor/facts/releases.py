"""Which vLLM releases a deployment may run: all that agree with what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.facts.types import Facts
    from vllm_doctor.repo.pins import Pin

_EXACT = pattern(r"===?[ \t]*v?(\d[\w.+!-]*)")
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


@dataclass(frozen=True, slots=True)
class Standing:
    """The release that a launch is for as it was written (None: not one alone), what says so, and all it may be.

    `source` is "given", "image", or the file of a project that asks for it.
    """

    release: str | None
    source: str | None
    releases: tuple[str, ...]


def standing(given: str | None, image: str | None, pin: Pin | None = None) -> Standing:
    """What a launch is for: the user's word, else the image's tag, else what its project asks for.

    What a project's dependencies say is none for an image that brings a vLLM of its own, or that a variable names.
    """
    from vllm_doctor.facts.types import Facts

    named, source = release_of(Facts(), given, image)
    if named is None and pin is not None and (pin.stated or not _brings_vllm(image)):
        if exact := _EXACT.fullmatch(pin.specifier):
            named, source = exact[1], pin.file
        elif some := _allowed(pin.specifier):
            return Standing(None, pin.file, some)
    return Standing(named, source, release_set(named))


def _brings_vllm(image: str | None) -> bool:
    return image is not None and ("vllm" in image.lower() or "$" in image or "{" in image)


def _allowed(specifier: str) -> tuple[str, ...]:
    from packaging.specifiers import SpecifierSet

    wanted = SpecifierSet(specifier)
    return tuple(release for release in vllm.releases() if wanted.contains(release))
