"""Whether vLLM and Transformers have the classes that a model's config names, and which release has them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from vllm_doctor.facts.types import Facts, declare, derived

NAMES = declare("architecture.names", "text", "the architectures of the config, as a message lists them")
NAME = declare("architecture.name", "text", "the architecture that is not supported: Qwen3ForCausalLM")
SINCE = declare("architecture.since", "text", "the first vLLM release that has it")
LAST = declare("architecture.last", "text", "the last release that had it, where the newest has it no more")
UPGRADE = declare("architecture.upgrade_to", "text", "the first release that has it, when it is newer than this one")
PLUGIN = declare("architecture.plugin", "text", "where the plugin lives that has the architecture now")
UNKNOWN = declare(
    "architecture.other_release", "flag", "whether other releases have the architecture, and not this one"
)
TYPE = declare("model_type.name", "text", "the model_type that Transformers does not know")
TYPE_NOWHERE = declare(
    "model_type.nowhere", "flag", "whether neither Transformers nor a vLLM release has the config's model_type"
)
REMOTE_FILE = declare("remote_code.repo", "text", "the repo or folder whose code would be run")
NEEDED = declare("remote_code.needed", "flag", "whether the config names code of its repo that nothing else provides")


@lru_cache(maxsize=1)
def known_types() -> frozenset[str]:
    """Every model_type of Transformers 5.16 (CONFIG_MAPPING_NAMES) and of vLLM's own configs (0.4.1 to 0.33.0)."""
    data = (Path(__file__).parent.parent / "model" / "model_types.json").read_text("utf-8")
    return frozenset(json.loads(data))


@derived(NAME)
def name(facts: Facts) -> str | None:
    """The first architecture that the message lists, else that of the config."""
    listed = re.findall(r"['\"](\w{1,80})['\"]", facts.text(NAMES) or "")
    return listed[0] if listed else facts.text("model.architecture")


def _history(facts: Facts) -> tuple[str, str, bool] | None:
    from vllm_doctor.vllm import name_history

    found = name_history("architectures", facts.text(NAME) or "")
    return (found.first, found.last, found.gone) if found else None


@derived(SINCE)
def since(facts: Facts) -> str | None:
    """None for an architecture that no release of the table has."""
    found = _history(facts)
    return found[0] if found else None


@derived(LAST)
def last(facts: Facts) -> str | None:
    """Only for an architecture that was taken out again."""
    found = _history(facts)
    return found[1] if found and found[2] else None


@derived(UPGRADE)
def upgrade_to(facts: Facts) -> str | None:
    """Also where the release is not known: what is not supported, and not gone, can only be too new."""
    from packaging.version import InvalidVersion, Version

    found, running = _history(facts), facts.text("vllm.version")
    if found is None or found[2]:
        return None
    try:
        return found[0] if running is None or Version(running) < Version(found[0]) else None
    except InvalidVersion:
        return None


@derived(UNKNOWN)
def other_release(facts: Facts) -> bool | None:
    """Needs a release that the table has, and an architecture that some release has."""
    from vllm_doctor import vllm

    wanted = facts.text("model.architecture")
    running = facts.text("vllm.version") if wanted else None
    if not running or not wanted or _history(facts) is None or vllm.newer_than_table(running):
        return None
    known = vllm.names("architectures", running)
    return wanted not in known if known else None


@derived(TYPE_NOWHERE)
def type_nowhere(facts: Facts) -> bool | None:
    """By the config's own model_type."""
    wanted = facts.text("model.type")
    return None if wanted is None else wanted not in known_types()


@derived(NEEDED)
def remote_code_needed(facts: Facts) -> bool | None:
    """A config with auto_map whose model_type is nobody else's, launched without --trust-remote-code."""
    if facts.get("model.has_auto_map") is not True:
        return None if facts.get("model.has_auto_map") is None else False
    return facts.get(TYPE_NOWHERE) is True and facts.get("args.trust_remote_code") is not True
