from __future__ import annotations

import re
from pathlib import Path

from vllm_doctor.launch.files import READERS

PAGE = Path(__file__).parents[2] / "docs" / "launch-kinds.md"


def test_the_page_has_a_row_for_every_reader() -> None:
    first, _, _ = PAGE.read_text("utf-8").partition("\n## ")
    rows = re.findall(r"^\| ([a-z][\w-]*) \|", first, re.MULTILINE)
    assert sorted(rows) == sorted(["kind", *(reader.name for reader in READERS)])
