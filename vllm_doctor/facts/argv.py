"""The command line that an echo of arguments stands for: from names and values back to flags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor import vllm

if TYPE_CHECKING:
    from collections.abc import Mapping

# what a Namespace holds beside options (vllm/entrypoints/cli/serve.py, openai/cli_args.py)
_NO_OPTIONS = frozenset(("subparser", "dispatch_function", "model_tag", "model", "config", "api_server_count"))


def argv_of(args: Mapping[str, Any], release: str | None, program: str = "vllm serve") -> tuple[list[str], list[str]]:
    """The argument list that gives these arguments, and the names that could not be written as options.

    Defaults of the release (of the newest one, where it is not known) are left out.
    """
    release = release or vllm.releases()[-1]
    argv: list[str] = []
    left_out: list[str] = []
    model = args.get("model_tag") or args.get("model")
    if isinstance(model, str) and model:
        argv += [model] if program == "vllm serve" else ["--model", model]
    for name, value in args.items():
        if name in _NO_OPTIONS or value is None:
            continue
        words = _option(name, value, release)
        if words is None:
            left_out.append(name)
        argv += words or []
    return argv, left_out


def _option(name: str, value: Any, release: str) -> list[str] | None:
    """The words of one option, [] for a default, None where it cannot be written."""
    flag = "--" + name.replace("_", "-")
    info = vllm.option(flag, release)
    if info is None:
        return None
    if _same(value, vllm.default(flag, release)):
        return []
    if value is True:
        return [flag]
    if value is False:
        off = "--no-" + flag[2:]
        return [off] if vllm.option(off, release) else None
    if isinstance(value, (list, tuple)):
        plain = all(isinstance(item, (str, int, float)) and not _like_option(str(item)) for item in value)
        return [flag, *[str(item) for item in value]] if plain else None
    if isinstance(value, dict):
        return [flag, json.dumps(value)]
    text = str(value)
    if _like_option(text):
        return [f"{flag}={text}"]
    return None if text.startswith("<") or "(" in text else [flag, text]


def _like_option(text: str) -> bool:
    """Whether a parser would take a value for an option of its own: what a log shows must not switch one on."""
    return text.startswith("-") and not text[1:].replace(".", "", 1).isdigit()


def _same(value: Any, default: Any) -> bool:
    if value == default or str(value) == str(default):
        return True
    return value in ("", [], {}) and default in (None, "", [], {})
