"""What a Python module builds: the lists that its variables hold, its environment, its calls."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.cells import Cell
from vllm_doctor.launch.quoting import Piece
from vllm_doctor.launch.types import Variable
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.hosted.python_text import PythonText

_ENVIRONMENT = pattern(r"os|(?:\w+\.)*(?:\w*env|\w*environ|environment)")
_TALKS = frozenset(
    "print pprint debug info warning warn error exception critical log echo secho add_argument skip fail raises".split()
)
_MOST_CELLS = 20_000
_MOST_DEPTH = 60


@dataclass(slots=True)
class Listed:
    """A list of words: its cells, the block in which it is made, and the expression that first makes it."""

    cells: list[Cell]
    block: int
    node: ast.expr
    env: list[Setting]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of the environment that a statement sets: the statement and the expression of its value."""

    variable: Variable
    value: ast.expr
    statement: ast.stmt | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """A call, with the environment that was set before it, and the dictionaries that variables hold there."""

    node: ast.Call
    env: tuple[Setting, ...]
    dicts: dict[str, ast.expr]


@dataclass(slots=True)
class _Scope:
    lists: dict[str, Listed] = field(default_factory=dict)
    dicts: dict[str, ast.expr] = field(default_factory=dict)
    env: list[Setting] = field(default_factory=list)


