"""What a move of a launch to another release is made of. `Text` is a sentence in English and Chinese."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.vllm.types import Program

Text: TypeAlias = "tuple[str, str]"
Loss: TypeAlias = Literal["same", "costs"]


@dataclass(frozen=True, slots=True)
class Words:
    """An option as it stands in a launch: its dashed flag, with a key behind a dot where there is one."""

    flag: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """What is to stand in a launch: an option with its values, or a variable with one."""

    name: str
    values: tuple[str, ...] = ()

    @property
    def variable(self) -> bool:
        """Whether it is an environment variable."""
        return not self.name.startswith("-")


@dataclass(frozen=True, slots=True)
class Move:
    """Options and variables that go, what comes in their place, and why; with "costs" something is lost."""

    takes: tuple[str, ...]
    puts: tuple[Put, ...]
    why: Text
    effect: Loss = "same"


@dataclass(frozen=True, slots=True)
class Stuck:
    """An option or variable that has no counterpart that does the same; `beside` are those that belong to it."""

    name: str
    why: Text
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All moves of a launch, and what cannot be moved."""

    moves: tuple[Move, ...] = ()
    stuck: tuple[Stuck, ...] = ()


@dataclass(frozen=True, slots=True)
class Launched:
    """A launch as the planner sees it: what stands behind the program, its options, its variables.

    `later` is the program that reads it in the new release, where an image's entry point is another one there.
    `rope` is the `rope_parameters` of the model's config where they are known, with "rope_theta" among them. `offline`
    is an `LLM()` of Python, which is no server; `dotted` is false where no key can stand behind an option's dot, as in
    Python.
    """

    argv: tuple[str, ...]
    options: tuple[Words, ...]
    env: dict[str, str | None] = field(default_factory=dict)
    program: Program = "vllm serve"
    later: Program = "vllm serve"
    rope: dict[str, object] | None = None
    offline: bool = False
    dotted: bool = True
