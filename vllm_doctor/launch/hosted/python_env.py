"""The environment that a Python module sets (`os.environ[...] = ...`, `env={...}`), and how it is changed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.python_list import escaped, style_of
from vllm_doctor.launch.hosted.python_scope import Called, Setting
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Variable
from vllm_doctor.text import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.hosted.python_text import PythonText
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits


class PythonEnv:
    """Variables that statements before a launch set; only literals are changed, and nothing new is set."""

    def __init__(self, source: PythonText, found: Sequence[Setting]) -> None:
        self.source, self.found = source, tuple(found)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Each variable once, as it ends up."""
        return tuple({one.variable.name: one.variable for one in self.found}.values())

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """Put a literal in place of the one that stands."""
        for one in reversed(self.found):
            if one.variable.name == name:
                style = style_of(self.source.said(one.value))
                written = None if isinstance(value, Raw) or not style else escaped(value, "", style[1])
                if style and written is not None:
                    yield (Edit(self.source.span(one.value), style[1] + written + style[1]),)
                return

    def unset(self, name: str) -> Iterator[Edits]:
        """No way: the statement may be the only one of its block."""
        yield from ()


def given_env(source: PythonText, call: Called) -> list[Setting]:
    """What `env={**os.environ, "A": "1"}` of a call sets."""
    value = next((one.value for one in call.node.keywords if one.arg == "env"), None)
    if isinstance(value, ast.Name):
        value = call.dicts.get(value.id)
    pairs: list[tuple[ast.expr | None, ast.expr]] = []
    if isinstance(value, ast.Dict):
        pairs = list(zip(value.keys, value.values, strict=True))
    elif isinstance(value, ast.Call):
        pairs = [(ast.Constant(one.arg), one.value) for one in value.keywords if one.arg]
    elif isinstance(value, ast.BinOp) and isinstance(value.right, ast.Dict):
        pairs = list(zip(value.right.keys, value.right.values, strict=True))
    made: list[Setting] = []
    for key, item in pairs:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            pieces = source.pieces(item)
            content = None if pieces is None else "".join(piece.value for piece in pieces)
            made.append(Setting(Variable(key.value, content, source.span(item), "file"), item))
    return made