class Walker:
    """Goes through a module's statements in their order; nothing is run.

    `lists` are the lists that stand anywhere, with what is added to them unconditionally. `calls` are all calls.
    """

    def __init__(self, source: PythonText) -> None:
        self.source = source
        self.lists: list[Listed] = []
        self.calls: list[Called] = []
        self.used: set[str] = set()
        self._blocks = self._rows = self._count = 0
        self._body(source.tree.body, _Scope(), 0, 0)

    def _body(self, body: Sequence[ast.stmt], scope: _Scope, block: int, depth: int) -> None:
        if depth > _MOST_DEPTH:
            return
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for decorator in statement.decorator_list:
                    self._expression(decorator, scope, block)
                inner = _Scope(dict(scope.lists), dict(scope.dicts), list(scope.env))
                self._blocks += 1
                self._body(statement.body, inner, self._blocks, depth + 1)
                continue
            self._statement(statement, scope, block)
            for inside, conditional in _inner_blocks(statement):
                if conditional:
                    self._blocks += 1
                self._body(inside, scope, self._blocks if conditional else block, depth + 1)

    def _statement(self, statement: ast.stmt, scope: _Scope, block: int) -> None:
        if isinstance(statement, ast.Assert):
            return
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                self._assigned(statement, target, statement.value, scope, block)
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            self._extended(statement.target.id, self._cells(statement.value, scope), scope, block)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._method(statement, statement.value, scope, block)
        for expression in _expressions(statement):
            known = not isinstance(statement, (ast.Expr, ast.Return)) and self._cells(expression, scope) is not None
            if not known:
                self._expression(expression, scope, block)

    def _assigned(self, statement: ast.stmt, target: ast.expr, value: ast.expr, scope: _Scope, block: int) -> None:
        if isinstance(target, ast.Subscript):
            self._set(target.value, target.slice, value, statement, scope)
        if not isinstance(target, ast.Name):
            return
        scope.lists.pop(target.id, None)
        scope.dicts[target.id] = value
        cells = self._cells(value, scope)
        if cells is not None:
            listed = Listed(cells, block, value, scope.env, target.id)
            scope.lists[target.id] = listed
            self.lists.append(listed)

    def _method(self, statement: ast.stmt, call: ast.Call, scope: _Scope, block: int) -> None:
        """`cmd.append("--x")`, `cmd.extend([...])`, `os.environ.setdefault("A", "1")`, `os.environ.update({...})`."""
        if not isinstance(call.func, ast.Attribute) or not call.args:
            return
        owner, verb = call.func.value, call.func.attr
        if verb in ("append", "extend") and isinstance(owner, ast.Name):
            cells = self._row([call.args[0]], scope) if verb == "append" else self._cells(call.args[0], scope)
            self._extended(owner.id, cells, scope, block)
        elif verb in ("setdefault", "putenv") and len(call.args) == 2:
            self._set(owner, call.args[0], call.args[1], statement, scope)
        elif verb == "update" and isinstance(call.args[0], ast.Dict):
            for key, value in zip(call.args[0].keys, call.args[0].values, strict=True):
                if key is not None:
                    self._set(owner, key, value, None, scope)

    def _set(self, owner: ast.expr, key: ast.expr, value: ast.expr, statement: ast.stmt | None, scope: _Scope) -> None:
        """A variable put into `os.environ`, or into a copy of it."""
        if not _ENVIRONMENT.fullmatch(self.source.said(owner)):
            return
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            pieces = self.source.pieces(value)
            content = None if pieces is None else "".join(piece.value for piece in pieces)
            place = self.source.span(statement or value)
            scope.env.append(Setting(Variable(key.value, content, place, "file"), value, statement))

    def _extended(self, name: str, cells: list[Cell] | None, scope: _Scope, block: int) -> None:
        listed = scope.lists.get(name)
        if listed and cells and listed.block == block:
            listed.cells += cells

    def _expression(self, expression: ast.expr, scope: _Scope, block: int) -> None:
        """Lists and calls inside an expression."""
        stack: list[ast.AST] = [expression]
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.Compare, ast.Lambda)):
                continue
            if isinstance(node, ast.Call) and called_name(node) in _TALKS:
                continue
            if isinstance(node, ast.Call):
                self.calls.append(Called(node, tuple(scope.env), dict(scope.dicts)))
                self.used |= {arg.id for arg in node.args if isinstance(arg, ast.Name)}
            if isinstance(node, (ast.List, ast.BinOp)):
                cells = self._cells(node, scope)
                if cells:
                    self.lists.append(Listed(cells, block, node, list(scope.env)))
                    continue
            stack += ast.iter_child_nodes(node)

    def _cells(self, node: ast.expr, scope: _Scope) -> list[Cell] | None:
        """The words of an expression that is a list; None for any other."""
        if isinstance(node, (ast.List, ast.Tuple)):
            return self._row(node.elts, scope)
        if isinstance(node, ast.Name):
            known = scope.lists.get(node.id)
            return list(known.cells) if known else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._cells(node.left, scope), self._cells(node.right, scope)
            if left is None and right is None:
                return None
            return [*(left or self._unknown(node.left)), *(right or self._unknown(node.right))]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("list", "tuple") and len(node.args) == 1:
            return self._cells(node.args[0], scope)
        return None

    def _row(self, elements: Sequence[ast.expr], scope: _Scope) -> list[Cell] | None:
        self._rows += 1
        row = self._rows
        cells: list[Cell] = []
        for element in elements:
            self._count += 1
            if self._count > _MOST_CELLS:
                return None
            if isinstance(element, ast.Starred):
                if not isinstance(element.value, ast.IfExp):
                    cells += self._cells(element.value, scope) or self._unknown(element.value)
                continue
            if isinstance(element, ast.IfExp) and _maybe_options(element):
                continue
            pieces = self.source.pieces(element)
            if pieces is None:
                return None
            cells.append(Cell(self.source.span(element), tuple(pieces), row))
        return cells

    def _unknown(self, node: ast.expr) -> list[Cell]:
        """Words that are not known, as one that is never changed."""
        span = self.source.span(node)
        pieces = self.source.pieces(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
        made = tuple(pieces) if pieces else (Piece("${arguments}", span.start, span.end, dynamic=True),)
        return [Cell(span, made, fixed=True)]


def called_name(call: ast.Call) -> str:
    """The last part of what is called: `Popen` of `subprocess.Popen`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


def _maybe_options(element: ast.IfExp) -> bool:
    """Whether an expression is one of two options, so that neither is sure."""
    ways = [one.value for one in (element.body, element.orelse) if isinstance(one, ast.Constant)]
    return len(ways) == 2 and any(str(way).startswith("-") for way in ways)


def _inner_blocks(statement: ast.stmt) -> Iterator[tuple[list[ast.stmt], bool]]:
    """The blocks inside a statement, and whether they run only sometimes."""
    main = isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test)
    plain = isinstance(statement, (ast.With, ast.AsyncWith, ast.Try)) or main
    if not isinstance(statement, ast.Match):
        yield getattr(statement, "body", []), not plain
    yield getattr(statement, "orelse", []), True
    for handler in getattr(statement, "handlers", []):
        yield handler.body, True
    for case in getattr(statement, "cases", []):
        yield case.body, True
    yield getattr(statement, "finalbody", []), False


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, none of the statements inside it."""
    for _, value in ast.iter_fields(statement):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                yield item
            elif isinstance(item, ast.withitem):
                yield item.context_expr
