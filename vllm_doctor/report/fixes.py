"""The way out: the command at column 0, what it changes, and the other ways.

A command is never wrapped and nothing else stands on its lines, so that it can be marked and copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.masking import MASKED, is_hidden
from vllm_doctor.report import layout

if TYPE_CHECKING:
    from vllm_doctor.finding import Change, Finding, Fix, Step
    from vllm_doctor.report.pen import Pen

_REASON = 30
"""The columns that a reason wants at least beside what it explains."""


def way_out_lines(pen: Pen, finding: Finding, *, command: bool = True) -> list[list[str]]:
    """Blocks: the first fix, then the alternatives with what not to try; or what is needed and would help.

    Without `command` the changes stand alone: one command for several findings is drawn elsewhere.
    """
    if not finding.fixes:
        blocks = _needs(pen, finding)
    elif command:
        blocks = fix_blocks(pen, finding.fixes[0])
    else:
        blocks = [_steps(pen, finding.fixes[0]), _changes(pen, finding.fixes[0])]
    return [*blocks, _other_ways(pen, finding)]


def command_lines(pen: Pen, command: str) -> list[str]:
    """A command at column 0, its own lines kept."""
    return [pen.paint(line, "command") for line in pen.say_lines(command)]


def fix_blocks(pen: Pen, fix: Fix) -> list[list[str]]:
    """Steps, the command with its heading, and its changes with the reason and the checks."""
    steps = _steps(pen, fix)
    heading, body = _body(pen, fix)
    if not body:
        return [steps, [*(pen.prose(heading) if fix.changes else []), *_changes(pen, fix)]]
    return [steps, pen.prose(heading), body, _changes(pen, fix)]


def change_text(pen: Pen, change: Change) -> str:
    """A change as it is typed: `--flag value`, `NAME=value`; for a removal the name alone."""
    name = pen.say(change.name)
    if change.verb in ("remove", "unsetenv") or change.to is None:
        return name
    value = _shown(pen, change.name, change.to)
    return f"{name} {value}" if change.verb == "set" else f"{name}={value}"


def short_fix(pen: Pen, fix: Fix) -> str:
    """A fix in a few words: its changes, or its first step."""
    words = []
    for change in fix.changes:
        text = change_text(pen, change)
        words.append(pen.word("without", name=text) if _removes(change) else text)
    return " ".join(words) or " ".join(pen.say(step.run) for step in fix.steps)


def why_text(pen: Pen, fix: Fix) -> str:
    """What the fix costs, and the warning where it opens something."""
    parts = [pen.say(fix.why)] if fix.why else []
    if fix.effect == "exposes":
        allow = pen.say(fix.allow) if fix.allow else ""
        parts.append(pen.word("exposes.allow", name=allow) if allow else pen.word("exposes"))
    return "; ".join(parts)


def _body(pen: Pen, fix: Fix) -> tuple[str, list[str]]:
    """The heading and the lines at column 0: a command, a patch, or none."""
    if fix.command:
        file = pen.say(fix.file) if fix.file else ""
        if fix.command_kind == "fragment":
            heading = pen.word("fragment")
        elif fix.command_kind == "rebuilt":
            heading = pen.word("run.rebuilt")
        else:
            heading = pen.word("run.file", file=file) if file else pen.word("run")
        return heading, command_lines(pen, fix.command)
    if fix.patch:
        return pen.word("patch", file=pen.say(fix.file or "")), pen.say_lines(fix.patch)
    return pen.word("change"), []


def _steps(pen: Pen, fix: Fix) -> list[str]:
    lines: list[str] = []
    for number, step in enumerate(fix.steps):
        lines += _step(pen, step, "do" if only_steps(fix) and number == 0 else "first" if number == 0 else "then")
    if only_steps(fix) and lines:
        lines += pen.prose(why_text(pen, fix))
        lines += _checked(pen, fix)
    return lines


def _step(pen: Pen, step: Step, key: str) -> list[str]:
    line = f"  {pen.word(key)} {pen.paint(pen.say(step.run), 'command')}"
    known = step.where in ("server", "client", "host")
    where = pen.word(f"where.{step.where}") if known else pen.say(step.where)
    size = layout.columns(f"  {pen.word(key)} {pen.say(step.run)}   {where}")
    return [f"{line}   {where}"] if size <= pen.width else [line, f"    {where}"]


def avoided(text: str) -> str:
    """What is not to be done, without the "do not" that its label says."""
    for prefix in ("Do not ", "Don't ", "do not ", "don't ", "不要"):
        text = text.removeprefix(prefix)
    return text


def only_steps(fix: Fix) -> bool:
    """Whether the fix changes nothing in the launch."""
    return not (fix.command or fix.patch or fix.changes)


def _changes(pen: Pen, fix: Fix) -> list[str]:
    """`+ --flag value   why` and `- --flag`; the reason stands beside the first change."""
    lines: list[str] = []
    why = why_text(pen, fix)
    for number, change in enumerate(fix.changes):
        removes = _removes(change)
        was = _was(pen, change)
        beside = "; ".join(part for part in (was, why if number == 0 else "") if part)
        left = f"  {'-' if removes else '+'} {change_text(pen, change)}"
        lines += pen.beside(left, beside, "bad" if removes else "good")
    if not fix.changes and (fix.command or fix.patch):
        lines += pen.prose(why)
    return lines if only_steps(fix) else [*lines, *_checked(pen, fix)]


def _was(pen: Pen, change: Change) -> str:
    if change.from_ is None or _removes(change):
        return ""
    return pen.word("was", value=_shown(pen, change.name, change.from_))


def _removes(change: Change) -> bool:
    return change.verb in ("remove", "unsetenv")


def _shown(pen: Pen, name: str, value: str) -> str:
    if is_hidden(name) and not value.strip("'\"").startswith("$"):
        return MASKED
    return pen.say(value)


def _checked(pen: Pen, fix: Fix) -> list[str]:
    if not fix.checks:
        return []
    label = pen.word("checked")
    text = "; ".join(pen.say(check) for check in fix.checks)
    lines = layout.wrap(text, pen.width - 3 - layout.columns(label))
    rest = " " * (3 + layout.columns(label))
    return [(f"  {pen.paint(label, 'dim')} " if not number else rest) + line for number, line in enumerate(lines)]


def _needs(pen: Pen, finding: Finding) -> list[list[str]]:
    needs = pen.labelled(pen.word("needs"), pen.say(finding.needs)) if finding.needs else []
    if not finding.options:
        return [needs]
    options = [line for option in finding.options for line in pen.labelled("-", pen.say(option))]
    return [needs, [*pen.prose(pen.word("options")), *options]]


def _other_ways(pen: Pen, finding: Finding) -> list[str]:
    """`or` each other fix, `don't` each thing to avoid; their reasons in one column where they can be."""
    rows = [(pen.word("or"), short_fix(pen, fix), why_text(pen, fix)) for fix in finding.fixes[1:]]
    rows += [(pen.word("dont"), *_avoid(pen, text)) for text in finding.avoid]
    room = max((layout.columns(label) for label, _, _ in rows), default=0) + 2
    ends = [2 + room + layout.columns(left) + 2 for _, left, right in rows if right]
    column = max((end for end in ends if end <= pen.width - _REASON), default=0)
    lines: list[str] = []
    for label, left, right in rows:
        if right:
            start = "  " + pen.paint(layout.pad(label, room), "dim")
            drawn = pen.beside("  " + layout.pad(label, room) + left, right, column=column)
            lines += [start + drawn[0][2 + len(layout.pad(label, room)) :], *drawn[1:]]
        else:
            lines += pen.labelled(label, left, room - 2)
    return lines


def _avoid(pen: Pen, text: str) -> tuple[str, str]:
    """`--flag alone: the reason` is drawn in two columns; any other sentence as it is."""
    said = pen.say(avoided(text))
    head, colon, reason = said.partition(": ")
    return (head, reason) if colon and layout.columns(head) <= pen.width // 2 else (said, "")
