"""What `check` found, as plain text: each launch, what is wrong in it, and the fixed command."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vllm_doctor.masking import mask_argv
from vllm_doctor.report import layout
from vllm_doctor.report.caret import Quoter
from vllm_doctor.report.evidence import quote_rows, rows_lines
from vllm_doctor.report.fixes import command_lines, way_out_lines
from vllm_doctor.report.head import joined
from vllm_doctor.report.part import block, part
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.summary import SEVERITIES
from vllm_doctor.report.terminal import SIGNS, draw, title_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.finding import Finding, LaunchReview, Review
    from vllm_doctor.report.words import Language


def review_text(
    review: Review,
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
    quiet: bool = False,
    good: bool = True,
    summed: bool = True,
) -> str:
    """The answer of `check` for one file or command, ending in a newline.

    Without `good`, launches in which nothing was found are left out, and that there is none is not said; without
    `summed`, the last line that counts is left out.
    With `quiet` it is for pipes: of each launch the fixed command, else the ids of what was found, one a
    line; nothing at all when nothing is wrong.
    """
    pen = Pen.of(width, colour, encoding, language)
    if quiet:
        return "".join(f"{line}\n" for line in _quiet(pen, review))
    blocks: list[list[str]] = []
    if not review.launches and good:
        named = f"{pen.say(review.file)}: " if review.file else ""
        blocks.append([named + pen.word("no-launch")])
    quoter = Quoter(pen, review)
    for launch in review.launches:
        if good or launch.findings:
            blocks += part(partial(_launch, pen, launch, quoter), block)
    for finding in review.findings:
        blocks += _finding(pen, finding, quoter, command=True)
    at = "" if good or not review.file else f"{review.file}: "
    blocks += [pen.labelled(pen.word("note"), pen.say(f"{at}{note}")) for note in review.notes]
    return draw([*blocks, _sum(pen, review) if summed else []])


def _launch(pen: Pen, launch: LaunchReview, quoter: Quoter) -> list[list[str]]:
    place = f"{pen.say(launch.file)}:{launch.line}" if launch.file else ""
    parts = [place, pen.say(launch.program), pen.say(launch.model or ""), pen.say(launch.image or "")]
    if launch.vllm_version:
        said = launch.version_source not in (None, "given", "image")
        parts.append(
            pen.word("release", release=pen.say(launch.vllm_version))
            + (f" ({pen.say(launch.version_source or '')})" if said else "")
        )
    head = joined(pen, [part for part in parts if part])
    if layout.columns(place) > pen.width:
        head[0] = pen.paint(place, "strong")  # a place that is cut leads nowhere
    blocks = [head]
    if launch.argv_effective is not None:
        received = pen.say(" ".join(mask_argv(launch.argv_effective)))
        blocks.append(pen.labelled(pen.word("launch.receives"), received))
    for finding in launch.findings:
        whole = finding.region == launch.region
        blocks += _finding(pen, finding, None if whole else quoter, command=launch.fixed is None)
    if not launch.findings:
        blocks.append([f"{pen.paint(pen.sign('✓'), 'good')} {pen.word('launch.good')}"])
    if launch.fixed is not None:
        blocks += [pen.prose(pen.word("run")), command_lines(pen, launch.fixed)]
    return blocks


def _finding(pen: Pen, finding: Finding, quoter: Quoter | None, *, command: bool) -> list[list[str]]:
    """A finding's blocks; the line that it means is quoted where it means less than a whole launch."""
    sign, style = SIGNS[finding.severity]
    where = [f"  {pen.paint(pen.say(finding.place), 'dim')}"] if finding.place else []
    return [
        [*title_lines(pen, sign, style, finding.title, finding.id), *where],
        quoter.lines(finding.region, style) if quoter else [],
        pen.prose(finding.explanation),
        *way_out_lines(pen, finding, command=command),
        rows_lines(pen, quote_rows(pen, finding.evidence, named=False)),
    ]


def _sum(pen: Pen, review: Review) -> list[str]:
    """`1 error, 1 warning in 1 launch`, or nothing when nothing was found."""
    found = _findings(review)
    if not found or not review.launches:
        return []
    counted = [(key, sum(one.severity == severity for one in found)) for key, severity in SEVERITIES]
    counts = [pen.count(key, number) for key, number in counted if number]
    launches = pen.count("launches", len(review.launches))
    return [pen.word("review.sum", found=pen.word("list").join(counts), launches=launches)]


def _findings(review: Review) -> Sequence[Finding]:
    return [*(one for launch in review.launches for one in launch.findings), *review.findings]


def _quiet(pen: Pen, review: Review) -> list[str]:
    lines: list[str] = []
    for launch in review.launches:
        if launch.fixed is not None:
            lines += pen.say_lines(launch.fixed)
        else:
            lines += [pen.say(finding.id) for finding in launch.findings]
    return [*lines, *(pen.say(finding.id) for finding in review.findings)]
