"""What is broken in a launch that a file of another format holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.entry import repeated
from vllm_doctor.launch.broken.flaws import shell_flaws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.broken.flaws import Flaw
    from vllm_doctor.launch.hosted.writer import HostedWriter


def hosted_flaws(writer: HostedWriter) -> Iterator[Flaw]:
    """The flaws of the launch's own view, and of what a container makes of it."""
    yield from shell_flaws(writer)
    yield from repeated(writer.launch)
