"""Where things are mounted in a container, as `-v`, `--mount` and `--tmpfs` say it."""

from __future__ import annotations

import re

from vllm_doctor.launch.around.numbers import unresolved

_NAMED = ("target", "destination", "dst")
_HIDDEN = "\0"


def targets(volumes: str = "", mounts: str = "", tmpfs: str = "") -> tuple[str, ...] | None:
    """The places in the container; None where one of them is not known.

    Each argument is what an option was given, several times joined by commas: `-v SOURCE:TARGET[:OPTIONS]`,
    `--mount type=…,target=TARGET`, `--tmpfs TARGET[:OPTIONS]`.
    """
    found = [_of_volume(piece) for piece in volumes.split(",") if piece]
    found += [piece.partition("=")[2] for piece in mounts.split(",") if piece.partition("=")[0].strip() in _NAMED]
    found += [piece.partition(":")[0] for piece in tmpfs.split(",") if piece.startswith(("/", "$"))]
    known = [place for place in found if place]
    return None if any(_HIDDEN in place or unresolved(place) for place in found if place is not None) else tuple(known)


def _of_volume(piece: str) -> str:
    """The target of `-v`; a lone `z` or `ro` is the rest of options that a comma cut."""
    plain = re.sub(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+|\{\{.*?\}\}", _HIDDEN, piece)
    source, colon, rest = plain.partition(":")
    if re.fullmatch(r"[A-Za-z]", source) and rest[:1] in ("\\", "/"):  # a drive of Windows
        source, colon, rest = rest.partition(":")
    if not colon:
        return source if source.startswith(("/", _HIDDEN)) else ""
    return rest.partition(":")[0]
