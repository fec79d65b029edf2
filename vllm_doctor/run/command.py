"""The command that is run: words and variables, never a shell; and what a fix makes of it, its secrets kept."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.edit import apply_to
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.launch.secrets import reference
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch

_ASSIGNMENT = pattern(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_REFERENCE = ":?}"


@dataclass(frozen=True)
class Command:
    """What is started: `argv` as the system gets it, `env` the variables that are set for it alone."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, words: Sequence[str]) -> Command:
        """Words as env(1) takes them: leading NAME=value words are variables, the rest the program."""
        env: list[tuple[str, str]] = []
        for index, word in enumerate(words):
            found = _ASSIGNMENT.fullmatch(word)
            if not found:
                return cls(tuple(words[index:]), tuple(env))
            env.append((found[1], found[2]))
        return cls((), tuple(env))

    @property
    def text(self) -> str:
        """The command as one line of shell, every word quoted."""
        return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in self.env), shlex.join(self.argv)])

    @property
    def launch(self) -> Launch | None:
        """The launch of vLLM in it, or None where there is none."""
        return parse_command_line(self.text)

    def shown(self) -> str:
        """The command as it may be shown: a secret of its launch is a reference to a variable."""
        launch = self.launch
        return apply_to(launch, reference(launch)).text if launch else self.text

    def with_launch(self, fixed: str) -> Command | None:
        """This command with `fixed` in place of its launch; None where a secret has no place in it any more.

        `fixed` is a fix's command: one simple command, in which secrets are references.
        """
        launch = self.launch
        if launch is None:
            return None
        before = apply_to(launch, reference(launch))
        masked = parse_command_line(before.text)
        span = masked.span if masked else before.span
        try:
            words = shlex.split(before.text[: span.start] + fixed + before.text[span.end :])
            hidden = shlex.split(before.text)
        except ValueError:
            return None
        real = self._words()
        if len(hidden) != len(real):
            return None
        secrets = [(shown, value) for shown, value in zip(hidden, real, strict=True) if shown != value]
        restored = list(_restored(words, secrets))
        if any(_REFERENCE in word and word not in real for word in restored):
            return None
        return Command.of(restored)

    def _words(self) -> list[str]:
        return [*(f"{name}={value}" for name, value in self.env), *self.argv]


def _restored(words: Sequence[str], secrets: list[tuple[str, str]]) -> Iterator[str]:
    """The words with each reference as the secret that it stands for; equal references in their order."""
    left = list(secrets)
    for word in words:
        index = next((at for at, (shown, _) in enumerate(left) if shown == word), None)
        yield word if index is None else left.pop(index)[1]
