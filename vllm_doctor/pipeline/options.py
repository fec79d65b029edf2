"""What a user may say beside a log or a launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What a user may say beside a log or a launch.

    `gpu` is a name of the GPU table or a number of GiB; `rules` are folders of own rules; `hub` allows the
    network for model facts; `model_dir` is the folder of the model; `language` is "en" or "zh".
    """

    command: str | None = None
    launch_file: Path | None = None
    vllm_version: str | None = None
    gpu: str | None = None
    rules: tuple[Path, ...] = ()
    hub: bool = False
    model_dir: Path | None = None
    language: str = "en"
