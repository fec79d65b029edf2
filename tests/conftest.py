"""What every test shares: a bug that the program would contain and tell in a note is loud; huge inputs are opt-in."""

from __future__ import annotations

from typing import NoReturn

import pytest

from vllm_doctor import contain


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked `huge`, unless `-m` asks for it."""
    if "huge" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("huge"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with -m huge"))


def _raised(part: str, error: Exception) -> NoReturn:
    raise error


@pytest.fixture(autouse=True)
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise what would be contained; tests of the containment have a fixture of this name of their own."""
    monkeypatch.setattr(contain, "note", _raised)
