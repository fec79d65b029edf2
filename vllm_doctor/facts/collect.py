"""Facts of the events of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.contain import contained, each
from vllm_doctor.facts.registry import readers_of
from vllm_doctor.facts.types import Fact, Facts, merge
from vllm_doctor.log.types import Event, Traceback

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def of_event(event: Event) -> Iterator[Fact]:
    """What all readers take from one event; a client's words (`quotes`) say nothing of the server."""
    if event.quotes:
        return
    text = event.message
    if isinstance(event, Traceback):
        text = "\n".join(link.message for link in event.chain())
    for read in contained("the readers of facts", lambda: readers_of(text), ()):
        yield from each(f"facts {read.__module__.rpartition('.')[2]}.{read.__name__}", read, event)


def of_events(events: Iterable[Event]) -> Facts:
    """The facts of one attempt, each by its pick (docs: `Declared.pick`)."""
    return Facts(merge(fact for event in events for fact in of_event(event)))
