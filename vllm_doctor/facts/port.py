"""The address that could not be bound, and the port to try next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT = 8000
"""The default of --port (vllm/entrypoints/openai/cli_args.py, every release)."""
LAST = 65535

BOUND = declare("port.bound", "id", "the port that could not be bound, as the message says")
NUMBER = declare("port.number", "id", "the port of the server that could not be bound")
NEXT = declare("port.next", "id", "the next port, to try instead")
HOST = declare("port.host", "text", "the address that could not be bound")
HOLDER = declare("port.holder", "text", "the process that holds the port", "last")
RENDEZVOUS = declare("port.rendezvous", "id", "the port of torch.distributed that was taken")
RENDEZVOUS_NEXT = declare("port.rendezvous_next", "id", "a first port for vLLM's own sockets, away from the taken one")
SOCKET = declare("port.socket", "text", "the address of an inner (ZMQ) socket that was taken")
REFUSED = declare("port.refused", "text", "why the system does not let the address be bound")
PUBLISHED = declare("port.published", "id", "the host port that a container could not publish")

# vllm/entrypoints/launcher.py serve_http (0.5.5 on): also printed on every ordinary shutdown, so it is no event
_HOLDER = pattern(r"port \d{1,5} is used by process psutil\.Process\(pid=(\d{1,8}), name='([^']{1,40})'")


@reader("is used by process")
def read_holder(event: Event) -> Iterator[Fact]:
    """Who holds the port, as vLLM found out."""
    if isinstance(event, Record) and (found := _HOLDER.search(event.message)):
        yield Fact(HOLDER, f"{found[2]} (pid {found[1]})", event.lines[0])


@derived(NUMBER)
def number(facts: Facts) -> str | None:
    """The port of the message, else of the launch, else vLLM's default."""
    bound = facts.text(BOUND)
    if bound:
        return bound
    asked = asked_number(facts, "port")
    return str(int(asked) if asked is not None else DEFAULT)


@derived(NEXT)
def next_port(facts: Facts) -> str | None:
    """One more; the default where there is none."""
    return _after(facts.text(NUMBER), 1)


@derived(RENDEZVOUS_NEXT)
def next_rendezvous(facts: Facts) -> str | None:
    """A port well beyond the taken one: vLLM counts upwards from it (vllm/utils get_open_port)."""
    return _after(facts.text(RENDEZVOUS), 100)


def _after(text: str | None, step: int) -> str | None:
    if not text or not re.fullmatch(r"\d{1,5}", text):
        return None
    return str(int(text) + step if int(text) + step <= LAST else DEFAULT)
