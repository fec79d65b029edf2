"""What `check` found in a whole repository, counted, in one line."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.report import layout
from vllm_doctor.report.pen import Pen
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.finding import Review
    from vllm_doctor.report.words import Language

SEVERITIES = (("errors", "error"), ("warnings", "warning"), ("notes", "note"))


@dataclass
class Tally:
    """Counts over the files of one run. `without` are files without the word vLLM, `large` those too large to read."""

    launches: int = 0
    files: int = 0
    others: int = 0
    without: int = 0
    large: int = 0
    ignored: int = 0
    baselined: int = 0
    found: dict[str, int] = field(default_factory=dict)
    nested: list[str] = field(default_factory=list)

    def add(self, review: Review) -> None:
        """Count a file that was reviewed."""
        self.launches += len(review.launches)
        self.files += bool(review.launches)
        self.others += not review.launches
        self.ignored += review.ignored
        self.baselined += review.baselined
        for one in (*(one for launch in review.launches for one in launch.findings), *review.findings):
            self.found[one.severity] = self.found.get(one.severity, 0) + 1


def tally_text(
    tally: Tally, *, width: int = 80, colour: bool = False, encoding: str = "utf-8", language: Language = "en"
) -> str:
    """`3 launches in 3 files, 2 findings (1 error, 1 warning); 497 files without vLLM`, and what was not looked at."""
    pen = Pen.of(width, colour, encoding, language)
    parts = [pen.word("list").join(_found(pen, tally))]
    for key, number in (("sum.without", tally.without), ("sum.other", tally.others), ("sum.large", tally.large)):
        parts += [pen.word(key, files=pen.count("files", number))] if number else []
    lines = layout.wrap(pen.word("sum.end").join(parts), pen.width)
    for name in tally.nested:
        lines += layout.wrap(pen.word("sum.nested", name=pen.say(name)), pen.width)
    return "\n".join(lines) + "\n"


def _found(pen: Pen, tally: Tally) -> list[str]:
    launches, files = pen.count("launches", tally.launches), pen.count("files", tally.files)
    parts = [pen.word("sum.launches", launches=launches, files=files) if tally.launches else pen.word("no-launch")]
    if tally.found:
        counts = [pen.count(key, tally.found[name]) for key, name in SEVERITIES if name in tally.found]
        found = pen.count("found", sum(tally.found.values()))
        parts.append(pen.word("sum.found", found=found, counts=pen.word("list").join(counts)))
    for key, number in (("sum.ignored", tally.ignored), ("sum.baselined", tally.baselined)):
        parts += [pen.word(key, n=number)] if number else []
    return parts
