"""One launch between two releases: what each of them makes of an option."""

from __future__ import annotations

import json
from dataclasses import field
from typing import TYPE_CHECKING, Any, cast

from vllm_doctor.values import dataclass
from vllm_doctor.vllm import options, versions
from vllm_doctor.vllm.checking import takes
from vllm_doctor.vllm.parser_habits import habit
from vllm_doctor.vllm.parsing import parsed
from vllm_doctor.vllm.registries import Kind, names
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.types import Launched, Words
    from vllm_doctor.vllm.types import OptionInfo, Program

_REGISTRIES: dict[str, Kind] = {
    "--tool-call-parser": "tool-parsers",
    "--reasoning-parser": "reasoning-parsers",
    "--quantization": "quantizations",
    "--attention-backend": "attention-backends",
}
"""Options whose values are names that a release knows, whatever its parser takes."""


@dataclass(frozen=True, slots=True)
class Case:
    """A launch, the release number that it is written for (`old`) and the one that it is to run in (`new`)."""

    launched: Launched
    old: int
    new: int
    _read: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def forward(self) -> bool:
        """Whether the new release is the later one."""
        return self.new > self.old

    def release(self, number: int) -> str:
        """The release of a number."""
        return versions.releases()[number]

    def program(self, number: int) -> Program:
        """Whose parser answers in a release."""
        return options.program_at(number, self.launched.later if number == self.new else self.launched.program)

    def named(self, flag: str, number: int) -> str | None:
        """The filing name of a flag in a release; None where it is unknown or ambiguous there."""
        if flag.startswith("-O.") and habit("O-dotted", number, self.program(number)):
            return "--compilation-config"  # in 0.12.0, where -O alone is the optimization level already
        found = options.find(flag.partition(".")[0], number, self.program(number))
        return found[0] if len(found) == 1 else None

    def info(self, flag: str, number: int) -> OptionInfo | None:
        """An option as a release has it; None where it is unknown there."""
        name = self.named(flag, number)
        return options.info(name, number, self.program(number)) if name else None

    def of_name(self, name: str, number: int) -> OptionInfo | None:
        """An option by its filing name."""
        known = name in options.flags_of(number, self.program(number)).values()
        return options.info(name, number, self.program(number)) if known else None

    def off(self, flag: str) -> bool:
        """Whether a flag, as the old release reads it, switches its option off."""
        info = self.info(flag, self.old)
        return info is not None and flag in info.negative

    def given(self, *flags: str) -> Words | None:
        """The last use of one of these options, by filing name; dotted uses do not count."""
        whole = [one for one in self.launched.options if "." not in one.flag]
        return next((one for one in reversed(whole) if self.meant(one.flag) in flags), None)

    def meant(self, flag: str) -> str:
        """The filing name of a flag in the old release; the flag itself where that does not know it."""
        return self.named(flag, self.old) or flag.partition(".")[0]

    def has(self, flag: str) -> bool:
        """Whether the launch names an option, in whatever spelling, or a key of it."""
        base, _, key = flag.partition(".")
        uses = [one for one in self.launched.options if self.named(one.flag, self.old) == base]
        if not key:
            return bool(uses)
        return any(one.flag.partition(".")[2] == key for one in uses) or key in (self.whole(base) or {})

    def whole(self, base: str) -> dict[str, Any] | None:
        """The object that the launch gives an option as one word; None where it gives none that can be read."""
        words = self.given(base)
        data = as_data(words.values[0]) if words is not None and words.values else None
        return data if isinstance(data, dict) else None

    def accepts(self, flag: str, *values: str, beside: tuple[str, ...] = ()) -> bool:
        """Whether the new release takes an option with these values, and knows the name that it gives."""
        taken = self._parser_takes((*beside, flag, *values)) and self._known_name(flag, values)
        return taken and (not self.launched.offline or self._is_argument(flag))

    def _is_argument(self, flag: str) -> bool:
        """Whether Python has an argument of that name: one of the new release's options, in no other spelling of it."""
        info = self.info(flag, self.new)
        return info is not None and flag.removeprefix("--no-").removeprefix("--").replace("-", "_") == info.dest

    def _parser_takes(self, words: tuple[str, ...]) -> bool:
        program = self.program(self.new)
        model = ("m/m",) if habit("model", self.new, program) is not None and program == "vllm serve" else ()
        return takes((*model, *words), self.new, program)

    def _known_name(self, flag: str, values: tuple[str, ...]) -> bool:
        kind = _REGISTRIES.get(self.named(flag, self.new) or "")
        if kind is None or len(values) != 1 or dynamic(values[0]):
            return True
        known = names(kind, self.release(self.new))
        return values[0] in known or values[0] not in names(kind, self.release(self.old))

    def value(self, dest: str) -> Any:
        """What the old release makes of an option, by its name in vLLM (`hf_overrides`); None where it is not set."""
        if not self._read:
            self._read.update(parsed(self.launched.argv, self.release(self.old), self.launched.program))
            self._read.setdefault("", None)
        return self._read.get(dest)

    def dotted(self) -> bool:
        """Whether the new release takes `--option.key value`."""
        return self.launched.dotted and bool(habit("dotted", self.new, self.program(self.new)))

    def reads(self, variable: str, number: int) -> bool:
        """Whether a release reads a variable."""
        from vllm_doctor.vllm.env_variables import variable as known

        return known(variable, self.release(number)) is not None


def as_word(value: Any) -> str:
    """A JSON value as the word behind a dotted key."""
    return value if isinstance(value, str) else json.dumps(value)


def as_data(text: str) -> Any:
    """The value that a word behind a dotted key stands for."""
    try:
        return cast("Any", json.loads(text))
    except (ValueError, RecursionError):
        return text
