"""The flow of docs/design.md from end to end, and the only file that knows every room."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from vllm_doctor.contain import contained, gathering
from vllm_doctor.engine import catalogue
from vllm_doctor.engine.analysis import Said, analyse_all
from vllm_doctor.engine.answer import answer
from vllm_doctor.engine.budget import Budget, seconds_for
from vllm_doctor.engine.ignores import HINT
from vllm_doctor.errors import InputError, LaunchError
from vllm_doctor.facts import Facts
from vllm_doctor.facts.lookup import Lookup
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.of_model import of_gpu
from vllm_doctor.facts.releases import standing
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.log import read_log
from vllm_doctor.memo import remembering
from vllm_doctor.repo.reading import read_named
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vllm_doctor.engine.fitting import Fit
    from vllm_doctor.engine.migration import Migration
    from vllm_doctor.engine.silence import Policy
    from vllm_doctor.facts import Fact
    from vllm_doctor.finding import Diagnosis, Review
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.log.types import Log
    from vllm_doctor.repo.pins import Pin

LogInput: TypeAlias = "str | bytes | os.PathLike[str] | IO[bytes] | Iterable[bytes]"
BLOCK = 1 << 18


@dataclass(frozen=True)
class Options:
    """What a user may say beside a log or a launch.

    `gpu` is a name of the GPU table or a number of GiB; `rules` are folders of own rules; `hub` allows the
    network for model facts; `model_dir` is the folder of the model; `language` is "en" or "zh".
    """

    command: str | None = None
    launch_file: Path | None = None
    vllm_version: str | None = None
    gpu: str | None = None
    rules: tuple[Path, ...] = ()
    hub: bool = False
    model_dir: Path | None = None
    language: str = "en"


def diagnose(*logs: LogInput, options: Options | None = None, names: Iterable[str] = ()) -> Diagnosis:
    """The root cause of one failed deployment, from its log, or from the logs of its ranks and pods together.

    A `str` or `bytes` is a log's text, a path a file, anything else is read in blocks. `names` name the logs in
    the answer.

    Raises:
        InputError: a file cannot be read, it is no log of vLLM, or an option is not what it should be.
        RuleErrors: a rule of a folder in `options.rules` is wrong.
    """
    options = options or Options()
    with gathering() as failures:
        made = _diagnose(logs, options, list(names))
    if not failures:
        return made
    from vllm_doctor.engine.internal import findings_of

    return replace(made, findings=(*made.findings, *findings_of(failures, options.language)))


def _diagnose(logs: Sequence[LogInput], options: Options, named: Sequence[str]) -> Diagnosis:
    read = [_read(log, named[index] if index < len(named) else "") for index, log in enumerate(logs)]
    if not read:
        raise InputError("no log was given", do="Give a file, or pipe a log in.")
    rules = catalogue.load(options.rules)
    lookup = _lookup(options)
    budget = Budget(seconds_for(sum(log.bytes for log in read)))
    said = replace(_said(options, lookup), budget=budget)
    answers = [answer(log, analyse_all(log.attempts, rules, said), rules) for log in read]
    for log, made in zip(read, answers, strict=True):
        _known(log, made)
    if len(answers) == 1:
        return replace(answers[0], notes=(*answers[0].notes, *lookup.notes))
    from vllm_doctor.engine.together import merge

    merged = merge(answers, rules)
    return replace(merged, notes=(*merged.notes, *lookup.notes))


def new_rule(log: LogInput, name: str = "", options: Options | None = None) -> str:
    """The YAML of a rule stub for the unknown failure of a log, secrets masked; see `engine.stub.rule_stub`.

    Raises:
        InputError: the file cannot be read, it is no log of vLLM, or it shows no unknown failure.
    """
    from vllm_doctor.engine.answer import attempt_answered
    from vllm_doctor.engine.stub import rule_stub
    from vllm_doctor.report.mask import mask

    options = options or Options()
    read = _read(log, "")
    analyses = analyse_all(read.attempts, catalogue.load(options.rules), _said(options, _lookup(options)))
    return rule_stub(attempt_answered(analyses), mask, name)


def check(
    launch: str | os.PathLike[str],
    options: Options | None = None,
    *,
    tidy: bool = False,
    unsafe: bool = False,
) -> Review:
    """What would fail before the launch: a path is a file to read, a `str` a command or a script's text.

    `tidy` also removes what is needless; `unsafe` lets fixes that cost something into `fixed`.

    Raises:
        InputError: the file cannot be read, or an option is not what it should be.
    """
    checker = Checker(options or Options())
    if isinstance(launch, str):
        return checker.check(launch, tidy=tidy, unsafe=unsafe)
    text, note = read_named(Path(launch))
    made = checker.check(text, str(launch), tidy=tidy, unsafe=unsafe)
    return replace(made, notes=(note, *made.notes)) if note else made


class Checker:
    """Reviews one text after another; the `rules` are read once, and only where there is a launch.

    Raises:
        InputError: an option is not what it should be.
        RuleErrors: a rule of a folder in `options.rules` is wrong.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._lookup = _lookup(options)
        self._facts = tuple(of_gpu(options.gpu)) if options.gpu else ()
        self.rules = catalogue.load(options.rules) if options.rules else None

    def check(
        self,
        text: str,
        file: str = "",
        *,
        tidy: bool = False,
        unsafe: bool = False,
        policy: Policy | None = None,
        pin: Pin | None = None,
    ) -> Review:
        """The review of a launch file's text, or of a command where no file is named; see `check`.

        `pin` is the release that settings name; else it is what the file's project asks for.
        """
        with gathering() as failures, remembering():
            made = self._check(text, file, policy, pin, tidy=tidy, unsafe=unsafe)
        if not failures:
            return made
        from vllm_doctor.engine.internal import findings_of

        return replace(made, findings=(*made.findings, *findings_of(failures, self._options.language)))

    def _check(
        self, text: str, file: str, policy: Policy | None, pin: Pin | None, *, tidy: bool, unsafe: bool
    ) -> Review:
        found = contained("the reader of this file", lambda: _launches(text, file), ())
        if not found and HINT not in text:
            return _without_launch(text, file, self._lookup.notes)
        from vllm_doctor.engine.review import Reviewer, Wishes
        from vllm_doctor.engine.silence import Policy
        from vllm_doctor.report.mask import mask_argv

        self.rules = self.rules or catalogue.load()
        options, lookup = self._options, self._lookup
        pin = pin or _pin(text, file, options)
        reviewer = Reviewer(
            self.rules,
            options.vllm_version,
            self._facts,
            options.language,
            lambda one: _model_facts(one, options, lookup, pin),
            mask_argv,
            policy or Policy(),
            pin,
        )
        made = reviewer.review(text, file, found, lambda new: _launches(new, file), Wishes(tidy, unsafe))
        return replace(made, notes=(*made.notes, *lookup.notes))


