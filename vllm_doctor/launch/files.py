"""The door to the readers: which of them reads a file is told by its name and its first lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from vllm_doctor.launch.readers import (
    compose,
    dockerfile,
    document,
    env,
    helm,
    justfile,
    kserve,
    kubernetes,
    makefile,
    markdown,
    powershell,
    python,
    quadlet,
    shell,
    skypilot,
    systemd,
    template,
    vllm_config,
    workflow,
    yaml_scripts,
)
from vllm_doctor.memo import once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.types import Launch


class Reader(Protocol):
    """A reader of one kind of file; modules of `launch.readers` are readers."""

    @property
    def name(self) -> str:
        """What `Launch.kind` and messages call it."""

    def claims(self, file: str, text: str) -> bool:
        """Whether this reader should read a file of this name and content."""

    def read(self, text: str, file: str) -> tuple[Launch, ...]:
        """Every launch of the text, in its order."""


READERS: Sequence[Reader] = (
    kserve,
    kubernetes,
    compose,
    workflow,
    skypilot,
    vllm_config,
    helm,
    yaml_scripts,
    dockerfile,
    systemd,
    quadlet,
    makefile,
    justfile,
    markdown,
    python,
    env,
    powershell,
    template,
    shell,
    document,
)
"""In the order in which they are asked; the first that claims a file reads it."""


def reader_of(file: str, text: str) -> Reader | None:
    """The reader that claims a file; None when it is of a kind that is not read."""
    return next((reader for reader in READERS if reader.claims(file, text)), None)


def read_launches(text: str, file: str) -> tuple[Launch, ...]:
    """Every launch of vLLM in a file; () also for a kind of file that is not read. Does not raise."""
    return once(_launches, text, file)


def _launches(text: str, file: str) -> tuple[Launch, ...]:
    reader = reader_of(file, text)
    return tuple(_configured(launch) for launch in reader.read(text, file)) if reader else ()


def _configured(launch: Launch) -> Launch:
    """The launch with what its config file adds."""
    if not launch.file or not any(word.startswith("--config") for word in launch.argv):
        return launch
    from vllm_doctor.launch.yamlfile.config import argv_with_config

    return replace(launch, argv_with_config=argv_with_config(launch))
