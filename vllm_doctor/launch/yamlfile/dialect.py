"""How a kind of file writes variables in its strings: what they say, and how a value must be written."""

from __future__ import annotations

from dataclasses import dataclass

from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.requote import Raw, Value
from vllm_doctor.patterns import pattern

_COMPOSE = pattern(r"(?<!\$)(?:\$\$)*\$(?=[A-Za-z_{])")
_KUBERNETES = pattern(r"(?<!\$)\$\([A-Za-z_.][\w.-]*\)")
_TEMPLATE = pattern(r"\{\{|\{%|\$\{\{")
_DEFAULT = pattern(r"\$\{[A-Za-z_]\w*:?-([^{}$]*)\}")


@dataclass(frozen=True, slots=True)
class Dialect:
    """`name` is compose (`${X}`, `$$`), kubernetes (`$(X)`, `$$(X)`) or plain (no variables)."""

    name: str

    def read(self, value: str) -> str:
        """What a string says: doubled dollars are one; variables stay as they are written."""
        if self.name == "compose":
            return value.replace("$$", "$")
        return value.replace("$$(", "$(") if self.name == "kubernetes" else value

    def dynamic(self, value: str) -> bool:
        """Whether a string holds a variable or a template, so that its value is not known here."""
        if _TEMPLATE.search(value):
            return True
        pattern = {"compose": _COMPOSE, "kubernetes": _KUBERNETES}.get(self.name)
        return bool(pattern and pattern.search(value))

    def write(self, value: Value) -> str | None:
        """How a value is written so that it is read as it is; None where it cannot be.

        Raw shell text (`"${VLLM_API_KEY:?}"`) has a meaning only where compose fills in such variables.
        """
        if isinstance(value, Raw):
            words = lex(value)
            known = self.name == "compose" and len(words) == 1 and words[0].kind == "word"
            return words[0].value if known else None
        if self.name == "compose":
            return value.replace("$", "$$")
        return value.replace("$(", "$$(") if self.name == "kubernetes" else str(value)


COMPOSE, KUBERNETES, PLAIN = Dialect("compose"), Dialect("kubernetes"), Dialect("plain")


def resolved(value: str) -> str:
    """A string with the defaults of its variables filled in (`${TAG:-v0.9.0}`)."""
    return _DEFAULT.sub(lambda found: found[1], value)
