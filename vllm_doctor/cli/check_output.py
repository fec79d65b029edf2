"""What `check` writes: each review in the form that was asked for, and the counts of a whole run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor.cli.terminal import look, write
from vllm_doctor.report.summary import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.cli.check_inputs import Input
    from vllm_doctor.finding import Review
    from vllm_doctor.repo.baseline import Baseline
    from vllm_doctor.repo.reading import Found
    from vllm_doctor.repo.walk import Walk


class Output:
    """Writes the reviews of one run. `many`: more than one file or command was given."""

    def __init__(self, said: dict[str, Any], *, many: bool) -> None:
        self._said = said
        self._many = many
        self._tally = Tally()
        self._gap = ""

    def pass_over(self, found: Found) -> None:
        """Count a walked file in which there is nothing to review."""
        self._tally.large += found.large
        self._tally.others += found.speaks
        self._tally.without += not (found.large or found.speaks)

    def answer(self, review: Review, one: Input, *, failed: bool) -> int:
        """Show a review, make or show its changes; returns its exit code.

        A change is written before anything is said of it. Of several files those without any launch go unmentioned:
        pre-commit passes every shell script there is.
        """
        self._tally.add(review)
        fixed = review.fixed
        if self._said["fix"] and one.file and fixed is not None:
            from vllm_doctor.cli.files import write_atomically

            write_atomically(Path(one.file), fixed)
        if self._is_told(review, walked=one.found is not None):
            self._write(self._drawn(review, one, failed=failed))
        changed = fixed is not None and (self._said["fix"] or self._said["show_diff"])
        return int(changed or failed)

    def end(self, reviews: Sequence[Review], walks: Sequence[Walk], baseline: Baseline | None) -> None:
        """What is said when all were reviewed: one SARIF document, the counts, and what was not looked at."""
        from vllm_doctor.cli.check_run import tell

        if self._said["form"] == "sarif":
            from vllm_doctor.report.sarif import reviews_sarif

            write(reviews_sarif(reviews, language=self._said["lang"]))
        self._tally.nested = [name for walk in walks for name in walk.nested]
        patch = self._said["show_diff"] or self._said["quiet"]
        if (walks or (self._many and self._tally.found)) and self._said["form"] in ("text", "github") and not patch:
            from vllm_doctor.report.summary import tally_text

            self._write(tally_text(self._tally, **look(self._said["color"]), language=self._said["lang"]))
        for name in (name for walk in walks for name in walk.closed):
            tell(f"{name}: cannot be read, so nothing in it was checked")
        if baseline and (stale := baseline.stale()):
            tell(f"{baseline.path}: {stale} listed and there no more; --write-baseline takes them out")

    def _write(self, text: str) -> None:
        """Write what is said of one file; in text an empty line stands before the next."""
        write(self._gap + text if text else "")
        prose = self._said["form"] == "text" and not (self._said["quiet"] or self._said["show_diff"])
        self._gap = "\n" if text and prose else self._gap

    def _is_told(self, review: Review, *, walked: bool) -> bool:
        found = review.findings or review.notes or any(launch.findings for launch in review.launches)
        form = self._said["form"]
        if form == "sarif":
            return False
        if form == "text":
            return bool(found or review.fixed is not None or (review.launches and not walked) or not self._many)
        return bool(not walked or found or review.launches) if form == "json" else bool(not walked or found)

    def _drawn(self, review: Review, one: Input, *, failed: bool) -> str:
        if self._said["form"] == "text":
            return self._as_text(review, one, failed=failed)
        if self._said["form"] == "json":
            from vllm_doctor.report.json import review_json

            return review_json(review)
        if self._said["form"] == "github":
            from vllm_doctor.report.github import review_github

            return review_github(review, language=self._said["lang"])
        from vllm_doctor.report.markdown import review_markdown

        return review_markdown(review, language=self._said["lang"])

    def _as_text(self, review: Review, one: Input, *, failed: bool) -> str:
        """The diff, or the mended command alone, where that was asked for and there is one; else the review."""
        if self._said["show_diff"] and (review.fixed is not None or not failed):
            from vllm_doctor.cli.files import diff

            return "" if review.fixed is None else diff(review.text, review.fixed, review.file)
        if self._said["fix"] and not one.file and (review.fixed is not None or not failed):
            from vllm_doctor.masking import mask

            return mask(review.text if review.fixed is None else review.fixed)
        from vllm_doctor.report.review import review_text

        return review_text(
            review,
            **look(self._said["color"]),
            language=self._said["lang"],
            quiet=self._said["quiet"],
            good=one.found is None,
            summed=not self._many,
        )
