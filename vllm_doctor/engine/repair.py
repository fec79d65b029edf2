"""A rule's fix, made for one launch: edited, parsed again, and refused when anything else has changed.

A value that comes from a log enters a command only as a number that parses or as one quoted word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.engine.conditions import all_hold, bare, figures_in, fill, releases_fit, say
from vllm_doctor.engine.edits import WAYS, filled, told, touched
from vllm_doctor.errors import LaunchError
from vllm_doctor.finding import Change, CommandKind, Fix, Step
from vllm_doctor.launch.build import quote
from vllm_doctor.launch.edit import apply_to, changed, remove_option, set_env, set_option, unset_env
from vllm_doctor.launch.options import find
from vllm_doctor.launch.secrets import reference
from vllm_doctor.masking import are_shown
from vllm_doctor.text import unified
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import Program, arity, check
from vllm_doctor.vllm.any_release import spellings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.engine.rule_parts import EditSpec, FixSpec
    from vllm_doctor.facts import Facts
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.text import Edit


@dataclass(frozen=True)
class Workbench:
    """What a fix is made from: the launch (None when not known), how it is known, the releases it may run in."""

    launch: Launch | None = None
    kind: CommandKind = "given"
    releases: tuple[str, ...] = ()
    language: str = "en"

    def arity(self, flag: str) -> int | str | None:
        """What follows a flag, in the newest release of the set."""
        return arity(flag, self.releases[-1] if len(self.releases) == 1 else None)


@dataclass(frozen=True)
class Made:
    """A fix that could be made, the launch after it (None when none is known), and the figures that it names."""

    fix: Fix
    launch: Launch | None
    used: frozenset[str]


def fixes_of(rule: Rule, facts: Facts, bench: Workbench) -> tuple[Made, ...]:
    """The fixes of a rule that can be made here, in the rule's order."""
    made: list[Made] = []
    for spec in rule.fixes:
        if not all_hold(spec.when, facts) or not releases_fit(spec.vllm, bench.releases):
            continue
        new = _make(spec, rule, facts, bench)
        if new and not any(_is_part(new.fix, old.fix) for old in made):
            made.append(new)
    return tuple(made)


def edited(fix: Fix, edits: Sequence[EditSpec], bench: Workbench) -> Fix | None:
    """A fix with its edits made on the bench's launch, checked as those of rules are; None where they cannot be."""
    from vllm_doctor.engine.rule_parts import FixSpec

    done = _on_launch(fix, edits, FixSpec(""), bench) if bench.launch else _fragment(fix, edits)
    return done[0] if done else None


def _is_part(fix: Fix, better: Fix) -> bool:
    """Whether a fix only does a part of what a preferred one does: rules fall back to less, people need not read it."""
    return set(fix.changes) <= set(better.changes) and set(fix.steps) <= set(better.steps)


def _make(spec: FixSpec, rule: Rule, facts: Facts, bench: Workbench) -> Made | None:
    texts = (
        [text for edit in spec.edits for text in (edit.name, edit.to) if text]
        + [run for run, _ in spec.steps]
        + [spec.why.get("en", "")]
    )
    used = {name for text in texts for name in figures_in({"en": text})}
    if not all(rule.figures.get(name, "") in facts for name in used):
        return None
    values = {name: bare(rule.figures[name], facts[rule.figures[name]]) for name in used}
    edits = filled(spec.edits, values)
    if edits is None:
        return None
    steps = tuple(
        Step(fill(run, {name: quote(value) for name, value in values.items()}), where) for run, where in spec.steps
    )
    checks, in_checks = say(spec.checks, rule.figures, facts, bench.language)
    why = say_one(spec, rule, facts, bench.language)
    fix = Fix(steps=steps, effect=spec.effect, allow=spec.allow, why=why, checks=tuple(checks))
    done = _on_launch(fix, edits, spec, bench) if bench.launch else _fragment(fix, edits)
    return None if done is None else Made(done[0], done[1], frozenset(used | in_checks))


def say_one(spec: FixSpec, rule: Rule, facts: Facts, language: str) -> str:
    """Why a fix helps, in the language asked for."""
    from vllm_doctor.engine.rule_parts import Sentence

    said, _ = say([Sentence(spec.why)], rule.figures, facts, language)
    return said[0] if said else ""


