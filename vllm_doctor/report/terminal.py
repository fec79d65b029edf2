"""A diagnosis as plain text for a person: what it was, why, the command that works, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.masking import mask
from vllm_doctor.report import layout
from vllm_doctor.report.evidence import evidence_lines, quote_rows, rows_lines
from vllm_doctor.report.fixes import way_out_lines
from vllm_doctor.report.head import attempt_lines, head_lines
from vllm_doctor.report.part import block, part
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.safe import unannounced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vllm_doctor.errors import DoctorError
    from vllm_doctor.finding import Context, Diagnosis, Finding
    from vllm_doctor.report.words import Language

SIGNS = {"error": ("✗", "bad"), "warning": ("!", "warn"), "note": ("-", "dim")}
"""The sign and style of each severity."""

_FRAMES_SHOWN = 6
_RECORDS_SHOWN = 12


def diagnosis_text(
    diagnosis: Diagnosis,
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
    quiet: bool = False,
) -> str:
    """The answer for one deployment, ending in a newline.

    `width` is in terminal columns. With `quiet` it is for pipes: the command that works and nothing else;
    without one (a fragment is no command) the root cause's id; without a root cause the verdict's word.
    """
    pen = Pen.of(width, colour, encoding, language)
    if quiet:
        return "\n".join(_quiet(pen, diagnosis)) + "\n"
    blocks = [*part(lambda: [head_lines(pen, diagnosis), attempt_lines(pen, diagnosis.attempts)], block)]
    blocks += part(lambda: _verdict(pen, diagnosis), block)
    blocks += [pen.labelled(pen.word("note"), pen.say(note)) for note in diagnosis.notes]
    blocks.append(_stub(pen, diagnosis))
    return draw(blocks)


def summary_text(
    diagnoses: Sequence[Diagnosis],
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
) -> str:
    """The last line over several logs: how often each cause (or verdict) was found, the commonest first."""
    pen = Pen.of(width, colour, encoding, language)
    counts: dict[str, int] = {}
    for diagnosis in diagnoses:
        name = _answer(pen, diagnosis)
        counts[name] = counts.get(name, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{name} {pen.sign('×')}{number}" if number > 1 else name for name, number in ordered]
    key = "summary.one" if len(diagnoses) == 1 else "summary"
    text = pen.word(key, n=len(diagnoses), causes=pen.word("list").join(named))
    return draw([layout.wrap(text, pen.width)])


def error_text(error: DoctorError, *, colour: bool = False, encoding: str = "utf-8", language: Language = "en") -> str:
    """An error as the command line prints it: one sentence, or one line for each problem of a rule file."""
    pen = Pen.of(80, colour, encoding, language)
    first, *rest = pen.say_lines(str(error))
    return draw([[f"{pen.paint(pen.word('error'), 'bad')}: {first}", *rest]])


def draw(blocks: Iterable[Sequence[str]]) -> str:
    """Blocks of lines, an empty line between them; empty blocks and blanks at line ends are left out."""
    text = "\n\n".join("\n".join(line.rstrip(" ") for line in block) for block in blocks if block)
    return unannounced(text) + "\n"


def title_lines(pen: Pen, sign: str, style: str, title: str, name: str) -> list[str]:
    """`✗ title`, with the id at the right edge of its last line, or below where there is no room."""
    mark = pen.sign(sign)
    indent = layout.columns(mark) + 1
    lines = layout.wrap(pen.say(title), pen.width - indent) or [""]
    drawn = pen.say(name)
    gap = pen.width - indent - layout.columns(lines[-1]) - layout.columns(drawn)
    painted = [pen.paint(line, "strong") for line in lines]
    painted = [pen.paint(mark, style) + " " + painted[0], *(" " * indent + line for line in painted[1:])]
    if gap >= 2:
        painted[-1] += " " * gap + pen.paint(drawn, "id")
    elif drawn:
        painted.append(" " * max(indent, pen.width - layout.columns(drawn)) + pen.paint(drawn, "id"))
    return painted


def finding_blocks(pen: Pen, finding: Finding, *, past: bool = False) -> list[list[str]]:
    """A finding's title, explanation, how sure it is, and the way out; `past`: the server started later."""
    severity = "warning" if past and finding.severity == "error" else finding.severity
    sign, style = SIGNS[severity]
    sure = f"confidence.{finding.confidence}" if finding.confidence != "certain" else ""
    return [
        title_lines(pen, sign, style, finding.title, finding.id),
        pen.prose(finding.explanation),
        [
            *(pen.prose(pen.word(sure)) if sure else []),
            *(pen.prose(pen.word("transient")) if finding.transient else []),
        ],
        *way_out_lines(pen, finding),
    ]


