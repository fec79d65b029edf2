"""Import the tree of a vLLM release whose libraries are missing, newer or older than it wants.

No blanket stubbing, three narrow means:

1. a hook on `import`, only for statements of the tree's own files that no `try` guards: a missing module, or
a missing name of another library's module, becomes a stub; 2. a loader for the tree's modules: one whose body
raises keeps what it defined so far and answers any further name with a stub, unless a `try` guards the import
(then it raises, as it would); 3. `importlib.metadata.version` answers for vllm itself.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import sys
from functools import cache
from pathlib import Path
from typing import Any

from stubs import make_stub, put_module

# What a release asks for in order to learn on which accelerator it runs: must stay missing.
ABSENT = {
    "libtpu",
    "amdsmi",
    "torch_xla",
    "habana_frameworks",
    "intel_extension_for_pytorch",
    "torch_npu",
    "tpu_commons",
    "tpu_inference",
    "neuronxcc",
    "torch_neuronx",
    "libneuronxla",
    "transformers_neuronx",
}


class Captured(BaseException):
    """Carries a parser out of the release's own `main`; passes through every `except Exception`."""

    def __init__(self, parser: Any) -> None:
        super().__init__()
        self.parser = parser


@cache
def _guarded_lines(filename: str) -> list[tuple[int, int]]:
    """The line ranges of a file where a failing import is expected: `try` with handlers, `suppress`,
    placeholders.
    """
    ranges = []
    for node in ast.walk(ast.parse(Path(filename).read_text(errors="replace"))):
        if isinstance(node, ast.Try) and node.handlers:
            ranges.append((node.body[0].lineno, node.body[-1].end_lineno or 0))
        elif isinstance(node, ast.With):
            what = ast.dump(node.items[0].context_expr)
            if "suppress" in what or "PlaceholderModule" in what:
                ranges.append((node.body[0].lineno, node.body[-1].end_lineno or 0))
    return ranges


def _guarded(frame: Any) -> bool:
    return any(first <= frame.f_lineno <= last for first, last in _guarded_lines(frame.f_code.co_filename))


class _Importer:
    """The hook on `import` for one tree."""

    def __init__(self, root: str) -> None:
        self.inside = root + "/"
        self.real = builtins.__import__

    def __call__(self, name: str, globals_: Any = None, locals_: Any = None, names: Any = (), level: int = 0) -> Any:
        frame = sys._getframe(1)
        if level or not frame.f_code.co_filename.startswith(self.inside):
            return self.real(name, globals_, locals_, names, level)
        guarded = _guarded(frame)
        module = self._load(name, globals_, locals_, names, guarded)
        if names and not guarded and module.__name__.split(".")[0] != "vllm":
            self._fill(module, name, names)
        return module

    def _load(self, name: str, globals_: Any, locals_: Any, names: Any, guarded: bool) -> Any:
        for _ in range(40):  # a library may miss several modules, one after the other
            try:
                return self.real(name, globals_, locals_, names, 0)
            except ModuleNotFoundError as error:
                if guarded or not error.name or error.name.split(".")[0] in ABSENT:
                    raise
                put_module(error.name)
            except Exception:
                if guarded or name.split(".")[0] == "vllm" or name in sys.modules:
                    raise
                put_module(name)
        raise ImportError(name)

    @staticmethod
    def _fill(module: Any, name: str, names: Any) -> None:
        for wanted in names:
            try:
                present = wanted == "*" or hasattr(module, wanted)
            except Exception:
                present = False
            if not present:
                setattr(module, wanted, make_stub(f"{name}.{wanted}"))


class _Loader(importlib.abc.Loader):
    """Runs a module of the tree; where its body raises, the rest of its names are stubs."""

    def __init__(self, inner: Any, root: str) -> None:
        self.inner = inner
        self.inside = root + "/"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def create_module(self, spec: Any) -> Any:
        return self.inner.create_module(spec)

    def exec_module(self, module: Any) -> None:
        try:
            self.inner.exec_module(module)
        except (Exception, SystemExit):
            frame: Any = sys._getframe(1)
            while frame is not None and not frame.f_code.co_filename.startswith(self.inside):
                frame = frame.f_back
            if frame is not None and _guarded(frame):
                raise
            _answer_with_stubs(module)


def _answer_with_stubs(module: Any) -> None:
    own = module.__dict__.get("__getattr__")

    def answer(name: str) -> Any:
        if own is not None:
            with contextlib.suppress(Exception):
                return own(name)
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        full = f"{module.__name__}.{name}"
        if full not in sys.modules:
            module.__dict__[name] = make_stub(full)
            return module.__dict__[name]
        return sys.modules[full]

    module.__dict__["__getattr__"] = answer


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, root: str) -> None:
        self.root = root

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name.split(".")[0] != "vllm":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None and (spec.origin or "").endswith(".py"):
            spec.loader = _Loader(spec.loader, self.root)
        return spec


def install(root: Path, release: str) -> None:
    """Let `import vllm` mean the tree at `root`, which says that it is `release` for CPU."""
    sys.path.insert(0, str(root))
    sys.meta_path.insert(0, _Finder(str(root)))
    builtins.__import__ = _Importer(str(root))  # type: ignore[assignment]
    real = importlib.metadata.version
    importlib.metadata.version = lambda name: f"{release}+cpu" if name == "vllm" else real(name)
