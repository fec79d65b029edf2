"""The names that a release knows, read from its tree: architectures, quantizations, parsers, attention
backends.

Nothing is executed: only literal tables, `Literal` types, enums and decorators are read.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_MODELS = ("ROCM", "OOT", "PREVIOUSLY", "VLLM", "UNSUPPORTED")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(errors="replace")) if path.exists() else ast.Module([], [])


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _strings(node: ast.expr | None) -> list[str]:
    """The names in a literal table: keys of a dict, items of a list, arguments of a `Literal`."""
    if isinstance(node, ast.Dict):
        items: list[ast.expr | None] = list(node.keys)
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = list(node.elts)
    elif isinstance(node, ast.Subscript):
        return _strings(node.slice) if isinstance(node.slice, ast.Tuple) else []
    else:
        items = [node]
    return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]


def _architectures(root: Path) -> dict[str, list[str]]:
    """Architectures by the registry's own group ("text_generation", "multimodal", ...; "models" before
    0.5.0).
    """
    folder = root / "vllm/model_executor/models"
    found = {}
    for path in (folder / "registry.py", folder / "__init__.py"):
        for name, value in _assignments(_tree(path)):
            if name.endswith("MODELS") and isinstance(value, ast.Dict) and not any(word in name for word in NO_MODELS):
                names = _strings(value)
                if names:
                    found[name.strip("_").lower().removesuffix("_models")] = names
    return found


def _dropped_architectures(root: Path) -> dict[str, str]:
    """Architectures that the registry itself calls gone, with the last release that had them."""
    for name, value in _assignments(_tree(root / "vllm/model_executor/models/registry.py")):
        if name == "_PREVIOUSLY_SUPPORTED_MODELS" and isinstance(value, ast.Dict):
            table = ast.literal_eval(value)
            return {str(key): str(item) for key, item in table.items()}
    return {}


def _quantizations(root: Path) -> tuple[list[str], list[str]]:
    known: list[str] = []
    deprecated: list[str] = []
    for name, value in _assignments(_tree(root / "vllm/model_executor/layers/quantization/__init__.py")):
        if name in ("QUANTIZATION_METHODS", "QuantizationMethods"):
            known += [item for item in _strings(value) if item not in known]
        elif name == "DEPRECATED_QUANTIZATION_METHODS":
            deprecated = _strings(value)
    return known, deprecated


def _registered(decorator: ast.expr, manager: str) -> list[str]:
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != f"{manager}.register_module":
        return []
    arguments = [*decorator.args, *(keyword.value for keyword in decorator.keywords if keyword.arg == "name")]
    return [name for argument in arguments for name in _strings(argument)]


def _parsers(root: Path, manager: str, table: str) -> list[str]:
    """Parsers by decorator (`@ToolParserManager.register_module("x")`) or by table."""
    found: set[str] = set()
    for path in sorted((root / "vllm").rglob("*.py")):
        text = path.read_text(errors="replace")
        if manager not in text and table not in text:
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.update(name for item in node.decorator_list for name in _registered(item, manager))
        for name, value in _assignments(tree):
            if name == table:
                found.update(_strings(value))
    return sorted(found)


def _attention_backends(root: Path) -> list[str]:
    """The members of the backend enum: what VLLM_ATTENTION_BACKEND and --attention-backend name."""
    places = (
        "v1/attention/backends/registry.py",
        "attention/backends/registry.py",
        "platforms/interface.py",
        "attention/selector.py",
    )
    for place in places:
        for node in _tree(root / "vllm" / place).body:
            if isinstance(node, ast.ClassDef) and node.name in ("AttentionBackendEnum", "_Backend"):
                members = [item.targets[0] for item in node.body if isinstance(item, ast.Assign)]
                return [item.id for item in members if isinstance(item, ast.Name) and not item.id.startswith("_")]
    return []


def names(root: Path) -> dict[str, object]:
    """All names by kind."""
    known, deprecated = _quantizations(root)
    return {
        "architectures": _architectures(root),
        "dropped-architectures": _dropped_architectures(root),
        "quantizations": known,
        "deprecated-quantizations": deprecated,
        "tool-parsers": _parsers(root, "ToolParserManager", "_TOOL_PARSERS_TO_REGISTER"),
        "reasoning-parsers": _parsers(root, "ReasoningParserManager", "_REASONING_PARSERS_TO_REGISTER"),
        "attention-backends": _attention_backends(root),
    }
