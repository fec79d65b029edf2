import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from vllm_doctor.errors import InputError
from vllm_doctor.model.hub import fetch_config


class Answer:
    def __init__(self, status: int, data: bytes) -> None:
        self.status_code, self.data = status, data

    def iter_bytes(self) -> Iterator[bytes]:
        yield self.data


class Session:
    """A Hub with some files, which serves ranges as the real one does."""

    def __init__(self, files: dict[str, bytes], status: int = 206) -> None:
        self.files, self.status = files, status

    @contextmanager
    def stream(self, method: str, url: str, headers: dict[str, str], timeout: float) -> Iterator[Answer]:
        assert (method, 0 < timeout <= 10) == ("GET", True)
        name = url.rsplit("/", 1)[1]
        first, last = (int(part) for part in headers["range"].removeprefix("bytes=").split("-"))
        if name not in self.files:
            yield Answer(404, b"")
        elif self.status == 206:
            yield Answer(206, self.files[name][first : last + 1])
        else:
            yield Answer(self.status, self.files[name])


def serve(monkeypatch: pytest.MonkeyPatch, session: Any) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "get_session", lambda: session)


def header(tensors: dict[str, int]) -> bytes:
    raw = json.dumps(
        {name: {"dtype": "BF16", "data_offsets": [0, size]} for name, size in tensors.items()}
    ).encode()
    return len(raw).to_bytes(8, "little") + raw + b"weights"


@pytest.mark.parametrize("status", [206, 200])
def test_config_and_headers(monkeypatch: pytest.MonkeyPatch, llama: dict[str, Any], status: int) -> None:
    files = {"config.json": json.dumps(llama).encode(), "model.safetensors": header({"a": 10, "b": 6})}
    serve(monkeypatch, Session(files, status))
    config = fetch_config("org/m")
    assert config.hidden == 4096
    assert config.files.tensors is not None
    assert config.files.tensors.total == 16


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (Session({}), "is not on the Hub"),
        (Session({"config.json": b"{}"}, 401), "gated or private"),
        (Session({"config.json": b"{}"}, 500), "answered 500"),
        (Session({"config.json": b"<html>"}), "not valid JSON"),
        (None, "cannot be reached"),
    ],
)
def test_errors_are_sentences(monkeypatch: pytest.MonkeyPatch, session: Any, words: str) -> None:
    serve(monkeypatch, session)
    with pytest.raises(InputError, match=words):
        fetch_config("org/m")


def test_no_id_and_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, Session({"config.json": b"{}"}))
    with pytest.raises(InputError, match="no id"):
        fetch_config("../etc/passwd")
    with pytest.raises(InputError, match="too long"):
        fetch_config("org/m", time_limit=0)


def test_the_room_imports_without_the_hub_library() -> None:
    import subprocess

    rooms = "import sys, vllm_doctor.model.hub, vllm_doctor.model.memory"
    code = f"{rooms}; sys.exit('huggingface_hub' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