def _without_launch(text: str, file: str, notes: Iterable[str]) -> Review:
    from vllm_doctor.finding import Review
    from vllm_doctor.launch.unread import unread_note

    note = unread_note(text, file) if file else ""
    return Review(file, (), text, notes=(*([note] if note else []), *notes))


def fit(launch: str | os.PathLike[str], options: Options | None = None, *, gpus: int | None = None) -> Fit:
    """Whether a launch fits its GPU, how much memory goes where, and what to change where it does not.

    `launch` is a command, or a path of a file whose first launch counts; `gpus` is how many GPUs there are. Where the
    weights are not known the answer's `fits` is "unknown", and `missing` says what is missing.

    Raises:
        InputError: the file cannot be read, no GPU is named, or an option is not what it should be.
        LaunchError: there is no launch in it.
    """
    from vllm_doctor.engine.fit_answer import answer_fit

    options = options or Options()
    text, file = (launch, "") if isinstance(launch, str) else (read_named(Path(launch))[0], str(launch))
    found = _launches(text, file)
    if not found:
        raise LaunchError("there is no vLLM launch in this", file, "Give what is to be run: vllm serve MODEL ….")
    releases = standing(options.vllm_version, found[0].image, _pin(text, file, options)).releases
    return answer_fit(replace(found[0], file=file), _lookup(options), releases, gpus, options.language)


def migrate(
    launch: str | os.PathLike[str], to: str, options: Options | None = None, *, pin: bool = False
) -> Migration:
    """The launches of a file (a path) or a command (a `str`), rewritten for another release of vLLM.

    `options.vllm_version` is the release that they are written for; where it is not given, an image's tag says it, else
    the options that the launch uses. With `pin` the defaults that changed are written out as they were.

    Raises:
        InputError: the file cannot be read, or a release is not in the table.
    """
    from vllm_doctor.engine.migration import Migrator
    from vllm_doctor.engine.migration.origin import release_named

    options = options or Options()
    given = release_named(options.vllm_version, "--from") if options.vllm_version else None
    target = release_named(to, "--to")
    text, file = (launch, "") if isinstance(launch, str) else (read_named(Path(launch))[0], str(launch))
    lookup = _lookup(options)
    asked = _pin(text, file, options)
    migrator = Migrator(target, given, options.language, lambda one: lookup.rope(Facts(_named(one))), pin, asked)
    made = migrator.migrate(text, file, _launches(text, file), lambda new: _launches(new, file))
    return replace(made, notes=(*made.notes, *lookup.notes))


def _lookup(options: Options) -> Lookup:
    return Lookup(options.model_dir, options.hub, options.gpu)


