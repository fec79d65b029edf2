"""The arguments of a launch with those of its config file put in, as the parser of its release does it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor.launch.programs import SERVE
from vllm_doctor.launch.yamlfile.config import config_file
from vllm_doctor.launch.yamlfile.keyed import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.types import Launch

_FIRST_KNOWN = (0, 6, 0)
_MODEL_FIRST, _SWITCHES, _LISTS, _MAPS, _NEGATIVES = (0, 6, 3), (0, 6, 4), (0, 10, 2), (0, 16, 0), (0, 28, 0)


def with_config(launch: Launch, release: str | None) -> tuple[str, ...] | None:
    """What vLLM's parser goes on with; None where it reads no config file, or one that may not be read here.

    FlexibleArgumentParser._pull_args_from_config and load_config_file: vllm/utils.py (0.6.0 to 0.9.2),
    vllm/utils/__init__.py (0.10.0 to 0.11.0), vllm/utils/argparse_utils.py (0.11.1 to 0.33.0). A release that is not
    known is read as the newest; before 0.6.0 there is no `--config`.
    """
    found, number = config_file(launch), _number(release)
    if found is None or found.glued or number < _FIRST_KNOWN:
        return None
    given = [
        word
        for key, (_, value) in found.node.entries().items()
        for word in _of_key(key, as_object(value), number, launch.program == SERVE)
    ]
    argv = [*launch.argv[: found.at], *launch.argv[found.at + 2 :]]
    if launch.program != SERVE:
        # before 0.10.2 the first word was taken for a command and stayed in front, be it --config itself
        head = 0 if number >= _LISTS else 1
        kept = launch.argv[:head]
        return (*kept, *given, *launch.argv[head : found.at], *launch.argv[found.at + 2 :])
    head = 1 if number >= _MODEL_FIRST and argv and not launch.argv[0].startswith("-") else 0
    return (*argv[:head], *given, *argv[head:])


def _of_key(key: str, said: Any, number: tuple[int, ...], serve: bool) -> Iterator[str]:
    """The words of one key. `vllm serve` looks for `--no-KEY` in the parser of its commands, which has none."""
    if isinstance(said, bool) and number >= _SWITCHES:
        if said:
            yield f"--{key}"
        elif number >= _NEGATIVES and not serve:
            from vllm_doctor.vllm import arity

            if arity(f"--no-{key}".replace("_", "-")) is not None:
                yield f"--no-{key}"
        return
    if isinstance(said, list) and number >= _LISTS:
        yield from (f"--{key}", *map(str, said)) if said else ()
        return
    yield f"--{key}"
    yield json.dumps(said) if isinstance(said, dict) and number >= _MAPS else str(said)


def _number(release: str | None) -> tuple[int, ...]:
    if release is None:
        return (1_000_000,)
    parts = release.split(".")
    return tuple(int(part) for part in parts[:3] if part.isdigit())
