"""Frozen values, as `dataclasses.dataclass` makes them, whose methods are only written when they are first used.

The standard decorator compiles six methods of every class at once, which for the classes that a small log imports
took longer than all the rest of its diagnosis. Here the fields are the standard ones (`fields`, `replace`, `asdict`
and `match` work), `__init__` is compiled where a class has more than a `FEW` instances, and the other methods are
shared by all classes.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, order=False):
        """The same as `dataclasses.dataclass`, as far as the options here go."""
        if cls is None:
            return lambda cls: _made(cls, frozen, slots, eq, order)
        return _made(cls, frozen, slots, eq, order)


__all__ = ["dataclass"]

FEW = 6
"""Instances of a class for which compiling its `__init__` would cost more than it saves."""
_FRESH = object()
"""Stands for the default of a field that has a factory."""


def _made(cls: type[Any], frozen: bool, slots: bool, eq: bool, order: bool) -> type[Any]:
    left = FEW

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807
        nonlocal left
        left -= 1
        values = _values(made, args, named) if left >= 0 else None
        if values is None:
            made.__init__ = _init_of(made, frozen)
            made.__init__(self, *args, **named)
            return
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if hasattr(made, "__post_init__"):
            self.__post_init__()

    methods: dict[str, Any] = {"__init__": __init__, "__repr__": _repr}
    if eq:
        methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
    if order:
        methods |= {"__lt__": _lt, "__le__": _le, "__gt__": _gt, "__ge__": _ge}
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if frozen and slots:
        methods |= {"__getstate__": _getstate, "__setstate__": _setstate}
    for name, method in methods.items():
        if cls.__dict__.get(name) is None:
            setattr(cls, name, method)
    made: type[Any] = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    return made


def _values(cls: type[Any], args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any] | None:
    """The value of each field; None where the arguments do not fit, which the compiled `__init__` says best."""
    fields = dataclasses.fields(cls)
    values: dict[str, Any] = {}
    for index, item in enumerate(fields):
        if index < len(args):
            values[item.name] = args[index]
        elif item.name in named:
            values[item.name] = named[item.name]
        elif item.default is not dataclasses.MISSING:
            values[item.name] = item.default
        elif item.default_factory is not dataclasses.MISSING:
            values[item.name] = item.default_factory()
        else:
            return None
    taken = {item.name for item in fields[len(args) :]}
    return values if len(args) <= len(fields) and named.keys() <= taken else None


def _init_of(cls: type[Any], frozen: bool) -> Callable[..., None]:
    """The `__init__` of a class, compiled."""
    known: dict[str, Any] = {"_FRESH": _FRESH, "_set": object.__setattr__}
    given, body = ["self"], []
    for item in dataclasses.fields(cls):
        name = item.name
        value = name
        if item.default_factory is not dataclasses.MISSING:
            known[f"_new_{name}"] = item.default_factory
            given.append(f"{name}=_FRESH")
            value = f"_new_{name}() if {name} is _FRESH else {name}"
        elif item.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = item.default
            given.append(f"{name}=_default_{name}")
        else:
            given.append(name)
        body.append(f" _set(self, {name!r}, {value})" if frozen else f" self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    source = "\n".join([f"def __init__({', '.join(given)}):", *(body or [" pass"])])
    exec(source, known)  # noqa: S102 - made of the names of fields, as the standard library does
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


_KEYS: dict[type[Any], Callable[[Any], Any]] = {}


def _key(cls: type[Any]) -> Callable[[Any], Any]:
    """What the values of a class are compared by."""
    if cls not in _KEYS:
        names = [item.name for item in dataclasses.fields(cls) if item.compare]
        _KEYS[cls] = attrgetter(*names) if names else lambda _: ()
    return _KEYS[cls]


def _eq(self: object, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    key = _key(type(self))
    return key(self) == key(other)


def _hash(self: object) -> int:
    return hash(_key(type(self))(self))


def _lt(self: Any, other: Any) -> bool:
    key = _key(type(self))
    return bool(key(self) < key(other)) if other.__class__ is self.__class__ else NotImplemented


def _le(self: Any, other: Any) -> bool:
    key = _key(type(self))
    return bool(key(self) <= key(other)) if other.__class__ is self.__class__ else NotImplemented


def _gt(self: Any, other: Any) -> bool:
    key = _key(type(self))
    return bool(key(self) > key(other)) if other.__class__ is self.__class__ else NotImplemented


def _ge(self: Any, other: Any) -> bool:
    key = _key(type(self))
    return bool(key(self) >= key(other)) if other.__class__ is self.__class__ else NotImplemented


def _repr(self: Any) -> str:
    shown = (f"{item.name}={getattr(self, item.name)!r}" for item in dataclasses.fields(self) if item.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, *value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, item.name) for item in dataclasses.fields(self)]


def _setstate(self: Any, state: list[Any]) -> None:
    for item, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, item.name, value)