def _read_launches(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a file; the readers of all kinds are only imported here."""
    from vllm_doctor.launch.files import read_launches

    return read_launches(text, file)


def _launches(text: str, file: str) -> tuple[Launch, ...]:
    if file:
        return _read_launches(text, file)
    found = parse_command_line(text)
    read = tuple(replace(one, file="") for one in _read_launches(text, "command.sh"))  # no such file is to be named
    return read or ((found,) if found else ())


def _read(log: LogInput, name: str) -> Log:
    """A log, read; see `diagnose`."""
    if isinstance(log, (str, bytes)):
        read = read_log([log.encode("utf-8", "surrogateescape") if isinstance(log, str) else log], name or "log")
    elif isinstance(log, os.PathLike):
        path = Path(log)
        if "\0" in str(log):
            raise InputError("is no name of a file", str(log), "Give a log file.")
        try:
            with path.open("rb") as stream:
                _refuse_device(stream, name or str(log))
                read = read_log(_blocks(stream), name or str(log))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", str(log), "Give a log file.") from error
    else:
        stream_name = name or str(getattr(log, "name", "log"))
        read = read_log(_chunks(log), stream_name)
    if not read.lines:
        raise _no_log("this is no vLLM log" if read.bytes else "this log is empty", read)
    return read


def _refuse_device(stream: IO[bytes], name: str) -> None:
    """A pipe is read as a shell's `<(...)` is, and so is a terminal; most devices never end.

    Raises:
        InputError: it is such a device.
    """
    mode = os.fstat(stream.fileno())
    device = stat.S_ISBLK(mode.st_mode) or (stat.S_ISCHR(mode.st_mode) and not stream.isatty())
    if device and not os.path.samestat(mode, Path(os.devnull).stat()):
        raise InputError("is a device, which may never end", name, "Give a log file.")


def _known(log: Log, made: Diagnosis) -> None:
    """Refuses what shows neither vLLM's hand nor a cause: one line of an exception often lacks its name.

    Raises:
        InputError: it is no log of vLLM.
    """
    sure = made.root_cause and made.root_cause.confidence != "possible"
    if not log.vllm and not sure:
        raise _no_log("this is no vLLM log", log)


def _no_log(what: str, log: Log) -> InputError:
    do = "Pipe in what the server printed, from its start: `docker logs NAME 2>&1`, `kubectl logs POD --previous`."
    return InputError(what, log.name, do)


def _chunks(log: IO[bytes] | Iterable[bytes]) -> Iterable[bytes]:
    return _blocks(log) if isinstance(log, io.IOBase) or hasattr(log, "read") else log  # type: ignore[arg-type]


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """What is there, block by block; a live pipe gives what it has without waiting for a full block."""
    read = getattr(stream, "read1", stream.read)
    while block := read(BLOCK):
        yield block


def _said(options: Options, lookup: Lookup) -> Said:
    launch = _given_launch(options)
    facts: list[Fact] = list(of_gpu(options.gpu)) if options.gpu else []
    if launch:
        facts += _files(launch, options, lookup)
    if launch or options.model_dir:
        facts += lookup.of_model(Facts(_named(launch)))
    return Said(
        launch,
        options.vllm_version,
        tuple(facts),
        options.language,
        lambda known, releases, given: lookup.of_log(known, releases, trusted=given),
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
    path = options.launch_file
    launches = _read_launches(read_named(path)[0], str(path))
    if not launches:
        raise LaunchError(
            "no vLLM launch was found in this file",
            str(path),
            "Give the file that starts the server, or --command.",
        )
    return launches[0]


def _named(launch: Launch | None, releases: Sequence[str] = ()) -> dict[str, Fact]:
    return {fact.name: fact for fact in of_launch(launch, releases)} if launch else {}


def _files(launch: Launch, options: Options, lookup: Lookup) -> Iterator[Fact]:
    """What is missing or broken where a launch looks for its model."""
    facts = Facts(_named(launch))
    config = lookup.config(facts, trusted=True)
    from vllm_doctor.facts.model_files import of_files

    yield from of_files(facts, config.files if config else None, options.model_dir, inside=bool(launch.image))


def _pin(text: str, file: str, options: Options) -> Pin | None:
    """What a launch's text installs, else what its project asks of vLLM; nothing where the user names a release."""
    if options.vllm_version:
        return None
    from vllm_doctor.repo.pins import pin_in, pin_of

    return pin_in(text) or (pin_of(Path(file)) if file else None)


def _model_facts(launch: Launch, options: Options, lookup: Lookup, pin: Pin | None) -> list[Fact]:
    """Facts of the model of a launch that the user gave, as far as its files may be read, and its memory sum."""
    releases = standing(options.vllm_version, launch.image, pin).releases
    return [*lookup.of_launch(Facts(_named(launch, releases)), releases), *_files(launch, options, lookup)]
