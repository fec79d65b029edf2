"""The records by which a start of vLLM is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.log.types import Record

_SHELL = pattern(
    r"(?:\+ |\$ |[^\s$#]{0,80}(?: [^\s$#]{1,80})?[$#] ?)?"
    r"(?:sudo |nohup |exec |env |[A-Z_][A-Z0-9_]{0,80}=\S{1,500} ){0,8}"
    r"(?:vllm serve |python[\d.]* -m \S*vllm\S*entrypoints|(?:docker|podman|nerdctl) run .*vllm)"
)
_LOGO = ("▄▄ ▄█", "█▄█▀")


def start_step(record: Record) -> str:
    """Which step of a start a record tells of: shell, platform, banner, args or engine; "" for none."""
    message = record.message
    if not record.level:
        return "shell" if "vllm" in message[:2000] and _SHELL.match(message[:2000]) else ""
    if message.startswith("vLLM API server version") or (_LOGO[0] in message and _LOGO[1] in message):
        return "banner"
    if message.startswith(("args: Namespace(", "non-default args:")):
        return "args"
    if message.startswith("Automatically detected platform"):
        return "platform"
    if message.startswith("Initializing a") and " LLM engine" in message[:60]:
        return "engine"
    return ""
