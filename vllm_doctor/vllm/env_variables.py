"""Environment variables by release."""

from __future__ import annotations

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.successors import successor
from vllm_doctor.vllm.table import at, load, within
from vllm_doctor.vllm.types import History, VariableInfo


def variable(name: str, release: str) -> VariableInfo | None:
    """The variable as a release reads it; None if it ignores the name, or the release cannot be read."""
    number = versions.number(release)
    entry = load("variables").get(name)
    if number is None or entry is None or not within(entry["at"], number):
        return None
    every = versions.releases()
    last = entry["at"][-1][1]
    return VariableInfo(
        name=name,
        default=at(entry.get("default"), number),
        type=at(entry.get("type"), number),
        choices=tuple(at(entry.get("choices"), number) or ()),
        deprecated=at(entry.get("deprecated"), number),
        file=at(entry.get("file"), number) or "vllm/envs.py",
        first=every[entry["at"][0][0]],
        last=every[last],
        ignored_from=every[last + 1] if last + 1 < len(every) else None,
    )


def variable_history(name: str) -> History | None:
    """Where a variable is read; None if no release reads it."""
    entry = load("variables").get(name)
    if entry is None:
        return None
    every = versions.releases()
    spans = tuple((every[first], every[last]) for first, last in entry["at"])
    follower = successor(name)
    return History(name, spans, entry["at"][-1][1] < len(every) - 1, follower.new if follower else None)


def ignored_since(name: str, release: str) -> str | None:
    """The release since which vLLM ignores one of its own variables; None if this release reads it, or it is
    not known to be vLLM's (other libraries and plugins read variables of their own, also `VLLM_...` ones).
    """
    number = versions.number(release)
    entry = load("variables").get(name)
    if number is None or entry is None or not name.startswith("VLLM_") or within(entry["at"], number):
        return None
    past = [last for _, last in entry["at"] if last < number]
    return versions.releases()[past[-1] + 1] if past else None


def variables(release: str) -> tuple[str, ...]:
    """The names of all variables that a release reads."""
    number = versions.number(release)
    if number is None:
        return ()
    return tuple(name for name, entry in load("variables").items() if within(entry["at"], number))
