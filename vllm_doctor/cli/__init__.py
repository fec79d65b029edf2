"""The command line: input, output and exit codes. It decides nothing; see docs/design.md, "Decisions"."""

from __future__ import annotations

import gc
import sys

_COLLECT_AFTER = 50_000
"""New objects between two collections; the usual 700 cost a tenth of a start, which makes few cycles."""


def main() -> None:
    """The program `vllm-doctor`."""
    gc.set_threshold(_COLLECT_AFTER)
    from vllm_doctor.cli.app import run

    sys.exit(run(sys.argv[1:]))
