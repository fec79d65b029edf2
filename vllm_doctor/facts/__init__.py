"""ROOM 2: typed values with their evidence, no verdicts.

Every file of this room registers the facts that it makes; `registry` knows which file to import when.
"""

from vllm_doctor.facts.registry import Declared, all_declared, declared
from vllm_doctor.facts.types import Fact, Facts

__all__ = ["Declared", "Fact", "Facts", "all_declared", "declared"]
