"""The build's own step: rules/ prepared as data, so that a small log does not pay for parsing YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PrepareRules(BuildHookInterface[Any]):
    """Writes vllm_doctor/_build/*, in wheels and in editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """See hatchling; the file is an artifact, since git ignores it."""
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from vllm_doctor.engine import catalogue, prepared
        finally:
            sys.path.remove(str(root))
        prepared.write(catalogue.gather(root / "rules"), root / "vllm_doctor" / "_build")
        build_data["artifacts"].append("/vllm_doctor/_build/*")
