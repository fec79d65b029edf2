"""What facts there are and who makes them: declarations, readers, derivations, and where each is written.

A file of this room registers what it makes when it is imported. Importing them all costs more than a small log
needs, so a build writes down which file makes what (`index`), and a file is imported when a literal of its
readers stands in the log, or a fact that it derives is asked for. Without an index, or with one that is older
than a file of the room, all are imported at once: the same facts, later.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from sys import modules
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vllm_doctor.facts.types import Fact, Facts
    from vllm_doctor.finding import Figure
    from vllm_doctor.log.types import Event

FactType: TypeAlias = Literal["gib", "int", "float", "text", "flag", "id"]
Pick: TypeAlias = Literal["first", "last", "min", "max"]
Reader: TypeAlias = "Callable[[Event], Iterable[Fact]]"
Derivation: TypeAlias = "Callable[[Facts], Figure | None]"

ROOM = Path(__file__).parent
INDEX = ROOM.parent / "_build" / "facts.json"
INSTALLED = ROOM.parent / "_rules"
"""What only a wheel has; its index always fits."""
_NO_FACTS = ("__init__", "asking", "registry", "types")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a fact is: its type, one line on what it means, and which value counts when it is read twice."""

    name: str
    type: FactType
    about: str
    pick: Pick = "last"


_DECLARED: dict[str, Declared] = {}
_READERS: dict[str, list[tuple[tuple[str, ...], Reader]]] = {}
_DERIVATIONS: dict[str, dict[str, list[Derivation]]] = {}


def declare(name: str, type_: FactType, about: str, pick: Pick = "last") -> str:
    """Make a fact's name known; returns the name."""
    if name in _DECLARED:
        raise ValueError(f"the fact {name} is declared twice")
    _DECLARED[name] = Declared(name, type_, about, pick)
    return name


def reader(*literals: str) -> Callable[[Reader], Reader]:
    """Register a reader; it is only asked about events whose message holds one of the literals."""

    def register(function: Reader) -> Reader:
        _READERS.setdefault(function.__module__, []).append((literals, function))
        return function

    return register


def derived(name: str) -> Callable[[Derivation], Derivation]:
    """Register a way to make `name` from other facts; the first way that gives a value is taken, by file name."""

    def register(function: Derivation) -> Derivation:
        _DERIVATIONS.setdefault(name, {}).setdefault(function.__module__, []).append(function)
        return function

    return register


def declared(name: str) -> Declared | None:
    """The declaration of a fact; `args.NAME`, `config.NAME` and `env.NAME` are known for every NAME."""
    if name not in _DECLARED:
        known = _index()["declares"].get(name)
        if known:
            return Declared(name, *known)
        if re.fullmatch(r"(args|config|env)\.[A-Za-z_]\w*", name):
            return Declared(name, "text", "an argument or variable of the launch, or of the engine's config line")
    return _DECLARED.get(name)


def all_declared() -> dict[str, Declared]:
    """Every declared fact by name."""
    import_all()
    return dict(_DECLARED)


@lru_cache(maxsize=64)
def readers_of(text: str) -> tuple[Reader, ...]:
    """The readers that look at a text, by file name and the order in the file; events are read more than once."""
    for module, wanted in _index()["reads"].items():
        if module not in _READERS and (not wanted or any(literal in text for literal in wanted)):
            import_module(module)
    registered = (one for module in sorted(_READERS) for one in _READERS[module])
    return tuple([function for literals, function in registered if not literals or _holds(text, literals)])


def _holds(text: str, literals: tuple[str, ...]) -> bool:
    for literal in literals:  # noqa: SIM110 - a generator takes twice the time, and each event is asked hundreds of times
        if literal in text:
            return True
    return False


def derivations_of(name: str, known: Callable[[str], bool]) -> Iterator[Derivation]:
    """The ways to make a fact, by file name and the order in the file.

    A file is not imported for it where none of the facts is `known` that its ways ask for first: they depend on
    nothing else, and the build saw them make nothing of none.
    """
    for module, asked in _index()["derives"].get(name, {}).items():
        if asked is None or module in modules or any(map(known, asked)):
            import_module(module)
    ways = _DERIVATIONS.get(name, {})
    for module in sorted(ways):
        yield from ways[module]


def import_all() -> None:
    """Import every file of the room."""
    for path in _files():
        import_module(f"{__package__}.{path.stem}")


def make_index() -> dict[str, Any]:
    """Which file makes what: `reads` {module: literals}, `derives` {fact: modules}, `declares` {fact: ...}."""
    import_all()
    return {
        "stamp": _stamp(),
        "reads": {module: _literals(found) for module, found in sorted(_READERS.items())},
        "derives": {name: _asked(made_by) for name, made_by in sorted(_DERIVATIONS.items())},
        "declares": {name: [one.type, one.about, one.pick] for name, one in sorted(_DECLARED.items())},
    }


def _asked(by_module: dict[str, list[Derivation]]) -> dict[str, list[str] | None]:
    """What each file's ways to make a fact ask for when nothing is known; None where that does not bound them."""
    from vllm_doctor.facts.asking import asked_first

    found: dict[str, list[str] | None] = {}
    for module, ways in sorted(by_module.items()):
        names = [asked_first(way) for way in ways]
        found[module] = None if None in names else sorted({name for one in names for name in one or ()})
    return found


def _literals(found: list[tuple[tuple[str, ...], Reader]]) -> list[str]:
    """The literals of a file's readers; none where one of them looks at every text."""
    if not all(literals for literals, _ in found):
        return []
    return sorted({literal for literals, _ in found for literal in literals})


_loaded: dict[str, Any] = {}


def _index() -> dict[str, Any]:
    if not _loaded:
        _loaded.update(_read_index())
    return _loaded


def _read_index() -> dict[str, Any]:
    """The index of the build; an empty one, with all files imported, where it does not fit them."""
    try:
        index: dict[str, Any] = json.loads(INDEX.read_text("utf-8"))
        if INSTALLED.is_dir() or index["stamp"] == _stamp():
            return index
    except (OSError, ValueError, KeyError):
        pass
    import_all()
    return {"reads": {}, "derives": {}, "declares": {}}


def _files() -> list[Path]:
    return sorted(path for path in ROOM.glob("*.py") if path.stem not in _NO_FACTS)


def _stamp() -> str:
    """What changes whenever a file of the room does: names and sizes, which a wheel keeps."""
    return ";".join(f"{path.stem}:{path.stat().st_size}" for path in _files())
