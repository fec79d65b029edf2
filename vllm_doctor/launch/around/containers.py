"""What `docker run`, `podman run` and `nerdctl run` say around a launch, by their options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.around.mounts import targets
from vllm_doctor.launch.around.numbers import unresolved
from vllm_doctor.launch.around.types import Holder, Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vllm_doctor.text import Span

_OWN_SHM = ("", "private", "none")
_FILES = ("env-file", "env-host", "secret")


def of_options(options: Mapping[str, str], holder: Holder, box: Span, *, alone: bool = True) -> Surroundings:
    """The surroundings that a container's options make; `options` are named as `docker run` names them."""
    mounts = targets(*(options.get(name, "") for name in ("volume", "mount", "tmpfs")))
    mounts = None if "volumes-from" in options else mounts
    return Surroundings(
        holder=holder,
        gpus=options.get("gpus"),
        asked_by="--gpus" if "gpus" in options else None,
        alone=alone,
        shm=_shm(options, mounts),
        mounts=mounts,
        more_variables=any(name in options for name in _FILES),
        places={"box": box},
    )


def _shm(options: Mapping[str, str], mounts: tuple[str, ...] | None) -> bool | None:
    ipc = options.get("ipc", "")
    if unresolved(ipc) or mounts is None or "pod" in options:
        return None
    return "shm-size" in options or ipc not in _OWN_SHM or any(place.startswith("/dev/shm") for place in mounts)  # noqa: S108