def _on_launch(
    fix: Fix, edits: Sequence[EditSpec], spec: FixSpec, bench: Workbench
) -> tuple[Fix, Launch | None] | None:
    before = bench.launch
    assert before is not None  # noqa: S101 - the caller asks
    launch = before
    changes: list[Change] = []
    for edit in edits:
        try:
            made, launch = _apply(launch, edit, bench)
        except LaunchError:
            return None
        changes += made
    if not changes and launch is before:
        return (fix, before) if fix.steps and not edits else None
    if not _only(before, launch, edits, bench):
        return None
    parses = _parses(launch, before, (spec.release,) if spec.release else bench.releases)
    if parses is None:
        return None
    shown = without_secrets(launch)
    done = replace(
        fix,
        command=None if _beside(before, launch) else shown.span.of(shown.text),
        command_kind=bench.kind,
        file=launch.file or None,
        patch=unified(without_secrets(before).text, shown.text, launch.file) if launch.file else None,
        changes=tuple(changes),
        checks=(*parses, *fix.checks),
    )
    return done, launch


def _beside(before: Launch, after: Launch) -> bool:
    """Whether only what stands beside the command has changed, so that a patch tells more than the command."""
    same = before.span.of(before.text) == after.span.of(after.text)
    return same and before.env == after.env and bool(after.file)


def without_secrets(launch: Launch) -> Launch:
    """The launch as it may be shown: a secret in it is a reference that fails loudly where it is not set."""
    if are_shown():
        return launch
    try:
        hidden = reference(launch)
        return apply_to(launch, hidden) if hidden else launch
    except LaunchError:
        return launch  # the report masks what no edit could replace


def _apply(launch: Launch, edit: EditSpec, bench: Workbench) -> tuple[tuple[Change, ...], Launch]:
    """The launch with one edit made, and what that changed; nothing where there is nothing to change."""
    if edit.verb in ("setenv", "unsetenv"):
        return _apply_env(launch, edit)
    if way := WAYS.get(edit.verb):
        return way(launch, edit, bench.arity)
    names = spellings(edit.name)
    option = find(launch, bench.arity, *names)
    old = " ".join(option.values) if option else None
    if edit.verb == "remove":
        if option is None:
            return (), launch
        edits: tuple[Edit, ...] = remove_option(launch, bench.arity, edit.name, aliases=names)
        return (Change("remove", option.flag, old or None),), apply_to(launch, edits)
    if option is not None and (old == edit.to or (edit.to is None and not option.glued)):
        return (), launch
    edits = set_option(launch, bench.arity, edit.name, edit.to, aliases=names)
    return (Change("set", edit.name, old, edit.to),), apply_to(launch, edits)


def _apply_env(launch: Launch, edit: EditSpec) -> tuple[tuple[Change, ...], Launch]:
    old = next((variable.value for variable in launch.env if variable.name == edit.name), None)
    if edit.verb == "setenv":
        if old == edit.to:
            return (), launch
        return (Change("setenv", edit.name, old, edit.to),), apply_to(launch, set_env(launch, edit.name, edit.to or ""))
    return (Change("unsetenv", edit.name, old),), apply_to(launch, unset_env(launch, edit.name))


def _only(before: Launch, after: Launch, edits: Sequence[EditSpec], bench: Workbench) -> bool:
    """Whether nothing but what the edits name differs."""
    intended = {name for edit in edits for name in touched(edit)}
    return set(changed(before, after, bench.arity)) <= intended


def _parses(after: Launch, before: Launch, releases: tuple[str, ...]) -> tuple[str, ...] | None:
    """What can be said of how the fixed command parses; None when a release rejects what the fix put in."""
    if not releases:
        return ()
    good, bad = [], []
    for release in releases:
        errors = check(after.argv, release, _program(after), suggest=False)
        old = check(before.argv, release, _program(before), suggest=False) if errors else ()
        if {replace(error, index=0) for error in errors} - {replace(error, index=0) for error in old}:
            bad.append(release)
        elif not errors:
            good.append(release)
    if bad and not good:
        return None
    if len(releases) == 1:
        return (f"parses as vLLM {releases[0]}",) if good else (f"vLLM {releases[0]} still rejects other words of it",)
    if bad:
        return (
            f"parses as vLLM {good[0]} to {good[-1]}, not as {bad[0]}" + (f" to {bad[-1]}" if len(bad) > 1 else ""),
        )
    return (f"parses as vLLM {good[0]} to {good[-1]}",) if len(good) == len(releases) else ()


def _program(launch: Launch) -> Program:
    return "api_server" if launch.program == "api_server" else "vllm serve"


def _fragment(fix: Fix, edits: Sequence[EditSpec]) -> tuple[Fix, None] | None:
    """Only what to add, where no command is known."""
    changes = tuple(change for edit in edits for change in told(edit))
    words = [f"{edit.name}={quote(edit.to or '')}" for edit in edits if edit.verb == "setenv"]
    for edit in edits:
        if edit.verb == "set":
            words += [edit.name] if edit.to is None else [edit.name, quote(edit.to)]
    if not words:
        return (replace(fix, changes=changes), None) if changes or fix.steps else None
    return replace(fix, changes=changes, command=" ".join(words), command_kind="fragment"), None
