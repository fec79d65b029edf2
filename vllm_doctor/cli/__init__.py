"""The command line: input, output and exit codes. It decides nothing; see docs/design.md, "Decisions"."""

from __future__ import annotations

import sys


def main() -> None:
    """The program `vllm-doctor`."""
    from vllm_doctor.cli.app import run

    sys.exit(run(sys.argv[1:]))
