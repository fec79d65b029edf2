"""ROOM 2: typed values with their evidence, no verdicts.

Every file of this room registers the facts that it makes, so importing the room imports them all; a new fact
needs no list to be kept.
"""

from importlib import import_module
from pkgutil import iter_modules

from vllm_doctor.facts.types import DECLARED, Declared, Fact, Facts, declared

for _module in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")

__all__ = ["DECLARED", "Declared", "Fact", "Facts", "declared"]
