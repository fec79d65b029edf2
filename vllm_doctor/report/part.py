"""A part of a drawing that fails costs itself: a line says so in its place, and the rest is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from vllm_doctor.contain import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vllm_doctor.finding import Diagnosis

T = TypeVar("T")


def part(make: Callable[[], Sequence[T]], say: Callable[[str], T]) -> Sequence[T]:
    """What `make` draws; where it fails, the line about it as `say` draws it."""
    try:
        return make()
    except Exception as error:
        said = f"{type(error).__name__}, {place_of(error)}"
        return [say(f"vllm-doctor: a part could not be drawn ({said}); this is a bug, please report this line")]


def block(said: str) -> list[str]:
    """The line as a block of a text."""
    return [said]


def internal(diagnosis: Diagnosis) -> list[str]:
    """The failures of ours that a diagnosis tells, for drawings that show no notes."""
    return [one.title for one in diagnosis.findings if one.id == "internal"]
