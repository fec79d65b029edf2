"""Launches in: reviewed, reckoned, or rewritten for another release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.contain import contained, gathering
from vllm_doctor.engine import catalogue
from vllm_doctor.engine.ignores import HINT
from vllm_doctor.errors import LaunchError
from vllm_doctor.facts import Facts
from vllm_doctor.facts.of_model import of_gpu
from vllm_doctor.facts.releases import standing
from vllm_doctor.memo import remembering
from vllm_doctor.pipeline import given
from vllm_doctor.pipeline.options import Options
from vllm_doctor.repo.reading import read_named

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from vllm_doctor.engine.fitting import Fit
    from vllm_doctor.engine.migration import Migration
    from vllm_doctor.engine.silence import Policy
    from vllm_doctor.finding import Review
    from vllm_doctor.repo.pins import Pin


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
        self._lookup = given.lookup(options)
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
        found = contained("the reader of this file", lambda: given.launches(text, file), ())
        if not found and HINT not in text:
            return _without_launch(text, file, self._lookup.notes)
        from vllm_doctor.engine.review import Reviewer, Wishes
        from vllm_doctor.engine.silence import Policy
        from vllm_doctor.masking import mask_argv

        self.rules = self.rules or catalogue.load()
        options, lookup = self._options, self._lookup
        pin = pin or given.pin(text, file, options)
        reviewer = Reviewer(
            self.rules,
            options.vllm_version,
            self._facts,
            options.language,
            lambda one: given.model_facts(one, options, lookup, pin),
            mask_argv,
            policy or Policy(),
            pin,
        )
        made = reviewer.review(text, file, found, lambda new: given.launches(new, file), Wishes(tidy, unsafe))
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
    found = given.launches(text, file)
    if not found:
        raise LaunchError("there is no vLLM launch in this", file, "Give what is to be run: vllm serve MODEL ….")
    releases = standing(options.vllm_version, found[0].image, given.pin(text, file, options)).releases
    return answer_fit(replace(found[0], file=file), given.lookup(options), releases, gpus, options.language)


def migrate(launch: str | os.PathLike[str], to: str, options: Options | None = None, *, pin: bool = False) -> Migration:
    """The launches of a file (a path) or a command (a `str`), rewritten for another release of vLLM.

    `options.vllm_version` is the release that they are written for; where it is not given, an image's tag says it, else
    the options that the launch uses. With `pin` the defaults that changed are written out as they were.

    Raises:
        InputError: the file cannot be read, or a release is not in the table.
    """
    from vllm_doctor.engine.migration import Migrator
    from vllm_doctor.engine.migration.origin import release_named

    options = options or Options()
    written = release_named(options.vllm_version, "--from") if options.vllm_version else None
    target = release_named(to, "--to")
    text, file = (launch, "") if isinstance(launch, str) else (read_named(Path(launch))[0], str(launch))
    lookup = given.lookup(options)
    asked = given.pin(text, file, options)
    migrator = Migrator(target, written, options.language, lambda one: lookup.rope(Facts(given.named(one))), pin, asked)
    made = migrator.migrate(text, file, given.launches(text, file), lambda new: given.launches(new, file))
    return replace(made, notes=(*made.notes, *lookup.notes))
