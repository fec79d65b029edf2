"""The chat template that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

PATH = declare("chat_template.path", "text", "the template file that is not there")
MISSING = declare("chat_template.given_missing", "flag", "whether --chat-template names a file that does not exist")


@reader("supplied chat template")
def read_missing(event: Event) -> Iterator[Fact]:
    """The words of vLLM for a path without a file (validate_chat_template, 0.6.3 to 0.33.0)."""
    if "doesn't exist" in event.message:
        yield Fact(MISSING, True, event.lines[0])
