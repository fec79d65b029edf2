"""Shell prompts that stand before a command that was pasted or logged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROMPT = pattern(
    r"""\s*(?:\([\w.-]{1,60}\)[ ]*)?          # (venv)
    (?:[\w.-]{1,60}@[\w.-]{1,80}[: ][^\n#$%>]{0,200}[#$%>]   # user@host:~/dir#
      |\[[^\]\n]{1,200}\][ ]?[#$%>]           # [user@host dir]$
      |[$#%>+\u276f\u279c])[ \t]+             # $, #, and + of `set -x`
    """,
    re.VERBOSE,
)
_ENDS = "$#%>+\u276f\u279c"
"""One of which every prompt ends with."""
_GOES_ON = pattern(r"(?<=\n)[ \t]*>[ \t]")


def prompts(text: str) -> Iterator[Span]:
    """The prompt in front of a pasted command, and the `> ` of its continued lines."""
    first = _PROMPT.match(text) if any(end in text for end in _ENDS) else None
    if not first:
        return
    yield Span(first.start(), first.end())
    for found in _GOES_ON.finditer(text, first.end()):
        yield Span(found.start(), found.end())
