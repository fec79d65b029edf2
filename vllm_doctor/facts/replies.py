"""What a client was told by a server that works: vLLM's own error bodies, which logs and terminals show.

A body counts only where it stands alone on its line, as `curl` prints it; inside a request it is a client's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ASKED = declare("reply.model_asked", "text", "the model that a request named and the server does not serve")
KEY = declare("reply.key_missing", "flag", "whether a request was refused for its API key")

# vllm/entrypoints/openai/serving_engine.py, serving_models.py _check_model, serve/engine (0.4.1 to 0.33.0)
_MODEL = pattern(
    r'^\s*\{"(?:object":\s*"error",|error":\s*\{)[^{}]{0,200}?"message":\s*"The model `([^`"]{1,300})` does not exist\.'
)
# the AuthenticationMiddleware of api_server.py
_KEY = pattern(r'^\s*\{"error":\s*"Unauthorized"\}\s*$')


def of_replies(events: Iterable[Event]) -> Iterator[Fact]:
    """The model asked for, or that the key was refused, for each such body."""
    for event in events:
        if not isinstance(event, Record) or event.level or "{" not in event.message:
            continue
        if found := _MODEL.match(event.message):
            yield Fact(ASKED, found[1], event.lines[0])
        elif _KEY.match(event.message):
            yield Fact(KEY, True, event.lines[0])
