"""What a launch says of its start and its end: where to ask whether it serves, how long it may take to end."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from vllm_doctor.launch.options import find
from vllm_doctor.vllm import arity

if TYPE_CHECKING:
    from vllm_doctor.launch.types import Launch

_QUIET = frozenset({"warning", "error", "critical"})
_PORT = 8000


def asks_health(launch: Launch | None) -> int | None:
    """The port to ask, where `--uvicorn-log-level` hides the server's own word; else None.

    Elsewhere the port is not asked: what answers there may be another server, for which this one is about to die.
    """
    if launch is None or (_value(launch, "--uvicorn-log-level") or "").lower() not in _QUIET:
        return None
    port = _value(launch, "--port") or ""
    return int(port) if port.isdigit() else _PORT


def healthy(port: int) -> bool:
    """Whether `/health` on this machine answers with 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def shutdown_seconds(launch: Launch | None) -> int:
    """What `--shutdown-timeout` gives to the requests that run when the server is asked to end (0.17 on)."""
    value = (_value(launch, "--shutdown-timeout") if launch else None) or ""
    return int(value) if value.isdigit() else 0


def _value(launch: Launch, flag: str) -> str | None:
    option = find(launch, lambda name: arity(name, None), flag)
    return option.values[-1] if option and option.values else None
