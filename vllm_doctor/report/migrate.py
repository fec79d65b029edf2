"""What `migrate` did, as plain text, Markdown and JSON: the new command, each change with its reason, what is stuck."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vllm_doctor.report.fixes import change_text, command_lines
from vllm_doctor.report.head import joined
from vllm_doctor.report.layout import columns
from vllm_doctor.report.migrate_words import migrate_word
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.terminal import draw

if TYPE_CHECKING:
    from vllm_doctor.engine.migration import ChangedDefault, LaunchMigration, Migration, Step
    from vllm_doctor.finding import Change
    from vllm_doctor.report.words import Language

_COLUMN = 34
"""Where the reasons stand, when what is before them is short enough."""


def migration_text(
    made: Migration,
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
    quiet: bool = False,
) -> str:
    """The answer of `migrate` for one file or command, ending in a newline.

    With `quiet` it is for pipes: of each launch the new command, else the names of what cannot be moved.
    """
    pen = Pen.of(width, colour, encoding, language)
    if quiet:
        return "".join(f"{line}\n" for launch in made.launches for line in _quiet(pen, launch))
    blocks: list[list[str]] = []
    if not made.launches:
        named = f"{pen.say(made.file)}: " if made.file else ""
        blocks.append([named + pen.word("no-launch")])
    for launch in made.launches:
        blocks += _launch(pen, launch)
    blocks += [pen.labelled(pen.word("note"), pen.say(note)) for note in made.notes]
    return draw(blocks)


def _quiet(pen: Pen, launch: LaunchMigration) -> list[str]:
    if launch.migrated is not None:
        return pen.say_lines(launch.migrated)
    return [pen.say(one.name) for one in launch.obstacles]


def _launch(pen: Pen, launch: LaunchMigration) -> list[list[str]]:
    place = f"{pen.say(launch.file)}:{launch.line}" if launch.file else ""
    parts = [place, pen.say(launch.program), pen.say(launch.model or ""), _releases(pen, launch)]
    blocks = [joined(pen, [part for part in parts if part]), pen.prose(_assumed(pen, launch))]
    if launch.obstacles:
        sign = pen.paint(pen.sign("✗"), "bad")
        blocks.append([f"{sign} {migrate_word(pen, 'stuck', target=launch.target_version)}"])
        rows = [_row(pen, "!", pen.say(one.name), pen.say(one.why), "bad") for one in launch.obstacles]
        blocks.append([line for row in rows for line in row])
        blocks.append(pen.prose(migrate_word(pen, "rest")) if launch.steps else [])
    elif not launch.steps and not any(one.pinned for one in launch.defaults):
        blocks.append([f"{pen.paint(pen.sign('✓'), 'good')} {migrate_word(pen, 'same', target=launch.target_version)}"])
    elif launch.migrated is not None:
        blocks += [pen.prose(pen.word("run")), command_lines(pen, launch.migrated)]
    blocks.append([line for step in launch.steps for line in _step(pen, step)])
    if launch.checks and launch.steps:
        blocks[-1] += pen.labelled(pen.word("checked"), "; ".join(pen.say(one) for one in launch.checks))
    if launch.defaults and not launch.obstacles:
        blocks.append(pen.prose(migrate_word(pen, "defaults", target=launch.target_version)))
        blocks.append([line for one in launch.defaults for line in _default(pen, one)])
        if any(one.pin and not one.pinned for one in launch.defaults):
            blocks[-1] += pen.prose(migrate_word(pen, "pin"))
    return blocks


def _releases(pen: Pen, launch: LaunchMigration) -> str:
    moved = f"{pen.say(launch.vllm_version)} {pen.sign('→')} {pen.say(launch.target_version)}"
    return pen.word("release", release=moved)


def _assumed(pen: Pen, launch: LaunchMigration) -> str:
    """What the old release was read from, where nobody said it."""
    if launch.version_source == "given":
        return ""
    first, last = launch.vllm_versions[0], launch.vllm_versions[-1]
    key = {"image": "by-image", "options": "by-options"}.get(launch.version_source, "by-file")
    key += ".one" if first == last and key != "by-image" else ""
    file = pen.say(launch.version_source)
    return migrate_word(pen, key, release=launch.vllm_version, first=first, last=last, file=file)


def _step(pen: Pen, step: Step) -> list[str]:
    """`- --flag` and `+ --flag value`; the reason stands beside the last."""
    why = pen.say(step.why)
    if step.effect == "costs":
        why = migrate_word(pen, "costs", why=why)
    if not step.changes:
        return _row(pen, " ", "", why, "")
    lines = []
    for number, change in enumerate(step.changes, 1):
        removes = change.verb in ("remove", "unsetenv")
        beside = why if number == len(step.changes) else ""
        lines += _row(pen, "-" if removes else "+", _change(pen, change), beside, "bad" if removes else "good")
    return lines


def _change(pen: Pen, change: Change) -> str:
    """A change as it is typed; of what goes also the value that it had."""
    if change.verb in ("remove", "unsetenv"):
        change = replace(change, verb="set" if change.verb == "remove" else "setenv", to=change.from_)
    return change_text(pen, change)


def _default(pen: Pen, one: ChangedDefault) -> list[str]:
    said = f"{pen.say(one.name)}: {pen.say(one.old)} {pen.sign('→')} {pen.say(one.new)}"
    pinned = migrate_word(pen, "pinned", pin=pen.say(one.pin or "")) if one.pinned else ""
    return _row(pen, pen.sign("·"), said, f"{pen.say(one.why)}{pinned}", "")


def _row(pen: Pen, sign: str, left: str, right: str, style: str) -> list[str]:
    """What changes, and the reason in its column: beside it where it is short enough, else below."""
    left = f"  {sign} {left}".rstrip()
    if columns(left) + 2 > _COLUMN and right:
        return [pen.paint(left, style), *pen.beside("", right, column=_COLUMN)]
    return pen.beside(left, right, style, column=_COLUMN)


def migration_markdown(made: Migration, *, language: Language = "en") -> str:
    """The same as GitHub Markdown, ending in a newline; secrets are masked."""
    from vllm_doctor.report import markup

    pen = Pen.of(100, False, "utf-8", language)
    parts = [] if made.launches else [f"## {markup.code(made.file or 'command')}", pen.word("no-launch")]
    for launch in made.launches:
        place = f"{launch.file}:{launch.line}" if launch.file else launch.program
        moved = f"{launch.vllm_version} → {launch.target_version}"
        parts += [f"## {markup.code(place)} {markup.prose(moved)}", markup.prose(_assumed(pen, launch))]
        if launch.migrated is not None and launch.steps:
            parts.append(markup.fence(launch.migrated, "bash"))
        elif launch.migrated is not None:
            parts.append(migrate_word(pen, "same", target=launch.target_version))
        parts.append("\n".join(f"- {_bullet(pen, step)}" for step in launch.steps))
        rows = [f"- {markup.code(one.name)}: {markup.prose(one.why)}" for one in launch.obstacles]
        parts.append("\n".join([migrate_word(pen, "stuck", target=launch.target_version), "", *rows] if rows else []))
        shifts = [f"- {markup.code(one.name)} {markup.prose(_shift(pen, one))}" for one in launch.defaults]
        head = migrate_word(pen, "defaults", target=launch.target_version)
        parts.append("\n".join([head, "", *shifts] if shifts else []))
    parts += [f"> {markup.prose(note)}" for note in made.notes]
    return "\n\n".join(part for part in parts if part) + "\n"


def _bullet(pen: Pen, step: Step) -> str:
    from vllm_doctor.report import markup

    signs = {"remove": "-", "unsetenv": "-"}
    said = ", ".join(markup.code(f"{signs.get(one.verb, '+')} {_change(pen, one)}") for one in step.changes)
    why = migrate_word(pen, "costs", why=step.why) if step.effect == "costs" else step.why
    return f"{said}: {markup.prose(why)}" if said else markup.prose(why)


def _shift(pen: Pen, one: ChangedDefault) -> str:
    pin = migrate_word(pen, "pinned" if one.pinned else "as-before", pin=one.pin) if one.pin else ""
    return f"{one.old} → {one.new}: {one.why}{pin}"


def migration_data(made: Migration) -> dict[str, Any]:
    """The answer as JSON data, secrets masked; the text that was moved is left out, its `fixed` form is not."""
    from vllm_doctor.finding import as_json
    from vllm_doctor.masking import mask_data

    data = as_json(made)
    del data["text"]
    masked: dict[str, Any] = mask_data({"schema_version": 1, "launches": data.pop("launches")} | data)
    return masked


def migration_json(made: Migration) -> str:
    """The same on one line, all ASCII."""
    import json

    return json.dumps(migration_data(made), ensure_ascii=True, allow_nan=False)
