"""`docker run`, `podman run` and `nerdctl run`: which words are theirs, which are vLLM's."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.launch.programs import API_SERVER, SERVE
from vllm_doctor.launch.types import Variable
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.commands import Arg
    from vllm_doctor.launch.source import Source

_WITHOUT_VALUE = """
    detach disable-content-trust help init interactive no-healthcheck oom-kill-disable privileged publish-all
    quiet read-only rm sig-proxy tty use-api-socket
    replace rmi rootfs tls-verify no-hosts no-hostname env-host http-proxy read-only-tmpfs passwd
"""
_SWITCHES = frozenset(_WITHOUT_VALUE.split())
_SHORT_SWITCHES = {"d": "detach", "i": "interactive", "t": "tty", "P": "publish-all", "q": "quiet"}
_SHORT = {"e": "env", "p": "publish", "v": "volume", "w": "workdir", "u": "user", "m": "memory"}
_NAMES = {"publish": "port", "net": "network"}
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_ARGUMENTS = "VLLM_ARGS"
LAST_WITH_MODULE = "0.11.0"
"""The last release whose image starts the API server's module (docker/Dockerfile)."""


@dataclass(slots=True)
class Container:
    """A `run` or `exec` of a container engine: its options, its image, and where its command begins.

    `image_at` is the index of the image (of the container's name for `exec`), before which options go.
    `overrides` tells of an `--entrypoint`. `arguments` are the options that an image's own start script takes
    from the variable VLLM_ARGS.
    """

    engine: str
    verb: str
    image: str
    image_at: int
    options: dict[str, str] = field(default_factory=dict)
    entrypoint: Arg | None = None
    overrides: bool = False
    arguments: Source | None = None
    env: list[Variable] = field(default_factory=list)


def read_container(engine: str, args: Sequence[Arg], at: int) -> Container | None:
    """Read the words after `docker`; None when they start no container."""
    while at < len(args) and args[at].value.startswith("-"):
        at += 2 if args[at].value in ("-H", "-c", "--context", "--host", "-n", "--namespace") else 1
    if at < len(args) and args[at].value == "container":
        at += 1
    if at >= len(args) or args[at].value not in ("run", "exec", "create"):
        return None
    made = Container(engine, args[at].value, "", 0)
    at += 1
    while at < len(args):
        word = args[at].value
        if word[:1] in _DASHES and word:
            at += 1 if "=" in word else 2
        elif word.startswith("-") and len(word) > 1:
            at = _option(args, at, made)
        else:
            made.image, made.image_at = word, at
            return made
    return None


def _option(args: Sequence[Arg], at: int, made: Container) -> int:
    word = args[at].value
    if word.startswith("--"):
        name, glue, _ = word[2:].partition("=")
        if name in _SWITCHES and not glue:
            made.options[name] = ""
            return at + 1
        if glue:
            _take(made, name, args[at], len(name) + 3)
            return at + 1
    else:
        letter = next((i for i, char in enumerate(word[1:], 1) if char not in _SHORT_SWITCHES), 0)
        made.options.update({_SHORT_SWITCHES[char]: "" for char in word[1 : letter or len(word)]})
        if not letter:
            return at + 1
        name = _SHORT.get(word[letter], word[letter])
        if letter + 1 < len(word):
            _take(made, name, args[at], letter + 1 + (word[letter + 1] == "="))
            return at + 1
    if at + 1 < len(args):
        _take(made, name, args[at + 1], 0)
    return at + 2


def _take(made: Container, name: str, arg: Arg, skip: int) -> None:
    value = arg.value[skip:]
    if name == "env":
        variable, glue, content = value.partition("=")
        if variable == _ARGUMENTS:
            made.arguments = arg.nested(skip + len(variable) + 1)
        made.env.append(Variable(variable, content if glue else None, arg.word.span, "docker"))
        return
    if name == "entrypoint":
        made.overrides = True
        made.entrypoint = arg.part(skip) if value else None
    key = _NAMES.get(name, name)
    made.options[key] = f"{made.options[key]},{value}" if key in made.options else value


def entry_program(image: str) -> str | None:
    """What an image's own entry point starts, or None for an image that is not known to start vLLM.

    `vllm/vllm-openai` started the API server module up to 0.11.0 and `vllm serve` since; a tag that names
    no release is read as a recent one. Images for TPU start a shell (docker/Dockerfile.tpu, 0.9.2 to 0.24.0).
    """
    name = image.rsplit("/", 1)[-1].partition("@")[0].partition(":")
    if not name[0].startswith(("vllm-openai", "vllm-cpu")):
        return None
    release = re.match(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", name[2])
    old = release and tuple(int(part or 0) for part in release.groups()) <= tuple(map(int, LAST_WITH_MODULE.split(".")))
    return API_SERVER if old else SERVE


def is_vllm_image(image: str) -> bool:
    """Whether the name of an image says that vLLM is in it."""
    return "vllm" in image.lower()
