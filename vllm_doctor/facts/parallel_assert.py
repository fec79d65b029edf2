"""An assertion without words: a model's own `assert self.total_num_heads % tp_size == 0`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare, reader
from vllm_doctor.log.types import Event, Traceback

if TYPE_CHECKING:
    from collections.abc import Iterator

ASSERTED = declare(
    "parallel.asserted", "flag", "whether the line of code that failed divides a size by the tensor-parallel size"
)

# vllm/model_executor/models/*.py, layers/fused_moe/layer.py and others, 0.4.1 to 0.33.0
_CODE = re.compile(r"assert\b.{1,200}?%.{1,120}?== ?0")
_PARTS = re.compile(r"\b(?:tp|tensor|world)\w*(?:size|tp)\b")


@reader()
def read_assertion(event: Event) -> Iterator[Fact]:
    """Of the innermost frame, as the traceback shows its code."""
    if not isinstance(event, Traceback) or event.message.strip() or not event.frames:
        return
    code = event.frames[-1].code
    if event.exception.endswith("AssertionError") and _CODE.search(code) and _PARTS.search(code):
        yield Fact(ASSERTED, True, event.lines[0])
