"""A model in a GGUF file: how it was named, and the releases that take that."""

from __future__ import annotations

import re

from vllm_doctor.facts.types import Facts, declare, derived
from vllm_doctor.patterns import pattern

ARCHITECTURE = declare("gguf.architecture", "text", "the GGUF file's architecture, as llama.cpp calls it: qwen3moe")
PATH = declare("gguf.path", "text", "the file, repo or reference that was given")
KIND = declare("gguf.kind", "text", "how the model is named: file, repo-and-quant, or repo (by its name)")
QUANT = declare("gguf.quant_type", "text", "the quantization inside the file that has no kernel")
TOO_OLD = declare("gguf.release_too_old", "flag", "whether the release has no GGUF at all, or not in this notation")
GONE = declare("gguf.gone", "flag", "whether GGUF is no longer part of the release (0.24.0 on)")
TOKENIZER = declare("gguf.config_path", "text", "the repo that --tokenizer names, where the config can come from, too")
REFUSED = declare("gguf.not_runnable", "flag", "whether the release cannot run a model that is named this way")
NEEDS_PLUGIN = declare("gguf.needs_plugin", "flag", "whether the release runs it with a plugin that nothing speaks of")
SINCE = declare("gguf.since", "text", "the first release that takes this notation")
PLUGIN = declare("gguf.plugin", "flag", "whether the launch's file speaks of the plugin for GGUF")
GGUF_PLUGIN = pattern(r"vllm[-_]gguf[-_]plugin")

_FIRST = {"file": "0.5.5", "repo-and-quant": "0.12.0"}


def _kind(name: str) -> str | None:
    if re.search(r"\.gguf$", name, re.I):
        return "file"
    if re.search(r"^[\w.-]+/[\w.-]+:[A-Z0-9_]{2,12}$", name):
        return "repo-and-quant"
    return "repo" if re.search(r"[-_.]gguf$", name.rstrip("/"), re.I) else None


@derived(PATH)
def path(facts: Facts) -> str | None:
    """The model of the launch, where no message names it."""
    return facts.text("model.name")


@derived(KIND)
def kind(facts: Facts) -> str | None:
    """None for a model whose name says nothing of GGUF."""
    name = facts.text("model.name") or facts.text(PATH)
    return _kind(name) if name else None


def _before(running: str | None, first: str) -> bool | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(running) < Version(first) if running else None
    except InvalidVersion:
        return None


@derived(SINCE)
def since(facts: Facts) -> str | None:
    """0.5.5 for a file, 0.12.0 for `owner/repo:Q4_K_M`."""
    return _FIRST.get(facts.text(KIND) or "")


@derived(TOO_OLD)
def release_too_old(facts: Facts) -> bool | None:
    """Needs the release that runs."""
    first = facts.text(SINCE)
    return _before(facts.text("vllm.version"), first) if first else None


@derived(GONE)
def gone(facts: Facts) -> bool | None:
    """The loader and the quantization are in 0.5.5 to 0.23.0."""
    before = _before(facts.text("vllm.version"), "0.24.0")
    return None if before is None else not before


@derived(REFUSED)
def not_runnable(facts: Facts) -> bool | None:
    """Only for a file or `repo:QUANT`; a repo's name alone may hold other files, too."""
    return facts.get(TOO_OLD) is True if facts.text(KIND) in _FIRST else None


@derived(NEEDS_PLUGIN)
def needs_plugin(facts: Facts) -> bool | None:
    """From 0.24.0 on vllm-gguf-plugin loads it, if it is installed (docs/features/quantization/gguf.md)."""
    if facts.text(KIND) not in _FIRST:
        return None
    return facts.get(GONE) is True and facts.get(PLUGIN) is not True


@derived(TOKENIZER)
def config_path(facts: Facts) -> str | None:
    """The original repo: people name it for its tokenizer."""
    tokenizer = facts.text("args.tokenizer")
    return None if tokenizer is None or _kind(tokenizer) or "args.hf_config_path" in facts else tokenizer
