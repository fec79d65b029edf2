"""The environment variables of a release: those of `vllm/envs.py` with their defaults, and others that its
tree reads.

Read from the syntax tree; nothing is executed.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ = re.compile(r"^((os\.)?(getenv|environ\.(get|setdefault|pop)))$")
HELPER = re.compile(r"^(env_|get_env|maybe_|parse_|_?get_env|_resolve|env)")
NAME = re.compile(r"^[A-Z][A-Z0-9]*_[A-Z0-9_]+$")
CHOICES = ("env_with_choices", "env_list_with_choices", "env_set_with_choices")


def _constant(node: ast.expr | None) -> Any:
    return node.value if isinstance(node, ast.Constant) else None


def _default_argument(call: ast.Call) -> str:
    if len(call.args) > 1:
        return ast.unparse(call.args[1])
    return next((ast.unparse(item.value) for item in call.keywords if item.arg == "default"), "None")


def _default(node: ast.expr, name: str) -> str | None:
    """The source of the default with which an expression reads `name`; None where it does not read it so."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and call.args and _constant(call.args[0]) == name:
            function = ast.unparse(call.func)
            if READ.match(function) or HELPER.match(function):
                return _default_argument(call)
    return None


def _declared(tree: ast.Module) -> dict[str, tuple[str, str | None]]:
    """Type and default of each variable in the `if TYPE_CHECKING` block of envs.py."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for item in node.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                    value = None if item.value is None else ast.unparse(item.value)
                    found[item.target.id] = (ast.unparse(item.annotation), value)
    return found


def _choices(node: ast.expr) -> list[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in CHOICES and len(call.args) > 2:
            try:
                return [str(item) for item in ast.literal_eval(call.args[2])]
            except ValueError:
                return []
    return []


def _comment(lines: list[str], above: int) -> str:
    """The comment that stands right above a line (from 1)."""
    first = above - 2
    while first >= 0 and lines[first].strip().startswith("#"):
        first -= 1
    return " ".join(line.strip().lstrip("# ") for line in lines[first + 1 : above - 1])


def _table(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if ast.unparse(target) == "environment_variables":
                yield from (
                    (key, value)
                    for key, value in zip(node.value.keys, node.value.values, strict=False)
                    if key is not None
                )


def _entry(name: str, value: ast.expr, declared: dict[str, tuple[str, str | None]], comment: str) -> dict[str, Any]:
    body = value.body if isinstance(value, ast.Lambda) else value
    type_, stated = declared.get(name, (None, None))
    default = _default(body, name)
    entry: dict[str, Any] = {"default": stated if default is None or (default == "None" and stated) else default}
    if type_ is not None:
        entry["type"] = type_
    choices = _choices(body)
    if choices:
        entry["choices"] = choices
    if re.search("deprecat", comment, re.IGNORECASE):
        entry["deprecated"] = comment[:300]
    return entry


def _of_envs(root: Path) -> dict[str, Any]:
    path = root / "vllm/envs.py"
    if not path.exists():
        return {}
    text = path.read_text()
    tree = ast.parse(text)
    declared = _declared(tree)
    lines = text.splitlines()
    found = {}
    for key, value in _table(tree):
        name = _constant(key)
        if isinstance(name, str):
            found[name] = _entry(name, value, declared, _comment(lines, key.lineno))
    return found


def _reads(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and READ.match(ast.unparse(node.func)):
            name, default = _constant(node.args[0]), _default_argument(node)
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Load)
            and ast.unparse(node.value) == "os.environ"
        ):
            name, default = _constant(node.slice), None
        else:
            continue
        if isinstance(name, str) and NAME.match(name):
            yield name, default


def _of_tree(root: Path, known: dict[str, Any]) -> dict[str, Any]:
    """What files other than envs.py, and its own further code, read straight from the environment."""
    found: dict[str, Any] = {}
    for path in sorted((root / "vllm").rglob("*.py")):
        text = path.read_text(errors="replace")
        if "environ" not in text and "getenv" not in text:
            continue
        for name, default in _reads(ast.parse(text)):
            if name not in known and name not in found:
                found[name] = {"default": default, "file": str(path.relative_to(root))}
    return found


def variables(root: Path) -> dict[str, Any]:
    """Every variable by name: `default` is source text; `file` names the reader where it is not envs.py."""
    known = _of_envs(root)
    return known | _of_tree(root, known)
