"""The vLLM that a project asks for, by what lies beside a launch: lock files, requirement files, pyproject.toml.

Looked at are the launch file's own folder and those above it up to the repository's root, never above; the nearest
folder that names vLLM counts. Only regular files are read, no links, each of at most 4 MiB.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import InputError
from vllm_doctor.patterns import pattern
from vllm_doctor.repo.index import small_file
from vllm_doctor.repo.toml_file import read_toml
from vllm_doctor.repo.walk import repository_of
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 4 << 20
_MOST_FILES = 40
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_LISTS = pattern(r"(?:requirements|constraints)[\w.-]{0,60}\.txt")
_PROJECT = "pyproject.toml"
_LOCKED = pattern(r'^\[\[package\]\][ \t]*\r?\nname = "vllm"[ \t]*\r?\nversion = "([^"\n]{1,60})"', re.MULTILINE)
# vllm==0.8.5, vllm[audio]>=0.8,<0.9; the marker, a comment and hashes that follow say nothing of the release
_ASKED = pattern(r"[ \t]*vllm[ \t]*(?:\[[\w ,.-]{0,80}\])?[ \t]*([=<>!~][=<>!~\w.*+, \t]{1,120})", re.IGNORECASE)
# pip install, uv pip install, python -m pip install: one command, as far as the next one
_INSTALLS = pattern(
    r"\bpip3?[ \t]+install[ \t](?:[^;&|\n]{0,400}?[ \t'\"])?vllm(?:\[[\w ,.-]{0,80}\])?==v?(\d[\w.+]{0,40})(?![\w.+*-])"
)
_CARET = pattern(r"[\^~](\d+)\.(\d+)(?:\.(\d+))?[\w.]*")


@dataclass(frozen=True, slots=True)
class Pin:
    """The releases that a project asks for as PEP 440 writes them, and the file, as seen from the launch's folder.

    `stated`: our own settings say it of all launches, so it also counts for an image whose tag names no release.
    """

    specifier: str
    file: str
    stated: bool = False


def pin_in(text: str) -> Pin | None:
    """The one release that a text installs itself (`pip install vllm==0.8.5`); None where there are several."""
    if "vllm" not in text or "install" not in text:
        return None
    lines = text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines()
    said = {found[1] for line in lines if not line.lstrip().startswith("#") for found in _INSTALLS.finditer(line)}
    return Pin(f"=={said.pop()}", "pip install") if len(said) == 1 else None


def pin_of(launch_file: Path) -> Pin | None:
    """What the project of a launch file asks of vLLM; None where it names none, or files contradict each other."""
    folder = Path(os.path.abspath(launch_file)).parent  # noqa: PTH100 - `resolve` would follow the links above it
    root = repository_of(folder) or folder
    for above, at in enumerate((folder, *folder.parents)):
        for kind in _kinds(at):
            asked = {name: one for name in kind for one in _asked(at / name) if _valid(one)}
            if asked:
                name = _agreed(asked)
                return Pin(asked[name], "../" * above + name) if name else None
        if at == root:
            return None
    return None


def _kinds(folder: Path) -> Iterator[list[str]]:
    """The names of files that may name vLLM in a folder, those first that say it most exactly."""
    try:
        with os.scandir(folder) as entries:
            asking = [entry for entry in entries if _may_ask(entry.name) and entry.is_file(follow_symlinks=False)]
            names = sorted(entry.name for entry in asking)[:_MOST_FILES]
    except OSError:
        return
    yield [name for name in names if name in _LOCKS]
    yield [name for name in names if _LISTS.fullmatch(name)]
    yield [name for name in names if name == _PROJECT]


def _may_ask(name: str) -> bool:
    return name in _LOCKS or name == _PROJECT or _LISTS.fullmatch(name) is not None


def _asked(path: Path) -> Iterator[str]:
    """The specifiers of vLLM in a file; nothing where it cannot be read."""
    data = small_file(path, MOST_BYTES)
    if not data or b"vllm" not in data.lower():
        return
    if path.name == _PROJECT:
        try:
            yield from _of_project(read_toml(data, path.name)[0])
        except InputError:
            return
        return
    text = data.decode("utf-8", "replace")
    if path.name in _LOCKS:
        yield from (f"=={found[1]}" for found in _LOCKED.finditer(text))
        return
    yield from (found[1].strip() for line in text.splitlines() if (found := _ASKED.match(line)))


def _of_project(data: dict[str, Any]) -> Iterator[str]:
    project, groups = _table(data, "project"), _table(data, "dependency-groups")
    lists = [project.get("dependencies"), *_table(project, "optional-dependencies").values(), *groups.values()]
    for listed in lists:
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, str) and (found := _ASKED.match(item)):
                yield found[1].strip()
    poetry = _table(data, "tool", "poetry")
    tables = [poetry, *(table for table in _table(poetry, "group").values() if isinstance(table, dict))]
    for table in tables:
        said = _table(table, "dependencies").get("vllm")
        version = said.get("version") if isinstance(said, dict) else said
        if isinstance(version, str):
            yield _of_poetry(version.strip())


def _table(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """A table within a table; an empty one where there is none."""
    for key in keys:
        inner = data.get(key)
        data = inner if isinstance(inner, dict) else {}
    return data


def _of_poetry(version: str) -> str:
    """Poetry's own words: "0.8.5" is exact, "^0.8.5" and "~0.8.5" stay below 0.9."""
    if found := _CARET.fullmatch(version):
        major, minor = int(found[1]), int(found[2])
        above = f"{major + 1}" if version[0] == "^" and major else f"{major}.{minor + 1}"
        return f">={version[1:]},<{above}"
    return f"=={version}" if version[:1].isdigit() else version


def _valid(specifier: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(specifier)
    except InvalidSpecifier:
        return False
    return True


def _agreed(asked: dict[str, str]) -> str | None:
    """The file whose word holds: the only one, or an exact one that all others admit."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion, Version

    if len(set(asked.values())) == 1:
        return next(iter(asked))
    for name, specifier in asked.items():
        try:
            exact = Version(specifier[2:].strip()) if specifier.startswith("==") else None
        except InvalidVersion:
            continue
        if exact and all(SpecifierSet(one).contains(exact, prereleases=True) for one in asked.values()):
            return name
    return None
