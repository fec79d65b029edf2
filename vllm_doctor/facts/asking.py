"""What a derivation asks for before it gives up: found by asking it when nothing is known.

A derivation is a function of the answers that it gets. If it makes nothing where every fact it asked for is unknown,
it makes nothing wherever these are unknown, whatever else is known: it would ask for the same, and hear the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.facts.types import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vllm_doctor.facts.types import Fact
    from vllm_doctor.finding import Figure


class _LookedAtAll(Exception):
    """It looked into what was read itself, not only for some facts by name."""


class _Sealed(dict[str, "Fact"]):
    """No facts, for one who must not look at them himself."""

    def __iter__(self) -> Iterator[str]:
        raise _LookedAtAll

    def _refuse(self, *_: object) -> Any:
        raise _LookedAtAll

    get = items = values = keys = _refuse
    __getitem__ = __contains__ = __len__ = _refuse


class _Unknown(Facts):
    """Facts of which none is known; remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(_Sealed())
        object.__setattr__(self, "asked", [])

    def _value(self, name: str) -> Figure | None:
        self.asked.append(name)  # type: ignore[attr-defined]
        return None

    def _read(self, name: str) -> Fact | None:
        self.asked.append(name)  # type: ignore[attr-defined]
        return None

    def __iter__(self) -> Iterator[str]:
        raise _LookedAtAll

    def __len__(self) -> int:
        raise _LookedAtAll

    def having(self, more: Any) -> Facts:
        raise _LookedAtAll


def asked_first(way: Callable[[Facts], Figure | None]) -> list[str] | None:
    """The facts of which one must be known for a derivation to make anything; None where that cannot be told."""
    facts = _Unknown()
    try:
        made = way(facts)
    except _LookedAtAll:
        return None
    return None if made is not None else facts.asked  # type: ignore[attr-defined]
