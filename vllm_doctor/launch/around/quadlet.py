"""What a podman quadlet says around its container (podman-systemd.unit(5))."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.around.containers import of_options
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vllm_doctor.launch.around.types import Surroundings
    from vllm_doctor.launch.hosted.unit_file import Setting

_MOUNTS = {"Volume": "volume", "Mount": "mount", "Tmpfs": "tmpfs"}
_ELSEWHERE = ("EnvironmentFile", "EnvironmentHost", "Secret")


def around_unit(found: Sequence[Setting], options: Mapping[str, str], image: Setting) -> Surroundings:
    """The surroundings of the container; `options` are those that matter to vLLM, as `docker run` calls them."""
    named = dict(options)
    for one in found:
        key, value = _MOUNTS.get(one.key), one.value.inner.strip()
        if key and value:
            named[key] = f"{named[key]},{value}" if key in named else value
    if any(one.key == "Pod" for one in found):
        named["pod"] = ""
    place = Span(image.start, image.end)
    made = of_options(named, "quadlet", place)
    devices = [match[1] for one in found if one.key == "AddDevice" for match in _gpus(one)]
    gpus = None if not devices or "all" in devices else "device=" + ",".join(devices)
    return replace(
        made,
        gpus=gpus or made.gpus,
        asked_by="AddDevice" if gpus else made.asked_by,
        more_variables=made.more_variables or any(one.key in _ELSEWHERE for one in found),
        places=made.places | {"image": place},
    )


def _gpus(setting: Setting) -> list[re.Match[str]]:
    """The GPUs of `AddDevice=nvidia.com/gpu=0` (CDI)."""
    return list(re.finditer(r"nvidia\.com/gpu=([\w:-]{1,80})", setting.value.inner))
