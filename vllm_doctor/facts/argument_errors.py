"""What the parser of vLLM rejects in a launch, whichever of its possible releases runs it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.launch.docker import LAST_WITH_MODULE, entry_program
from vllm_doctor.launch.programs import SERVE
from vllm_doctor.vllm import versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.types import Launch, Option
    from vllm_doctor.vllm import ArgumentError, Program

MOST_WORDS = 300
"""A launch of more words is not judged: nobody wrote it, and each option costs a look at all of its words."""
MOST_ERRORS = 50
"""So many errors of a launch are told, the first ones."""


def program_of(launch: Launch, releases: Sequence[str] = ()) -> Program:
    """The parser that reads a launch's arguments, in `releases` where an image's tag leaves open which one it holds."""
    old = (
        launch.program_source == "image-entrypoint"
        and launch.kind != "helm"
        and releases
        and _starts_module(launch.image or "", releases[-1])
    )
    return "api_server" if launch.program == "api_server" or old else "vllm serve"


def _starts_module(image: str, release: str) -> bool:
    """Whether an image of no release in its name starts the API server's module in that release (see `docker`)."""
    number, last = versions.number(release), versions.number(LAST_WITH_MODULE)
    unsaid = not any(char.isdigit() for char in image.rpartition("/")[2].partition(":")[2])
    return unsaid and entry_program(image) == SERVE and number is not None and last is not None and number <= last


def errors_of(launch: Launch, releases: Sequence[str]) -> tuple[ArgumentError, ...]:
    """What every release of the set rejects in a launch, worded by the newest; nothing for offline `LLM()`."""
    if launch.program not in ("vllm serve", "api_server") or len(launch.argv) > MOST_WORDS:
        return ()
    errors = common_errors(launch.argv, tuple(releases), program_of(launch, releases))
    return (without_model(errors) if launch.kind == "vllm-config" else errors)[:MOST_ERRORS]


def without_model(errors: Sequence[ArgumentError]) -> tuple[ArgumentError, ...]:
    """The errors of a config file's words: its model is no `--model` on the command line, and may stand there instead.

    FlexibleArgumentParser.parse_args looks for `--model` before it pulls the file in (0.8.3 to 0.33.0).
    """
    about = (("refused", "--model"), ("missing-model", "model_tag"))
    return tuple(error for error in errors if (error.fault, error.flag) not in about)


@lru_cache(maxsize=64)
def common_errors(argv: tuple[str, ...], releases: tuple[str, ...], program: Program) -> tuple[ArgumentError, ...]:
    """The errors at those places of the arguments where every release finds one, worded by the newest."""
    if not releases:
        return ()
    places = {error.index for error in vllm.check(argv, releases[-1], program, suggest=False)}
    for release in reversed(releases[:-1]):
        if not places:
            return ()
        places &= {error.index for error in vllm.check(argv, release, program, suggest=False)}
    return tuple(error for error in vllm.check(argv, releases[-1], program) if error.index in places) if places else ()


def errors_at(option: Option, errors: Sequence[ArgumentError]) -> tuple[ArgumentError, ...]:
    """Those of the errors that are about an option or its values."""
    last = option.index + (0 if option.glued else len(option.values))
    return tuple(error for error in errors if option.index <= error.index <= last)
