"""What the user's options say of the launch, its release and its model, as facts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.engine.analysis import Said
from vllm_doctor.errors import LaunchError
from vllm_doctor.facts import Facts
from vllm_doctor.facts.lookup import Lookup
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.of_model import of_gpu
from vllm_doctor.facts.releases import standing
from vllm_doctor.launch.parser import parse_command_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.facts import Fact
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.pipeline.options import Options
    from vllm_doctor.repo.pins import Pin


def said(options: Options, known: Lookup) -> Said:
    """What the user says beside a log."""
    launch = _given_launch(options)
    facts: list[Fact] = list(of_gpu(options.gpu)) if options.gpu else []
    if launch:
        facts += _files(launch, options, known)
    if launch or options.model_dir:
        facts += known.of_model(Facts(named(launch)))
    return Said(
        launch,
        options.vllm_version,
        tuple(facts),
        options.language,
        lambda facts, releases, given: known.of_log(facts, releases, trusted=given),
    )


def _given_launch(options: Options) -> Launch | None:
    """The launch that the user gave.

    Raises:
        LaunchError: there is none in what was given.
    """
    if options.command is not None:
        found = parse_command_line(options.command)
        if found is None:
            raise LaunchError(
                "there is no vLLM launch in this command",
                "--command",
                "Give what was run: 'vllm serve MODEL …'.",
            )
        return found
    if options.launch_file is None:
        return None
    from vllm_doctor.repo.reading import read_named

    path = options.launch_file
    found_in_file = _read_launches(read_named(path)[0], str(path))
    if not found_in_file:
        raise LaunchError(
            "no vLLM launch was found in this file",
            str(path),
            "Give the file that starts the server, or --command.",
        )
    return found_in_file[0]


def lookup(options: Options) -> Lookup:
    """Where facts of models are looked up."""
    return Lookup(options.model_dir, options.hub, options.gpu)


def _read_launches(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a file; the readers of all kinds are only imported here."""
    from vllm_doctor.launch.files import read_launches

    return read_launches(text, file)


def launches(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a file's text, or of a command where no file is named."""
    if file:
        return _read_launches(text, file)
    found = parse_command_line(text)
    read = tuple(replace(one, file="") for one in _read_launches(text, "command.sh"))  # no such file is to be named
    return read or ((found,) if found else ())


def named(launch: Launch | None, releases: Sequence[str] = ()) -> dict[str, Fact]:
    """The facts of a launch by name."""
    return {fact.name: fact for fact in of_launch(launch, releases)} if launch else {}


def _files(launch: Launch, options: Options, known: Lookup) -> Iterator[Fact]:
    """What is missing or broken where a launch looks for its model."""
    facts = Facts(named(launch))
    config = known.config(facts, trusted=True)
    from vllm_doctor.facts.model_files import of_files

    yield from of_files(facts, config.files if config else None, options.model_dir, inside=bool(launch.image))


def pin(text: str, file: str, options: Options) -> Pin | None:
    """What a launch's text installs, else what its project asks of vLLM; nothing where the user names a release."""
    if options.vllm_version:
        return None
    from vllm_doctor.repo.pins import pin_in, pin_of

    return pin_in(text) or (pin_of(Path(file)) if file else None)


def model_facts(launch: Launch, options: Options, known: Lookup, asked: Pin | None) -> list[Fact]:
    """Facts of the model of a launch that the user gave, as far as its files may be read, and its memory sum."""
    releases = standing(options.vllm_version, launch.image, asked).releases
    return [*known.of_launch(Facts(named(launch, releases)), releases), *_files(launch, options, known)]