def _verdict(pen: Pen, diagnosis: Diagnosis) -> list[list[str]]:
    """What is said below the head, by verdict."""
    past = diagnosis.verdict in ("warned", "healthy")
    cause = diagnosis.root_cause
    root = part(lambda: finding_blocks(pen, cause, past=past), block) if cause else []
    evidence = part(lambda: [evidence_lines(pen, diagnosis)], block)
    if past:
        return [[f"{pen.paint(pen.sign('✓'), 'good')} {pen.word(diagnosis.verdict)}"], *root, *evidence]
    if diagnosis.verdict == "incomplete":
        return [*part(lambda: _incomplete(pen, diagnosis), block), *root, *evidence]
    return [*root, *evidence] if root else [*part(lambda: _unknown(pen, diagnosis), block), *evidence]


def _stub(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    """The last line on an unknown failure: the command that begins a rule for it; never wrapped.

    Not where all that is known is a symptom: a rule of that would fit every failure.
    """
    from shlex import quote

    first = diagnosis.context.records[:1] if diagnosis.context else ()
    follows = {(one.source, one.line) for finding in diagnosis.findings for one in finding.evidence}
    if diagnosis.verdict != "unknown-failure" or not first or (first[0].source, first[0].line) in follows:
        return []
    name = diagnosis.sources[-1].name
    piped = name in ("-", "<stdin>", "log", "")
    return [pen.word("unknown.stub", log="LOG" if piped else pen.say(quote(name)))]


def _incomplete(pen: Pen, diagnosis: Diagnosis) -> list[list[str]]:
    """The last step that was seen, the lines around it, and what to fetch next."""
    context = diagnosis.context
    step = pen.prose(pen.word("incomplete.last", step=pen.say(context.message))) if context and context.message else []
    return [
        title_lines(pen, "?", "warn", pen.word("incomplete"), "incomplete"),
        step,
        _records(pen, diagnosis, context),
        pen.prose(pen.word("incomplete.next")),
    ]


def _unknown(pen: Pen, diagnosis: Diagnosis) -> list[list[str]]:
    """The innermost exception, its innermost frames, and the records around it, in place of a guess."""
    context = diagnosis.context
    title = title_lines(pen, "✗", "bad", pen.word("unknown"), "unknown-failure")
    if context is None:
        return [title]
    if not context.exception:
        return [title, pen.prose(pen.word("unknown.nothing")), _records(pen, diagnosis, context)]
    said = f"{context.exception}: {context.message}" if context.message else context.exception
    first = pen.say(next(iter(mask(said).splitlines()), ""))
    frames = [(pen.word("frame"), pen.say(frame), "") for frame in context.frames[-_FRAMES_SHOWN:]]
    return [
        title,
        pen.prose(pen.word("unknown.innermost")),
        ["  " + line for line in layout.wrap(pen.cut(first, 4 * pen.width), pen.width - 2)],
        rows_lines(pen, reversed(frames)),
        _records(pen, diagnosis, context),
    ]


def _records(pen: Pen, diagnosis: Diagnosis, context: Context | None) -> list[str]:
    if context is None:
        return []
    rows = quote_rows(pen, context.records, named=len(diagnosis.sources) > 1, most=_RECORDS_SHOWN)
    return rows_lines(pen, rows)


def _answer(pen: Pen, diagnosis: Diagnosis) -> str:
    if diagnosis.root_cause and diagnosis.verdict != "healthy":
        return pen.say(diagnosis.root_cause.id)
    return diagnosis.verdict


def _quiet(pen: Pen, diagnosis: Diagnosis) -> list[str]:
    root = diagnosis.root_cause
    for fix in root.fixes if root else ():
        if fix.command and fix.command_kind != "fragment":
            return pen.say_lines(fix.command)
    return [_answer(pen, diagnosis)]
