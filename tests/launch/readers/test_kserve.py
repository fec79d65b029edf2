from __future__ import annotations

import pytest

from tests.launch.readers.fixtures import check_edits, check_read, files
from vllm_doctor.launch.readers import kserve


@pytest.mark.parametrize("name", files(kserve.name))
def test_files_are_read(name: str) -> None:
    check_read(kserve.name, name)


@pytest.mark.parametrize("name", files(kserve.name))
def test_edits_change_only_their_lines(name: str) -> None:
    check_edits(kserve.name, name)
