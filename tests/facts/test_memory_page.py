"""docs/memory.md shows what the sum gives now."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_measured_and_reckoned_figures_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("memory_table", ROOT / "tools" / "memory_table.py")
    assert spec
    assert spec.loader
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    assert table.page() == table.PAGE.read_text("utf-8"), "run python tools/memory_table.py"
    assert table.page().count("\n| ") >= 12
