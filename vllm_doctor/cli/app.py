"""The commands, and what every one of them shares: errors as one sentence, exit codes, JSON errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from vllm_doctor import __version__
from vllm_doctor.cli.check import check
from vllm_doctor.cli.diagnose import diagnose
from vllm_doctor.cli.explain import explain
from vllm_doctor.cli.rules import rules
from vllm_doctor.cli.words import arranged, first_word
from vllm_doctor.errors import DoctorError

COMMANDS: dict[str, click.Command] = {"diagnose": diagnose, "check": check, "explain": explain, "rules": rules}
USAGE = 2

HELP = """Usage: vllm-doctor [FILE...]            why a vLLM server did not start, from its log
       docker logs NAME 2>&1 | vllm-doctor
       vllm-doctor check FILE... | 'COMMAND' | -- COMMAND...
                                        what would fail, before the launch
       vllm-doctor explain ID           a cause, its signs and its ways out
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
    except DoctorError as error:
        return _told(error, words)
    except click.ClickException as error:
        return _told(_as_ours(error), words)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        # whoever read the output has gone; nothing can be said any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        click.echo(f"vllm-doctor {__version__}")
        return 0
    if words in (["--help"], ["-h"], ["help"]) or (not words and sys.stdin is not None and sys.stdin.isatty()):
        click.echo(HELP, nl=False)
        return 0
    _warn_of_other_owner()
    name, *rest = arranged(words, COMMANDS, _valued())
    said = {"dashes": _begins_with_dashes(rest)}
    code = COMMANDS[name].main(rest, prog_name=f"vllm-doctor {name}", standalone_mode=False, obj=said)
    return int(code or 0)


def _valued() -> set[str]:
    """The options, of any command, that take a value."""
    options = [item for command in COMMANDS.values() for item in command.params if isinstance(item, click.Option)]
    return {name for option in options if not option.is_flag for name in option.opts}


def _begins_with_dashes(words: Sequence[str]) -> bool:
    """Whether the first word that is no option, nor an option's value, is "--": click does not tell."""
    return "--" in words and first_word(words[: words.index("--")], _valued()) is None


def _warn_of_other_owner() -> None:
    from vllm_doctor.cli.owner import other_owner

    if other := other_owner():
        click.echo(f"vllm-doctor: {other} is another tool of this name; this one is vllm-launch-doctor", err=True)


def _as_ours(error: click.ClickException) -> DoctorError:
    do = "See vllm-doctor --help." if isinstance(error, click.UsageError) else ""
    return DoctorError(error.format_message().rstrip("."), "", do)


def _told(error: DoctorError, words: Sequence[str]) -> int:
    """Print an error, as JSON when JSON was asked for; returns its exit code."""
    joined = " ".join(words)
    if "--format json" in joined or "--format=json" in joined:
        from vllm_doctor.report.json import error_json

        click.echo(error_json(error))
    else:
        from vllm_doctor.report.terminal import error_text

        click.echo(error_text(error), err=True)
    return USAGE
