import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data" / "memory.json"


@pytest.fixture(scope="session")
def measured() -> dict[str, Any]:
    """Eleven launches of vLLM 0.24.0 on H200s, and the configs of their models."""
    data: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return data


@pytest.fixture(scope="session")
def llama(measured: dict[str, Any]) -> dict[str, Any]:
    """The config of Llama 3.1 8B."""
    return dict(measured["configs"]["llama-3.1-8b"])
