"""What a shell text has set so far when a command is read: variables, arrays, the environment."""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.commands import ASSIGNMENT, Arg, Command, commands
from vllm_doctor.launch.types import Variable
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.source import Source

_ELEMENTS = pattern(
    r"""(?P<q>"?)\$\{(?P<name>[A-Za-z_]\w*)\[[@*]\](?::?[+-](?:"?\$\{(?P=name)\[[@*]\]\}"?)?)?\}(?P=q)""",
    re.ASCII,
)
_SCALAR = pattern(r"""(?P<q>"?)\$(?:(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\})(?P=q)""", re.ASCII)
_DECLARES = frozenset({"export", "declare", "typeset", "local", "readonly"})
_MOST_DEPTH, _MOST_WORDS = 4, 20_000


@dataclass(slots=True)
class _Value:
    """A scalar (its one word, without the first `skip` characters) or an array (its words)."""

    items: list[Arg]
    skip: int = -1
    conditional: bool = False
    known: bool = True
    text: Source | None = None
    inside: list[Arg] | None = None


@dataclass(slots=True)
class Scope:
    """The state of the shell as far as the text tells; nothing is expanded or run."""

    values: dict[str, _Value] = field(default_factory=dict)
    places: dict[str, Variable] = field(default_factory=dict)
    env: dict[str, list[Variable]] = field(default_factory=dict)
    exports_all: bool = False
    inherited: set[str] = field(default_factory=set)

    def child(self) -> Scope:
        """The scope of a script that this one starts."""
        env = {name: list(places) for name, places in self.env.items()}
        return Scope(dict(self.values), dict(self.places), env, self.exports_all, set(self.values))

    def enter(self, assigned: Sequence[Variable], dropped: set[str], cleared: bool) -> None:
        """Go through `A=b env -u C D=e`: what stands before `env` is dropped by it too."""
        for variable in assigned:
            if variable.how == "prefix":
                self.env.setdefault(variable.name, []).append(variable)
        for name in list(self.env) if cleared else dropped:
            self.env.pop(name, None)
        for variable in assigned:
            if variable.how != "prefix":
                self.env.setdefault(variable.name, []).append(variable)

    def note(self, command: Command) -> bool:
        """Take in what a command sets; false when it is no assignment, `export`, `unset` or the like."""
        args = command.args
        if not args:
            return True
        head = args[0].value
        if head in _DECLARES:
            exported = head == "export" or any(arg.value.startswith("-") and "x" in arg.value for arg in args[1:])
            self._assign(command, args, 1, exported)
            return True
        if head == "unset":
            for arg in args[1:]:
                self.env.pop(arg.value, None)
                self.values.pop(arg.value, None)
            return True
        if head == "set":
            self.exports_all |= any(arg.value in ("-a", "-o") and _all(args) for arg in args[1:])
            self.exports_all &= not any(arg.value == "+a" for arg in args[1:])
            return True
        if all(ASSIGNMENT.match(arg.token.raw) for arg in args):
            self._assign(command, args, 0, False)
            return True
        return False

    def _assign(self, command: Command, args: Sequence[Arg], at: int, exported: bool) -> None:
        for index in range(at, len(args)):
            arg = args[index]
            found = ASSIGNMENT.match(arg.value)
            if not found:
                if exported and arg.value in self.places:
                    self.env.setdefault(arg.value, []).append(self.places[arg.value])
                continue
            name, appends = found[1], bool(found[2])
            if index in command.arrays:
                self._array(command, name, appends, [Arg(command.source, item) for item in command.arrays[index]])
                continue
            self.values[name] = _Value([arg], found.end(), command.conditional, not appends)
            place = Variable(name, None if appends else arg.value[found.end() :], arg.word.span, "export")
            self.places[name] = place
            if exported or self.exports_all or name in self.env:
                self.env.setdefault(name, []).append(place)

    def _array(self, command: Command, name: str, appends: bool, items: list[Arg]) -> None:
        old = self.values.get(name)
        if appends and old and old.skip < 0:
            if command.conditional:
                return
            if name in self.inherited:
                self.inherited.discard(name)
                old = self.values[name] = replace(old, items=list(old.items))
            old.items.extend(items)
        elif not old or not command.conditional:
            self.values[name] = _Value(items, -1, command.conditional)
        elif old.conditional:
            old.known = False

    def splice(self, args: Sequence[Arg], depth: int = 0) -> list[Arg]:
        """The words with the text's arrays put in, and a variable in front that holds the command."""
        out: list[Arg] = []
        for index, arg in enumerate(args):
            inside = self._elements(arg, first=index == 0)
            if inside is None or depth >= _MOST_DEPTH or len(out) > _MOST_WORDS:
                out.append(arg)
            else:
                out += self.splice(inside, depth + 1)
        return out

    def _elements(self, arg: Arg, first: bool) -> list[Arg] | None:
        if "$" not in arg.token.raw:
            return None
        found = _ELEMENTS.fullmatch(arg.token.raw)
        if found:
            value = self.values.get(found["name"])
            return value.items if value and value.skip < 0 and value.known else None
        value = self._scalar(arg) if first else None
        if not value:
            return None
        if value.inside is None:
            inner = commands(value.text) if value.text else []
            value.inside = inner[0].args if len(inner) == 1 else []
        return value.inside or None

    def text_of(self, arg: Arg) -> Source | None:
        """The text that a word stands for when it is nothing but a variable that this text sets."""
        value = self._scalar(arg)
        return value.text if value else None

    def _scalar(self, arg: Arg) -> _Value | None:
        found = _SCALAR.fullmatch(arg.token.raw)
        value = self.values.get(found["name"] or found["braced"]) if found else None
        if not value or value.skip < 0 or not value.known:
            return None
        if value.text is None:
            value.text = value.items[0].nested(value.skip)
        return value if value.text.depth <= _MOST_DEPTH and value.text.inner.strip() else None


def _all(args: Sequence[Arg]) -> bool:
    return any(arg.value in ("-a", "allexport") for arg in args)
