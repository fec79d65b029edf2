"""Facts of `--config FILE`: whether vLLM reads the file, and which of its keys do nothing or are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.argument_errors import common_errors, program_of, without_model
from vllm_doctor.facts.of_errors import of_errors
from vllm_doctor.facts.types import Fact, declare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Option
    from vllm_doctor.launch.yamlfile.config import ConfigFile

IGNORED = declare(
    "config_given.ignored",
    "text",
    "what of a config file is not taken over: file (--config=FILE is never read) or off-keys (keys that say false)",
)
FILE = declare("config_given.file", "text", "the config file as the launch names it")
OFF = declare("config_given.off_keys", "text", "keys that say false, which does not switch the option off")
OFF_KEYS = declare("config_given.off_written", "text", "what these keys are to be instead: no-KEY: true")
REFUSED = declare(
    "config_given.refused_keys", "text", "keys of the file that vLLM's parser refuses; `option.*` tells of the first"
)

_EDITS = "mend."
_SWITCHES = ("BooleanOptionalAction", "EnableDisableAction")


def of_config_file(option: Option, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    """The facts of a `--config` option; of a file only where it lies below the launch's own."""
    if launch.kind == "vllm-config":
        yield from _of_own_key(option, launch, releases)
    if option.written != "--config" or not option.values:
        return
    yield Fact(FILE, option.values[-1])
    if option.glued:
        if any(vllm.option("--config", release) for release in releases):
            yield Fact(IGNORED, "file")
        return
    from vllm_doctor.launch.yamlfile.config import config_file

    config = config_file(launch)
    if config is not None:
        yield from _of_keys(config, launch, releases)


def _of_keys(config: ConfigFile, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    off = config.off
    dead = [one.word.raw for one in off if _stays_on(one.word.value, launch, releases)]
    if dead:
        yield from _of_off(dead)
    from vllm_doctor.launch.yamlfile.config import with_words

    words = [one for one in config.words if one not in off]
    argv = with_words(launch.argv, config, [one.word.value for one in words])
    first = next(
        (at for at in range(len(argv)) if argv[at : at + len(words)] == tuple(one.word.value for one in words)), 0
    )
    wrong = [
        error
        for error in without_model(common_errors(argv, tuple(releases), program_of(launch)))
        if 0 <= error.index - first < len(words)
    ]
    if wrong:
        keys = dict.fromkeys(words[error.index - first].key.value for error in wrong)
        yield Fact(REFUSED, ", ".join(keys))
        told = of_errors(wrong, argv, releases, program_of(launch))
        yield from (fact for fact in told if not fact.name.startswith(_EDITS))  # the command line is not to be edited


def _of_own_key(option: Option, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    """Where the launch is the config file itself: the word of a key that says `false`."""
    key = launch.words[option.index].raw
    if option.written == f"--no-{key}" and _stays_on(option.written, launch, releases):
        yield from _of_off([key])


def _of_off(keys: Sequence[str]) -> Iterator[Fact]:
    yield Fact(IGNORED, "off-keys")
    yield Fact(OFF, ", ".join(keys))
    yield Fact(OFF_KEYS, ", ".join(f"no-{key}: true" for key in keys))


def _stays_on(negative: str, launch: Launch, releases: Sequence[str]) -> bool:
    """Whether `false` for an option that is on, or that vLLM decides on, is read as nothing in every release.

    `vllm serve` looks for --no-KEY in its outer parser, which has no such option (0.6.6 to 0.33.0).
    """
    program = program_of(launch)
    for release in releases:
        info = vllm.option(negative, release, program)
        if info is None or info.action not in _SWITCHES or info.default not in (True, None):
            return False
        if vllm.habits(release, program).get("config-false") is not False:
            return False
    return bool(releases)
