"""Shell text to launches. Nothing is executed and no variable is expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.options import find, positional
from vllm_doctor.launch.programs import SERVE
from vllm_doctor.launch.prompt import prompts
from vllm_doctor.launch.sites import find_sites
from vllm_doctor.launch.source import whole
from vllm_doctor.memo import remembered

if TYPE_CHECKING:
    from vllm_doctor.launch.frame import Site
    from vllm_doctor.launch.types import Arity, Launch


def parse_shell(text: str, file: str = "") -> tuple[Launch, ...]:
    """Every launch of vLLM in a shell text, in its order.

    `vllm serve` and the API server module, behind the usual wrappers, in `docker run` (podman, nerdctl), in
    `bash -c`, `eval`, `tmux` or `ssh` strings, and from arrays that the text defines. Environment variables
    come from prefixes, `env`, `-e` and earlier `export`s. Whatever the text is, this does not raise.
    """
    return tuple(site.launch for site in shell_sites(text, file))


def parse_command_line(text: str, file: str = "") -> Launch | None:
    """The first launch of ONE pasted or logged command, after a shell prompt or without one."""
    sites = command_sites(text, file)
    return sites[0].launch if sites else None


def shell_sites(text: str, file: str = "") -> list[Site]:
    """The launches of `parse_shell`, with the places at which they may be edited."""
    return list(_shell_sites(text, file))


def command_sites(text: str, file: str = "") -> list[Site]:
    """The launches of a text that may begin with a shell prompt."""
    return list(_command_sites(text, file))


@remembered
def _shell_sites(text: str, file: str) -> tuple[Site, ...]:
    return tuple(find_sites(whole(text), file))


@remembered
def _command_sites(text: str, file: str) -> tuple[Site, ...]:
    return tuple(find_sites(whole(text, prompts(text)), file))


def model_of(launch: Launch, arity: Arity) -> str | None:
    """The model that is asked for: the word after `vllm serve`, else `--model`; variables stay as written.

    vLLM takes `--model` over the word (argparse_utils.py, FlexibleArgumentParser.parse_args, 0.32.0); a
    launch that gives both is answered with the option.
    """
    option = find(launch, arity, "--model")
    if option and option.values:
        return option.values[-1]
    words = positional(launch, arity) if launch.program == SERVE else ()
    return words[0].value if words else None
