"""What is known of an option, a key of one, or an environment variable, as JSON data (`explain --format json`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm import releases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vllm_doctor.vllm.profiles import Held, Profile
    from vllm_doctor.vllm.types import Renamed


def option_data(
    profile: Profile,
    helps: Mapping[str, str],
    looks: Mapping[str, str],
    *,
    release: str | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """The same as `option_text` draws, each value with the first and last release in which it holds.

    `release` leaves only the values that hold in it. `known` are names of a registry for what takes any text.
    """
    return {
        "name": profile.name,
        "kind": profile.kind,
        "names": list(profile.names),
        "program": profile.program,
        "meaning": profile.said(language),
        "without_it": dict(profile.unset).get(language, ""),
        "releases": [{"first": first, "last": last} for first, last in profile.spans],
        "gone": profile.gone,
        "deprecated_since": profile.deprecated,
        "takes": [
            {"what": one.value[0], "several": one.value[1], **_when(one)} for one in _within(profile.takes, release)
        ],
        "defaults": [{"value": one.value, **_when(one)} for one in _within(profile.defaults, release)],
        "choices": [{"values": one.value, **_when(one)} for one in _within(profile.choices, release)],
        "keys": [{"name": key, "choices": list(choices)} for key, choices in profile.keys],
        "known": list(profile.known),
        "instead": _successor(profile.successor),
        "before": [{"name": one.old, "until": one.since} for one in profile.predecessors],
        "ways_out_of": _titled(helps),
        "looked_at_by": _titled({id_: title for id_, title in looks.items() if id_ not in helps}),
    }


def _within(held: Sequence[Held], release: str | None) -> list[Held]:
    every = releases()
    if release is None:
        return list(held)
    at = every.index(release)
    return [one for one in held if every.index(one.first) <= at <= every.index(one.last)]


def _when(held: Held) -> dict[str, str]:
    return {"first": held.first, "last": held.last}


def _successor(told: Renamed | None) -> dict[str, Any] | None:
    """What to write now; `name` is null where nothing is needed any more."""
    return {"name": told.new, "key": told.key, "since": told.since, "note": told.note} if told else None


def _titled(rules: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": id_, "title": title} for id_, title in rules.items()]
