"""One launch, moved: the plan made in its text, read again, and refused where anything else changed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.engine.migration.applying import applied, changes, put_in, written_as_text
from vllm_doctor.engine.migration.compare import differing, read_otherwise
from vllm_doctor.engine.migration.images import program_in
from vllm_doctor.engine.migration.types import ChangedDefault, LaunchMigration, Obstacle, Step
from vllm_doctor.errors import LaunchError
from vllm_doctor.facts.argument_errors import MOST_WORDS, program_of
from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import model_of
from vllm_doctor.values import dataclass
from vllm_doctor.vllm import arity, check, has_serve, ignored_since, normalize, option
from vllm_doctor.vllm.moving import Launched, Words, plan, shifts
from vllm_doctor.vllm.parsing import parsed

if TYPE_CHECKING:
    from vllm_doctor.engine.migration.origin import Origin
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.vllm.moving import Move, Plan, Put, Shift


@dataclass(frozen=True, slots=True)
class Moved:
    """A launch before and after its moves, and what is said of them; with obstacles `launch` is as before."""

    before: Launch
    launch: Launch
    answer: LaunchMigration
    zh: bool = False

    def with_obstacle(self, obstacle: Obstacle) -> Moved:
        """The same, told to be stuck."""
        return replace(self, answer=replace(self.answer, obstacles=(*self.answer.obstacles, obstacle), migrated=None))

    def stuck(self, en: str, zh: str) -> Moved:
        """The same, left as it was."""
        name = f"{self.answer.file}:{self.answer.line}" if self.answer.file else self.answer.program
        return replace(self.with_obstacle(Obstacle(name, zh if self.zh else en)), launch=self.before)


@dataclass(frozen=True, slots=True)
class OneLaunch:
    """Moves one launch from its origin to a target release; `rope` are the rope parameters of its model."""

    origin: Origin
    target: str
    language: str
    pin: bool
    rope: dict[str, object] | None

    def say(self, text: tuple[str, str]) -> str:
        """A text in the language asked for."""
        return text[1] if self.language == "zh" else text[0]

    def arity(self, flag: str) -> int | str | None:
        """What follows a flag, in the old release, else in the new one."""
        known = option(flag, self.origin.release)
        return arity(flag, self.origin.release if known else self.target)

    def new_arity(self, flag: str) -> int | str | None:
        """What follows a flag, in the new release, else in the old one."""
        known = option(flag, self.target)
        return arity(flag, self.target if known else self.origin.release)

    def moved(self, launch: Launch, file: str) -> Moved:
        """The launch in the words of the target, and what became of it."""
        told = self._answer(launch, file)
        blank = Moved(launch, launch, told, self.language == "zh")
        if len(launch.argv) > MOST_WORDS:
            return blank.stuck("it has too many words", "参数过多")
        if launch.program == "vllm serve" and not has_serve(self.target):
            module = "python3 -m vllm.entrypoints.openai.api_server --model MODEL"
            return blank.stuck(f"vllm serve came with 0.5.2: {module}", f"vllm serve 自 0.5.2 起才有：{module}")
        launched = self._launched(launch)
        wanted = plan(launched, self.origin.release, self.target)
        differ = shifts(launched, self.origin.releases, self.target) if self.origin.release != self.target else ()
        after, steps, obstacles = self._made(launch, wanted)
        pins = tuple(put for shift in differ for put in shift.pin) if self.pin else ()
        after, kept = self._pinned(after, pins)
        obstacles += [Obstacle(stuck.name, self.say(stuck.why)) for stuck in wanted.stuck]
        obstacles += self._wrong(launch, after, wanted, kept) if not obstacles else []
        answer = replace(
            told,
            steps=tuple(steps),
            defaults=tuple(self._default(shift, kept) for shift in differ),
            obstacles=tuple(obstacles),
            checks=() if obstacles else self._checks(),
        )
        return Moved(launch, launch if obstacles else after, answer, self.language == "zh")

    def _answer(self, launch: Launch, file: str) -> LaunchMigration:
        return LaunchMigration(
            program=launch.program,
            model=model_of(launch, self.arity),
            argv=launch.argv,
            env={variable.name: variable.value for variable in launch.env},
            image=launch.image,
            file=file,
            line=launch.line,
            vllm_version=self.origin.release,
            vllm_versions=self.origin.releases,
            version_source=self.origin.source,
            target_version=self.target,
        )

    def _launched(self, launch: Launch) -> Launched:
        words = tuple(Words(one.flag, one.values) for one in options(launch, self.arity))
        env = {variable.name: variable.value for variable in launch.env}
        later = program_in(launch, self.origin.release, self.target)
        offline = launch.program == "LLM()"
        dotted = not offline and launch.kind != "vllm-config"
        return Launched(launch.argv, words, env, program_of(launch), later, self.rope, offline, dotted)

    def _made(self, launch: Launch, wanted: Plan) -> tuple[Launch, list[Step], list[Obstacle]]:
        steps, obstacles = [], []
        for move in wanted.moves:
            told = Step(changes(launch, move, self.arity), self.say(move.why), move.effect)
            after, left = self._applied(launch, move)
            if after is None:
                why = self.say((f"by hand: {_words(told)}", f"请手动：{_words(told)}"))
                obstacles.append(Obstacle(move.takes[0], why))
                continue
            launch = after
            steps.append(self._with_what_stays(told, move) if left else told)
        return launch, steps, obstacles

    def _applied(self, launch: Launch, move: Move) -> tuple[Launch | None, bool]:
        """The launch after a move, None where it cannot be made; and whether variables that go stay after all.

        One that others share, and that the target does not read, is not worth an `env -u` before the program.
        """
        after = None
        with suppress(LaunchError):
            after = applied(launch, move, self.arity)
        ignored = all(not name.startswith("-") and ignored_since(name, self.target) for name in move.takes)
        plain = after is not None and after.text.count(_UNSET) == launch.text.count(_UNSET)
        if plain or not ignored:
            return after, False
        with suppress(LaunchError):
            return put_in(launch, move.puts, self.arity), True
        return None, False

    def _with_what_stays(self, told: Step, move: Move) -> Step:
        en = f"{move.takes[0]} stays, for others share it; {self.target} ignores it"
        zh = f"{move.takes[0]} 与他处共用，故保留；{self.target} 会忽略它"
        come = tuple(change for change in told.changes if change.verb in ("set", "setenv"))
        return replace(told, changes=come, why=self.say((en, zh)))

    def _pinned(self, launch: Launch, pins: tuple[Put, ...]) -> tuple[Launch, tuple[Put, ...]]:
        kept = []
        for put in pins:
            try:
                launch = put_in(launch, [put], self.arity)
            except LaunchError:
                continue
            kept.append(put)
        return launch, tuple(kept)

    def _default(self, shift: Shift, kept: tuple[Put, ...]) -> ChangedDefault:
        pin = " ".join(" ".join((put.name, *put.values)) for put in shift.pin) or None
        pinned = bool(shift.pin) and all(put in kept for put in shift.pin)
        return ChangedDefault(shift.name, shift.old, shift.new, self.say(shift.why), pin, pinned)

    def _wrong(self, before: Launch, after: Launch, wanted: Plan, kept: tuple[Put, ...]) -> list[Obstacle]:
        """Why the result is not to be offered: the target refuses it, or something else changed."""
        intended = {name for move in wanted.moves for name in (*move.takes, *(put.name for put in move.puts))}
        intended |= {put.name for put in kept}
        others = differing(before, after, self.arity, self.new_arity, intended)
        if texts := written_as_text(after, [put for move in wanted.moves for put in move.puts]):
            return [Obstacle(name, self.say(("write the dict by hand", "请手动写出 dict"))) for name in texts]
        if others:
            en, zh = "it would change with the rest", "它会随之改变"
            return [Obstacle(name, self.say((en, zh))) for name in others]
        program = program_in(before, self.origin.release, self.target)
        refused = check(after.argv, self.target, program, suggest=False)
        if before.program not in ("vllm serve", "api_server"):  # LLM() has arguments of its own
            old = {error.word for error in check(before.argv, self.origin.release, program, suggest=False)}
            refused = tuple(error for error in refused if error.word not in old)
        if refused:
            return [Obstacle(one.word if one.word.startswith("-") else one.flag, one.message) for one in refused]
        return self._read_otherwise(before, after, intended)

    def _read_otherwise(self, before: Launch, after: Launch, intended: set[str]) -> list[Obstacle]:
        """Options that are written as before, and mean something else in the target."""
        old = parsed(before.argv, self.origin.release, program_of(before))
        new = parsed(after.argv, self.target, program_in(before, self.origin.release, self.target))
        names = read_otherwise(old, new, {self._dest(name) for name in intended})
        en, zh = "means something else there", "在该版本中含义不同"
        return [Obstacle("--" + name.replace("_", "-"), self.say((en, zh))) for name in names]

    def _dest(self, flag: str) -> str:
        for release in (self.target, self.origin.release):
            known = option(flag, release) if normalize(flag, release) else None
            if known:
                return known.dest
        return flag

    def _checks(self) -> tuple[str, ...]:
        en = f"parses as vLLM {self.target}; nothing else changed"
        return (self.say((en, f"可被 vLLM {self.target} 解析；其余未变")),)


_UNSET = "env -u"


_SECRETS = ("key", "token", "secret", "password")


def _words(step: Step) -> str:
    """The changes of a step in a few words."""
    said = []
    for change in step.changes:
        sign = "-" if change.verb in ("remove", "unsetenv") else "+"
        shown = change.to is not None and not change.name.lower().endswith(_SECRETS)
        value = "" if not shown else f" {change.to}" if change.verb == "set" else f"={change.to}"
        said.append(f"{sign} {change.name}{value}")
    return ", ".join(said)
