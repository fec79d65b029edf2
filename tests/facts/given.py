"""Facts by name, as a rule's author thinks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts import Fact, Facts

if TYPE_CHECKING:
    from vllm_doctor.finding import Figure


def given(**values: Figure | None) -> Facts:
    """Facts by name, dots written as two underscores; None is left out."""
    named = ((name.replace("__", "."), value) for name, value in values.items())
    return Facts({name: Fact(name, value) for name, value in named if value is not None})
