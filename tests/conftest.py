"""What every test shares: a bug that the program would contain and tell in a note is loud here."""

from __future__ import annotations

from typing import NoReturn

import pytest

from vllm_doctor import contain


def _raised(part: str, error: Exception) -> NoReturn:
    raise error


@pytest.fixture(autouse=True)
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise what would be contained; tests of the containment have a fixture of this name of their own."""
    monkeypatch.setattr(contain, "note", _raised)
