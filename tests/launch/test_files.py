from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.files import READERS, read_launches, reader_of


@pytest.mark.parametrize(
    ("file", "first"),
    [("start.sh", ""), ("a/b/job.sbatch", ""), ("x.bash", ""), ("serve", "#!/bin/bash\n"), ("x.run", "#!/usr/bin/env zsh\n"), ("command", "")],
)  # fmt: skip
def test_shell_files(file: str, first: str) -> None:
    (launch,) = read_launches(first + "vllm serve m\n", file)
    assert (launch.argv, launch.file, launch.kind) == (("m",), file, "shell")


@pytest.mark.parametrize(
    ("file", "first"), [("notes.txt", ""), ("x.py", "#!/usr/bin/env python3\n"), ("Dockerfile", ""), ("Makefile", "")]
)
def test_kinds_that_are_not_read_give_nothing(file: str, first: str) -> None:
    assert not any(
        reader.name == "shell" for reader in [reader_of(file, first + "vllm serve m\n")] if reader is not None
    )


@given(st.text(), st.text())
def test_no_file_raises(text: str, file: str) -> None:
    read_launches(text, file)


def test_readers_have_names_of_their_own() -> None:
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names)
