"""Shell scripts, batch scripts and pasted commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.parser import parse_shell
from vllm_doctor.launch.readers import document
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch

name = "shell"
_SUFFIXES = (".sh", ".bash", ".sbatch", ".slurm", ".zsh", ".ksh")
_SHEBANG = pattern(r"#!.{0,200}\b(?:ba|z|da|k)?sh\b")


def claims(file: str, text: str) -> bool:
    """Whether a file is a shell script: by its name, its first line, or because it has neither."""
    last = file.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if last.endswith(_SUFFIXES):
        return True
    if text.startswith("#!"):
        return bool(_SHEBANG.match(text.split("\n", 1)[0]))
    return "." not in last and last not in _OTHERS


_OTHERS = frozenset({"dockerfile", "containerfile", "makefile", "gnumakefile", "jenkinsfile", "procfile", "justfile"})


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a shell script, and of the files that it writes with here-documents."""
    found, written = parse_shell(text, file), document.read(text, file)
    every = tuple(sorted([*found, *written], key=lambda launch: launch.span)) if written else found
    if "#SBATCH" not in text:
        return every
    from vllm_doctor.launch.around.slurm import in_batch

    return tuple(in_batch(launch, len(every) - 1) for launch in every)
