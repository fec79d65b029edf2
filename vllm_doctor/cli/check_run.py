"""One run of `check` over all that was given: settings, rules and the baseline are found once, and counts kept."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor.cli.shared import options_from, review_failed
from vllm_doctor.repo.reading import read_named
from vllm_doctor.repo.settings import Settings, SettingsFinder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.cli.check_inputs import Input
    from vllm_doctor.finding import Review
    from vllm_doctor.pipeline import Checker, Options
    from vllm_doctor.repo.baseline import Baseline
    from vllm_doctor.repo.pins import Pin


class CheckRun:
    """Reviews inputs with the settings that count for each; what the command line says counts before them.

    `said` are the command's parameters; `own` the names of those that the user gave.
    """

    def __init__(self, said: dict[str, Any], own: set[str]) -> None:
        self._said = said
        self._own = own
        self.settings = SettingsFinder()
        self._checkers: dict[Options, Checker] = {}
        self._used: list[tuple[Settings, Checker]] = []
        self.baseline = _baseline(said["baseline"])

    def review(self, one: Input) -> Review:
        """The review of one text.

        Raises:
            InputError: a named file cannot be read, or the settings for it are wrong.
        """
        settings = self.settings.of(one.file)
        text, notes = self._text(one)
        checker, policy = self._checker(settings), self._policy(settings, one.file)
        wishes = {name: self._said[name] for name in ("tidy", "unsafe")}
        made = checker.check(text, one.file, policy=policy, pin=self._pin(settings), **wishes)
        if (settings, checker) not in self._used:
            self._used.append((settings, checker))
        return replace(made, notes=(*notes, *made.notes))

    def failed(self, review: Review) -> bool:
        """Whether a review gives exit code 1."""
        settings = self.settings.of(review.file)
        level = None if "fail_on" in self._own else settings.fail_on
        return review_failed(review, level or self._said["fail_on"])

    def unknown_ids(self) -> Iterator[str]:
        """A sentence for each id of the settings that no rule has, as far as rules were needed."""
        from vllm_doctor.engine.silence import UNKNOWN, UNUSED

        for settings, checker in self._used:
            if settings.named and checker.rules:
                rules = checker.rules.rules.values()
                known = {UNKNOWN, UNUSED} | {name for rule in rules for name in (rule.id, rule.shown)}
                for id_, where in settings.named.items():
                    if id_ not in known:
                        yield f"{where}: there is no rule {id_}"

    def _text(self, one: Input) -> tuple[str, tuple[str, ...]]:
        if not one.file:
            return one.command, ()
        text, note = (one.found.text or "", one.found.note) if one.found else read_named(Path(one.file))
        return text, (note,) if note else ()

    def _checker(self, settings: Settings) -> Checker:
        from vllm_doctor.pipeline import Checker

        said = {
            **self._said,
            "gpu": self._said["gpu"] or settings.gpu,
            "rules": (*self._said["rules"], *settings.rules),
        }
        options = options_from(said)
        if options not in self._checkers:
            self._checkers[options] = Checker(options)
        return self._checkers[options]

    def _pin(self, settings: Settings) -> Pin | None:
        """The release of the settings: an image's tag says more of its launch, and the command line more than both."""
        if self._said["vllm_version"] or not settings.vllm_version:
            return None
        from vllm_doctor.repo.pins import Pin

        return Pin(f"=={settings.vllm_version}", settings.file, stated=True)

    def _policy(self, settings: Settings, file: str) -> Any:
        if settings == Settings() and self.baseline is None:
            return None
        from vllm_doctor.engine.silence import Policy

        known = self.baseline.known_in(file) if self.baseline and file else None
        return Policy(settings.ignored(file), settings.severity, known)


def written(path: Path, reviews: list[Review]) -> str:
    """Writes a baseline of all that was found in files; returns a sentence with its counts.

    Raises:
        InputError: an older one of that name is none, or it cannot be written.
    """
    from vllm_doctor.cli.files import write_atomically
    from vllm_doctor.repo.baseline import Baseline, read_baseline

    old = read_baseline(path) if path.exists() else Baseline(path)
    files = [review for review in reviews if review.file]
    found = [
        (review.file, finding.id, finding.fingerprint)
        for review in files
        for launch in review.launches
        for finding in launch.findings
    ]
    new = old.with_findings(found, [review.file for review in files])
    write_atomically(path, new.text())
    total, before = sum(new.counts.values()), sum(old.counts.values())
    added = sum(max(0, number - old.counts.get(entry, 0)) for entry, number in new.counts.items())
    return f"{path}: {total} finding{'' if total == 1 else 's'} ({added} new, {before + added - total} gone)"


def tell(sentence: str) -> None:
    """One sentence on standard error, whose encoding may lack something of it."""
    from vllm_doctor.masking import mask, showing
    from vllm_doctor.report.safe import clean, encodable

    with showing(False):
        said = mask(sentence)
    sys.stderr.write(f"vllm-doctor: {encodable(clean(said), sys.stderr.encoding or 'ascii')}\n")


def _baseline(path: Path | None) -> Baseline | None:
    from vllm_doctor.repo.baseline import read_baseline

    return read_baseline(path) if path else None
