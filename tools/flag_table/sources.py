"""Fetch the Python files of vLLM releases from the package index that pip is set to use.

Most come from the source archive. A release without one (0.15.0, 0.15.1) is read from its wheel, of which
only the `.py` members are fetched where the index answers range requests.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = (0, 4, 1)
CHUNK = 1 << 20


def home() -> Path:
    """The folder that holds a folder per release (VLLM_SOURCES, else a cache folder of the user)."""
    return Path(os.environ.get("VLLM_SOURCES") or Path.home() / ".cache" / "vllm-sources")


def _index() -> str:
    """The index that pip is set to use (environment or pip's settings), else pip's own default."""
    told = os.environ.get("PIP_INDEX_URL")
    if not told:
        asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    if not told:
        from pip._internal.models.index import PyPI

        told = PyPI.simple_url
    return told.rstrip("/") + "/"


def files() -> dict[str, dict[str, str]]:
    """Per release, oldest first: `{"sdist": url}` and `{"wheel": url}` as far as they exist."""
    page = urllib.parse.urljoin(_index(), "vllm/")
    request = urllib.request.Request(page, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request) as answer:
        listed = json.load(answer)["files"]
    found: dict[str, dict[str, str]] = {}
    for item in listed:
        name, url = item["filename"], urllib.parse.urljoin(page, item["url"])
        if name.endswith(".tar.gz"):
            found.setdefault(name[len("vllm-") : -len(".tar.gz")], {})["sdist"] = url
        elif name.endswith("x86_64.whl"):
            found.setdefault(name.split("-")[1], {})["wheel"] = url
    wanted = [release for release in found if _order(release)[0] >= FIRST and "rc" not in release]
    return {release: found[release] for release in sorted(wanted, key=_order)}


def _order(release: str) -> tuple[tuple[int, ...], str]:
    numbers, _, rest = release.partition(".post")
    parts = tuple(int(part) if part.isdigit() else -1 for part in numbers.split("."))
    return parts, rest


class _Remote(io.RawIOBase):
    """A file behind a URL, read in pieces by range requests."""

    def __init__(self, url: str) -> None:
        self.url, self.at = url, 0
        head = urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=0-0"}))
        if head.status != 206:
            raise OSError("the index answers no range requests")
        self.size = int(head.headers["Content-Range"].rpartition("/")[2])

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def readinto(self, buffer: Any) -> int:
        end = min(self.at + max(len(buffer), 1), self.size)
        if self.at >= end:
            return 0
        request = urllib.request.Request(self.url, headers={"Range": f"bytes={self.at}-{end - 1}"})
        with urllib.request.urlopen(request) as answer:
            data = answer.read()
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


def _from_archive(url: str) -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryFile() as file:
        with urllib.request.urlopen(url) as answer:
            shutil.copyfileobj(answer, file, CHUNK)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and member.name.endswith(".py"):
                    yield member.name.partition("/")[2], content.read()


def _from_wheel(url: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BufferedReader(_Remote(url), CHUNK)) as wheel:
        for name in wheel.namelist():
            if name.endswith(".py"):
                yield name, wheel.read(name)


def fetch(release: str, where: dict[str, str]) -> Path:
    """The folder of a release, fetched unless it is there.

    Raises:
        OSError: the index does not answer, or the release has neither archive nor wheel.
    """
    folder = home() / release
    if (folder / ".complete").exists():
        return folder
    if not where:
        raise OSError(f"vLLM {release} has neither a source archive nor a wheel in the index")
    members = _from_archive(where["sdist"]) if "sdist" in where else _from_wheel(where["wheel"])
    for name, content in members:
        if name.startswith("vllm/") and ".." not in name.split("/"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    (folder / ".complete").touch()
    return folder
