"""The command line: input, output and exit codes. It decides nothing; see docs/design.md, "Decisions"."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

_COLLECT_AFTER = 50_000
"""New objects between two collections; the usual 700 cost a tenth of a start, which makes few cycles."""


def main() -> NoReturn:
    """The program `vllm-doctor`."""
    gc.set_threshold(_COLLECT_AFTER)
    from vllm_doctor.cli.app import run

    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End at once: taking the interpreter down only frees memory, and costs a small log one part in fifteen.

    Where what was printed cannot be written out, the interpreter's own way tells of it.
    """
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        sys.exit(code)
    os._exit(code)
