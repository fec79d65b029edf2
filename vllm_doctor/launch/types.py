"""A launch as it is written, and as vLLM receives it.

    text -lex-> Token -parse-> Launch (argv with spans) ; Launch + change -edit-> Edit (text.apply makes it)

Tokens joined are the text, always. Nothing is executed or re-printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.launch.around.types import Surroundings
    from vllm_doctor.text import Span

TokenKind: TypeAlias = Literal["word", "space", "newline", "comment", "operator", "redirect", "continuation", "heredoc"]

Arity: TypeAlias = Callable[[str], "int | str | None"]
"""What follows a flag in vLLM: 0, 1, an exact number, "?", "*" or "+"; None for a flag that is not known.

It is asked with the flag in its dashed spelling ("--max-model-len", "-tp"); `vllm_doctor.vllm` answers.
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a shell text. For a `word`, `value` is what the shell makes of it, variables left as `$NAME`.

    `quote` is the quoting that surrounds the whole word ("'", '"' or ""). `dynamic` is true when the value
    holds a variable, a substitution or arithmetic, which are never expanded here.
    """

    kind: TokenKind
    span: Span
    raw: str
    value: str = ""
    quote: str = ""
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One argument: what vLLM receives (`value`), and where and how it is written."""

    value: str
    raw: str
    span: Span
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable of the launch. `span` covers `NAME=value` (or the place that sets it).

    `how`: `prefix` (NAME=value before the program), `env` (after `env`), `export`, `docker` (-e), `file`.
    `value` is None where it is not known (a secret, `-e NAME` alone).
    """

    name: str
    value: str | None
    span: Span
    how: str = "prefix"


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch of vLLM in a text.

    `argv` is what stands after the program (`vllm serve`, or the module); `words` are the same with their
    places. `span` covers the command from its first variable to its last argument. `kind` names the reader
    ("shell", "docker", "compose", ...). `image` is a container image as written. `container` holds the docker
    options that matter to vLLM as `{name: value}` (gpus, port, ipc, shm-size).
    """

    program: str
    words: tuple[Word, ...]
    text: str
    span: Span
    file: str = ""
    line: int = 1
    kind: str = "shell"
    env: tuple[Variable, ...] = ()
    image: str | None = None
    container: dict[str, str] = field(default_factory=dict)
    program_source: str = "file"
    argv_effective: tuple[str, ...] | None = None
    argv_with_config: tuple[str, ...] | None = field(default=None, compare=False)
    """The arguments with those of the `--config` file put in, where that file lies below the launch file's folder."""
    around: Surroundings | None = field(default=None, compare=False)
    """What the file says around the launch; None where nothing is read of it."""

    @property
    def argv(self) -> tuple[str, ...]:
        """The arguments after the program, as vLLM receives them."""
        return tuple(word.value for word in self.words)


@dataclass(frozen=True, slots=True)
class Option:
    """One option as it stands in a launch.

    `flag` is its dashed spelling without a value ("--max-model-len", "-tp"), `written` as the user spelled it
    ("--max_model_len"). `values` are its values. `span` covers flag and values; `value_span` the values alone
    (None where there is none). `glued` is true for `--flag=value`. `index` is the flag's place in `words`.
    """

    flag: str
    written: str
    values: tuple[str, ...]
    span: Span
    value_span: Span | None
    glued: bool
    index: int
