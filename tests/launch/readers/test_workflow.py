from __future__ import annotations

import pytest

from tests.launch.readers.fixtures import check_edits, check_read, files
from vllm_doctor.launch.readers import workflow


@pytest.mark.parametrize("name", files(workflow.name))
def test_files_are_read(name: str) -> None:
    check_read(workflow.name, name)


@pytest.mark.parametrize("name", files(workflow.name))
def test_edits_change_only_their_lines(name: str) -> None:
    check_edits(workflow.name, name)
