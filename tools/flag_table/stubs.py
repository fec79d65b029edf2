"""Stand-ins for what a release imports and this machine lacks (kernels, other accelerators, old libraries).

A stub can be imported from, subclassed, called, indexed and used as a decorator, and is worth nothing: every
one carries `__vllm_stub__`, so that `leaks` finds one that reached an option of the parser.
"""

from __future__ import annotations

import importlib.machinery
import sys
import types
import typing
from typing import Any

MARK = "VLLMSTUB"


def _public(name: str) -> str:
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(name)
    return name


def _decorates(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> bool:
    """Whether the call looks like the use of a decorator, which must then hand back what it decorates."""
    if len(arguments) != 1 or keywords:
        return False
    target = arguments[0]
    return isinstance(target, (types.FunctionType, type)) and not isinstance(target, StubMeta)


class StubMeta(type):
    """The type of stub classes: any attribute of one is another stub class."""

    __vllm_stub__ = True

    def __getattr__(cls, name: str) -> Any:
        stub = make_stub(f"{cls.__name__}.{_public(name)}")
        type.__setattr__(cls, name, stub)
        return stub

    def __getitem__(cls, key: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return typing.Any

    __ror__ = __or__

    def __iter__(cls) -> Any:
        return iter(())

    def __len__(cls) -> int:
        return 0

    def __contains__(cls, item: Any) -> bool:
        return False

    def __lt__(cls, other: Any) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __add__(cls, other: Any) -> Any:
        return other

    __radd__ = __add__

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        """A decorator hands back what it decorates; any other call makes a stub object."""
        if cls.__dict__.get("_own_stub"):
            return arguments[0] if _decorates(arguments, keywords) else StubObject(cls.__name__)
        try:
            return super().__call__(*arguments, **keywords)
        except TypeError:
            return StubObject(cls.__name__)


class StubObject:
    """What a stub class makes when called: a value that is false, empty, zero and callable."""

    __vllm_stub__ = True

    def __init__(self, name: str = "stub") -> None:
        object.__setattr__(self, "_name", name)

    def __repr__(self) -> str:
        return f"<{MARK} {self._name}>"

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """A decorator hands back what it decorates; any other call makes a stub object."""
        return arguments[0] if _decorates(arguments, keywords) else StubObject(f"{self._name}()")

    def __getattr__(self, name: str) -> Any:
        return StubObject(f"{self._name}.{_public(name)}")

    def __getitem__(self, key: Any) -> Any:
        return StubObject(f"{self._name}[]")

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    __int__ = __index__ = __len__

    def __float__(self) -> float:
        return 0.0

    def __bool__(self) -> bool:
        return False

    def __contains__(self, item: Any) -> bool:
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> bool:
        return False

    def __lt__(self, other: Any) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __or__(self, other: Any) -> Any:
        return typing.Any

    __ror__ = __or__

    def __add__(self, other: Any) -> Any:
        return self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__
    __truediv__ = __rtruediv__ = __floordiv__ = __mod__ = __add__

    def __neg__(self) -> Any:
        return self

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StubObject)


def _any_schema(cls: type, source: Any, handler: Any) -> Any:
    from pydantic_core import core_schema

    return core_schema.any_schema()


def make_stub(name: str) -> Any:
    """A new stub class; pydantic takes it for "anything"."""
    body = {
        "_own_stub": True,
        "__module__": "vllmstub",
        "__vllm_stub__": True,
        "__init__": lambda self, *arguments, **keywords: None,
        "__init_subclass__": classmethod(lambda cls, **keywords: None),
        "__get_pydantic_core_schema__": classmethod(_any_schema),
    }
    return StubMeta(name.replace(".", "_") or "stub", (), body)


class StubModule(types.ModuleType):
    """A module that is not there: any name can be imported from it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__dict__["__vllm_stub__"] = True
        self.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0.0.1"
        full = f"{self.__name__}.{_public(name)}"
        if full in sys.modules:
            return sys.modules[full]
        stub = make_stub(full)
        setattr(self, name, stub)
        return stub


def put_module(name: str) -> None:
    """Make `name`, and each package above it that is missing, a stub module."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        path = ".".join(parts[:end])
        if path not in sys.modules:
            sys.modules[path] = StubModule(path)
            if end > 1:
                setattr(sys.modules[".".join(parts[: end - 1])], parts[end - 1], sys.modules[path])


def leaks(value: Any, depth: int = 0) -> bool:
    """Whether a stub stands anywhere in the value."""
    if type.__getattribute__(type(value), "__dict__").get("__vllm_stub__") or isinstance(value, (StubMeta, StubObject)):
        return True
    if depth < 5 and isinstance(value, (list, tuple, set)):
        return any(leaks(item, depth + 1) for item in value)
    if depth < 5 and isinstance(value, dict):
        return any(leaks(item, depth + 1) for item in value.values())
    return isinstance(value, str) and MARK in value
