"""Frozen values, as `dataclasses.dataclass` makes them, whose methods are only written when they are first used.

The standard decorator compiles six methods of every class at once, which for the classes that a small log imports
took longer than all the rest of its diagnosis, and it still takes long to find the fields without these methods. Here
the fields are read off the annotations, and made standard ones when somebody asks for those (`fields`, `replace`,
`asdict` and `match` work); `__init__` is compiled where a class has more than a `FEW` instances, and the other methods
are shared by all classes.
"""

from __future__ import annotations

import dataclasses
import inspect
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
    fields = _fields_of(cls)
    left = FEW

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807
        nonlocal left
        left -= 1
        values = _values(fields, args, named) if left >= 0 else None
        if values is None:
            made.__init__ = _init_of(made, fields, frozen)
            made.__init__(self, *args, **named)
            return
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if hasattr(made, "__post_init__"):
            self.__post_init__()

    methods: dict[str, Any] = {"__init__": __init__, "__repr__": _repr, "__match_args__": tuple(fields)}
    if eq:
        methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
    if order:
        methods |= {"__lt__": _lt, "__le__": _le, "__gt__": _gt, "__ge__": _ge}
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if frozen and slots:
        methods |= {"__getstate__": _getstate, "__setstate__": _setstate}
    methods = {name: method for name, method in methods.items() if cls.__dict__.get(name) is None}
    made = _with_slots(cls, fields, methods) if slots else _with_methods(cls, fields, methods)
    _FIELDS[made] = fields
    setattr(made, "__dataclass_fields__", _Standard())  # noqa: B010 - the name is the standard library's
    return made


class _Standard:
    """The standard fields of a class, which `fields`, `replace` and `asdict` ask for: made when they do."""

    def __get__(self, value: object, owner: type[Any]) -> dict[str, Any]:
        fields = _known(owner)
        names = {name: item.type for name, item in fields.items()}
        body = {name: item.given for name, item in fields.items() if item.given is not dataclasses.MISSING}
        like = type(owner.__name__, (), {**body, "__annotations__": names, "__module__": owner.__module__})
        decorate = dataclasses.dataclass(init=False, repr=False, eq=False)
        found: dict[str, Any] = decorate(like).__dataclass_fields__  # type: ignore[attr-defined]
        setattr(owner, "__dataclass_fields__", found)  # noqa: B010
        return found


class _Field:
    """A field of a class: its type, what was given as its value there, and what that says."""

    __slots__ = ("compare", "default", "factory", "given", "repr", "type")

    def __init__(self, type_: Any, given: Any) -> None:
        self.type = type_
        self.given = given
        special = isinstance(given, dataclasses.Field)
        self.default = given.default if special else given
        self.factory: Any = given.default_factory if special else dataclasses.MISSING
        self.compare = bool(given.compare) if special else True
        self.repr = given.repr if special else True


_FIELDS: dict[type[Any], dict[str, _Field]] = {}


def _fields_of(cls: type[Any]) -> dict[str, _Field]:
    """The fields of a class by name, those of its bases first; a class variable is none."""
    found: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= _FIELDS.get(base, {})
    for name, type_ in inspect.get_annotations(cls).items():
        if not str(type_).startswith(("ClassVar", "typing.ClassVar")):
            found[name] = _Field(type_, cls.__dict__.get(name, dataclasses.MISSING))
    return found


def _known(cls: type[Any]) -> dict[str, _Field]:
    """The fields of a class made here, or of the nearest base that is one."""
    return next(_FIELDS[base] for base in cls.__mro__ if base in _FIELDS)


def _with_methods(cls: type[Any], fields: dict[str, _Field], methods: dict[str, Any]) -> type[Any]:
    """The class with the methods, and plain defaults as its attributes, as the standard decorator leaves it."""
    for name, method in methods.items():
        setattr(cls, name, method)
    for name, item in fields.items():
        if isinstance(cls.__dict__.get(name), dataclasses.Field):
            if item.default is dataclasses.MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, item.default)
    return cls


def _with_slots(cls: type[Any], fields: dict[str, _Field], methods: dict[str, Any]) -> type[Any]:
    """The class anew, with the methods, and a slot for each field that no base has one for."""
    inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    body = {name: value for name, value in cls.__dict__.items() if name not in (*fields, "__dict__", "__weakref__")}
    body |= methods
    body["__slots__"] = tuple(name for name in fields if name not in inherited)
    made: type[Any] = type(cls)(cls.__name__, cls.__bases__, body)  # type: ignore[misc]
    made.__qualname__ = cls.__qualname__
    return made


def _values(fields: dict[str, _Field], args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any] | None:
    """The value of each field; None where the arguments do not fit, which the compiled `__init__` says best."""
    values: dict[str, Any] = dict(zip(fields, args))  # noqa: B905 - there may be fewer arguments
    if len(args) > len(fields) or not named.keys().isdisjoint(values) or not named.keys() <= fields.keys():
        return None
    for name, item in fields.items():
        if name in values:
            continue
        if name in named:
            values[name] = named[name]
        elif item.default is not dataclasses.MISSING:
            values[name] = item.default
        elif item.factory is not dataclasses.MISSING:
            values[name] = item.factory()
        else:
            return None
    return values


def _init_of(cls: type[Any], fields: dict[str, _Field], frozen: bool) -> Callable[..., None]:
    """The `__init__` of a class, compiled."""
    known: dict[str, Any] = {"_FRESH": _FRESH, "_set": object.__setattr__}
    given, body = ["self"], []
    for name, item in fields.items():
        value = name
        if item.factory is not dataclasses.MISSING:
            known[f"_new_{name}"] = item.factory
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
        names = [name for name, item in _known(cls).items() if item.compare]
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
    fields = _known(type(self))
    shown = (f"{name}={getattr(self, name)!r}" for name, item in fields.items() if item.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, *value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, name) for name in _known(type(self))]


def _setstate(self: Any, state: list[Any]) -> None:
    for name, value in zip(_known(type(self)), state, strict=True):
        object.__setattr__(self, name, value)
