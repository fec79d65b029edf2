"""The commands, and what every one of them shares: errors as one sentence, exit codes, JSON errors."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vllm_doctor import __version__
from vllm_doctor.cli.commands import COMMANDS, valued
from vllm_doctor.cli.terminal import ReaderGone, asks_a_person, give_up_output, write
from vllm_doctor.cli.words import arranged, first_word
from vllm_doctor.errors import DoctorError

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = 2
INTERRUPTED = 130
READER_GONE = 141
"""As a program ends that the broken pipe's signal stops."""

HELP = """\
Usage: vllm-doctor [FILE...]            why a vLLM server did not start, from its log
       docker logs NAME 2>&1 | vllm-doctor
       vllm-doctor --follow FILE        each failure of a growing log, when complete
       vllm-doctor check FILE... | DIR | 'COMMAND' | -- COMMAND...
                                        what would fail, before the launch
       vllm-doctor fit --gpu A10 -- COMMAND...
                                        where the memory goes, and what fits
       vllm-doctor migrate --to V FILE... | 'COMMAND' | -- COMMAND...
                                        the same launch for another release
       vllm-doctor run [--heal N] -- COMMAND...
                                        start it; why it died; start it mended
       vllm-doctor report LOG           a Markdown for vLLM's bug form
       vllm-doctor explain ID|--FLAG    a cause and its ways out; a flag's history
       vllm-doctor rules                all rules; `rules test DIR` checks your own

  --command 'vllm serve ...'   what was run, when the log does not show it
  --launch FILE                the same from a file
  --format text|json|markdown  --lang en|zh  --quiet  --color auto|always|never
  vllm-doctor COMMAND --help   all options of a command

Exit: 0 healthy or warned, 1 a failure was found, 2 bad usage or input.
"""


def run(words: Sequence[str]) -> int:
    """Run the program with these words; returns the exit code."""
    try:
        return _run(list(words))
    except ReaderGone:
        give_up_output()
        return READER_GONE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except DoctorError as error:
        return _told(error, words)
    except click.ClickException as error:
        return _told(_as_ours(error), words)
    except Exception as error:
        return _told(_as_bug(error), words)


def _run(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        write(f"vllm-doctor {__version__}")
        return 0
    if words in (["--help"], ["-h"], ["help"]):
        write(HELP)
        return 0
    _warn_of_other_owner()
    with_value = valued(words)
    name, *rest = arranged(words, COMMANDS, with_value)
    asks = name == "diagnose" and "--help" not in rest and first_word(rest, with_value) is None
    if asks and asks_a_person(rest):
        write(HELP)
        return 0
    said = {"dashes": _begins_with_dashes(rest, with_value)}
    code = COMMANDS[name].main(rest, prog_name=f"vllm-doctor {name}", standalone_mode=False, obj=said)
    return int(code or 0)


def _begins_with_dashes(words: Sequence[str], with_value: frozenset[str]) -> bool:
    """Whether the first word that is no option, nor an option's value, is "--": click does not tell."""
    return "--" in words and first_word(words[: words.index("--")], with_value) is None


def _warn_of_other_owner() -> None:
    from vllm_doctor.cli.owner import other_owner

    if other := other_owner():
        said = f"{other} is another tool of this name; this one is vllm-launch-doctor"
        click.echo(f"vllm-doctor: {said}", err=True)


def _as_ours(error: click.ClickException) -> DoctorError:
    """A usage error of click's as one of ours: what is wrong, and the near names as what to do."""
    what, _, near = error.format_message().partition("Did you mean")
    near = near.strip(" ().?")
    do = f"Did you mean {near}?" if near else "See vllm-doctor --help."
    return DoctorError(what.rstrip(" .("), "", do if isinstance(error, click.UsageError) else "")


def _as_bug(error: Exception) -> DoctorError:
    """What nobody foresaw. Exit code 1 would say that a failure was found in the log."""
    import traceback

    at = traceback.extract_tb(error.__traceback__)[-1]
    what = f"this is a bug of vllm-doctor: {type(error).__name__}: {error}"
    return DoctorError(what, f"{Path(at.filename).name}:{at.lineno}", "Please report it with the input")


def _told(error: DoctorError, words: Sequence[str]) -> int:
    """Print an error, as JSON when JSON was asked for; returns its exit code."""
    own = words[: words.index("--")] if "--" in words else words
    code = USAGE
    if "run" in own and first_word(own, valued(own)) == own.index("run"):
        from vllm_doctor.cli.run import OWN_ERROR

        code = OWN_ERROR
    words = own
    if "--format=json" in words or ("--format", "json") in pairwise(words):
        from vllm_doctor.report.json import error_json

        write(error_json(error))
    elif sys.stderr is not None:
        from vllm_doctor.report.terminal import error_text

        click.echo(error_text(error, encoding=sys.stderr.encoding or "ascii"), err=True, nl=False)
    return code
