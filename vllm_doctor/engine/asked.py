"""Which signatures may fit a text at all: those whose literal it holds, looked up once for texts of one shape."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.engine.rule import Rule

Signatures: TypeAlias = "list[tuple[Rule, list[int]]]"
_MOST = 1000
_LONG = 1000
_ZEROS = str.maketrans("123456789", "0" * 9)


@dataclass
class Asked:
    """The signatures to try on a text, by its shape: the text with its digits made zeros.

    They are the same in every log, so all that are read in a process share them.
    """

    rules: Sequence[Rule]
    shapes: dict[str, Signatures | None] = field(default_factory=dict)
    figured: frozenset[str] | None = None

    def about(self, text: str) -> Signatures:
        """Each rule with the numbers of its signatures; a few of them may have a literal that the text lacks."""
        if len(text) > _LONG:
            return self._holding(text, frozenset())
        shape = text.translate(_ZEROS)
        known = self.shapes.get(shape)
        if known is not None:
            return known
        if shape not in self.shapes:
            if len(self.shapes) >= _MOST:
                self.shapes.clear()
            self.shapes[shape] = None
            return self._holding(text, frozenset())
        if self.figured is None:
            literals = {literal for rule in self.rules for literal in rule.literals}
            self.figured = frozenset(literal for literal in literals if literal.translate(_ZEROS) != literal)
        found = self.shapes[shape] = self._holding(text, self.figured)
        return found

    def _holding(self, text: str, figured: frozenset[str]) -> Signatures:
        found = []
        for rule in self.rules:
            indices = [at for at, literal in enumerate(rule.literals) if literal in text or literal in figured]
            if indices:
                found.append((rule, indices))
        return found
