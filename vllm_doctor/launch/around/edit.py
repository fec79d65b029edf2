"""A launch's container given what it lacks, by an edit of the text that changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.frame import Site
from vllm_doctor.launch.gaps import break_before
from vllm_doctor.launch.hosted.site import HostedSite
from vllm_doctor.launch.writers import writer_of
from vllm_doctor.launch.yamlfile.site import YamlSite
from vllm_doctor.launch.yamlfile.writing import newline_of
from vllm_doctor.text import Edit, Span, apply

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.writers import Writer

GIVEN = ("ipc", "shm", "enableServiceLinks", "startupProbe", "start_period")
"""What can be given: `ipc` of docker, compose and quadlets; of a pod `shm` (memory at /dev/shm), `enableServiceLinks`
and `startupProbe` (the liveness probe's check, or the one that is there, with so many failures allowed);
`start_period` of a compose healthcheck.
"""

_KEYS = {
    "ipc": ("ipc",),
    "shm": ("volumes", "volumeMounts"),
    "enableServiceLinks": ("enableServiceLinks",),
    "startupProbe": ("startupProbe",),
    "start_period": ("start_period",),
}
_SET_ANEW = ("startupProbe", "start_period")
"""What may be there already, and is then given another value."""


def given(launch: Launch, name: str, value: str) -> Launch:
    """The launch whose container is given `name`, one of GIVEN, with that value.

    Raises:
        LaunchError: no edit of the text does this and nothing else.
    """
    writer = writer_of(launch)
    edits = _edits(writer, launch, name, value)
    before = writer.reread(launch.text)
    after = writer.reread(apply(launch.text, edits)) if edits else ()
    kept = len(before) == len(after) and all(
        _same(one, two, own=index == writer.index) for index, (one, two) in enumerate(zip(before, after, strict=True))
    )
    if not kept or not _only(name, before[writer.index], after[writer.index]) or not _has(after, writer, name, value):
        raise LaunchError(
            f"{name} cannot be given here without changing something else",
            f"{launch.file}:{launch.line}" if launch.file else "",
            "Make the change by hand.",
        )
    return after[writer.index].launch


def _edits(writer: Writer, launch: Launch, name: str, value: str) -> Edits:
    """The edits of the one way that there is; () where there is none."""
    holder = launch.around.holder if launch.around else None
    places = launch.around.places if launch.around else {}
    site = getattr(writer, "site", None)
    if isinstance(site, Site) and (name, holder) == ("ipc", "docker") and site.option_at is not None:
        at = site.option_at
        return (Edit(Span(at, at), f"--ipc={value}" + break_before(launch.text, at)),)
    if (name, holder) == ("ipc", "quadlet") and "image" in places:
        end = places["image"].end
        return (Edit(Span(end, end), f"{newline_of(launch.text)}PodmanArgs=--ipc={value}"),)
    if not isinstance(site, YamlSite) or "box" not in places:
        return ()
    from vllm_doctor.launch.around.insertions import (
        key_below,
        key_first,
        key_set,
        map_at,
        shared_memory,
        startup_probe,
    )

    box = map_at(site.documents, places["box"])
    spec = map_at(site.documents, places["spec"]) if "spec" in places else None
    if (name, holder) == ("ipc", "compose") and box:
        return key_below(launch.text, box, name, value)
    if (name, holder) == ("start_period", "compose") and box:
        check = next((node for key, node in box.pairs if key.value == "healthcheck" and node.start > key.end), None)
        return key_set(launch.text, check, name, value) if check else ()
    if name == "shm" and box and spec:
        return shared_memory(launch.text, spec, box)
    if name == "startupProbe" and box and holder == "pod":
        return startup_probe(launch.text, box, value)
    return key_first(launch.text, spec, [f"{name}: {value}"]) if name == "enableServiceLinks" and spec else ()


def _same(one: Any, two: Any, *, own: bool) -> bool:
    """Whether a launch says the same, but for what the `own` one's container is given."""
    first, second = one.launch, two.launch
    if not own and first.container != second.container:
        return False
    return (first.program, first.argv, first.image) == (second.program, second.argv, second.image) and [
        (variable.name, variable.value) for variable in first.env
    ] == [(variable.name, variable.value) for variable in second.env]


def _only(name: str, before: Any, after: Any) -> bool:
    """Whether the file says all that it said, and more only under the keys that are to be given."""
    if isinstance(before, YamlSite):
        old, new = set(before.outside()), set(after.outside())
        changed = new ^ old if name in _SET_ANEW else new - old
        kept = old <= new or name in _SET_ANEW
        return kept and all(set(path) & set(_KEYS[name]) for path, _, _ in changed)
    if isinstance(before, HostedSite) and not set(before.outside) <= set(after.outside):
        return False
    container = {**before.launch.container, name: after.launch.container.get(name)}
    return bool(container == after.launch.container)


def _has(after: Any, writer: Writer, name: str, value: str) -> bool:
    """Whether the container has it now."""
    launch = after[writer.index].launch
    if name == "ipc":
        return bool(launch.container.get("ipc") == value)
    around = launch.around
    if around is None:
        return False
    if name in _SET_ANEW:
        return around.probe is not None and around.probe.kind == (
            "startup" if name == "startupProbe" else "healthcheck"
        )
    return around.shm is True if name == "shm" else not around.services
