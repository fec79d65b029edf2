"""Where a model lies in the local caches of Hugging Face and ModelScope. Path logic alone; nothing is
fetched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

_REPO = pattern(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?")
_REVISION = pattern(r"[A-Za-z0-9][\w.-]{0,99}")
_MAX_REF = 200


def is_repo_id(text: str) -> bool:
    """Whether a text can be a repository's id ("owner/name" or "name"), and no path."""
    return bool(_REPO.fullmatch(text)) and ".." not in text and "--" not in text


def hub_cache(env: Mapping[str, str]) -> Path:
    """The folder of Hugging Face's cache.

    HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME/hub, XDG_CACHE_HOME/huggingface/hub,
    ~/.cache/huggingface/hub, in this order (huggingface_hub/constants.py, 0.34).
    """
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if env.get(name):
            return _home(env[name], env)
    if env.get("HF_HOME"):
        return _home(env["HF_HOME"], env) / "hub"
    base = env.get("XDG_CACHE_HOME") or "~/.cache"
    return _home(base, env) / "huggingface" / "hub"


def _home(text: str, env: Mapping[str, str]) -> Path:
    """A path with a leading "~" read from HOME, so that nothing but `env` decides."""
    rest = text[1:].lstrip("/") if text == "~" or text.startswith("~/") else None
    return Path(text) if rest is None else Path(env.get("HOME") or "/nonexistent") / rest


def find_cached(repo_id: str, env: Mapping[str, str], revision: str = "main") -> Path | None:
    """The folder of a model in a local cache, or None.

    Hugging Face's cache first (the commit that refs/REVISION names, or the revision itself), then
    ModelScope's. Without the asked ref but with one snapshot, that one counts.
    """
    if not is_repo_id(repo_id):
        return None
    repo = hub_cache(env) / f"models--{repo_id.replace('/', '--')}"
    return _snapshot(repo, revision) or _modelscope(repo_id, env)


def _snapshot(repo: Path, revision: str) -> Path | None:
    if not _REVISION.fullmatch(revision):
        return None
    commit = _ref(repo / "refs" / revision) or revision
    for name in (commit, revision):
        if _REVISION.fullmatch(name) and _usable(repo / "snapshots" / name):
            return repo / "snapshots" / name
    if revision != "main":
        return None
    found = [path for path in _children(repo / "snapshots") if _usable(path)]
    return found[0] if len(found) == 1 else None


def _ref(path: Path) -> str:
    """The commit in a ref file; "" when there is none."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(_MAX_REF).decode("ascii", "replace").strip()
    except OSError:
        return ""


def _usable(path: Path) -> bool:
    try:
        return path.is_dir() and ((path / "config.json").exists() or (path / "params.json").exists())
    except OSError:
        return False


def _children(path: Path) -> list[Path]:
    try:
        return sorted(path.iterdir())[:1000]
    except OSError:
        return []


def _modelscope(repo_id: str, env: Mapping[str, str]) -> Path | None:
    """ModelScope's cache: MODELSCOPE_CACHE or ~/.cache/modelscope, in hub/models or hub; dots become ___."""
    base = _home(env.get("MODELSCOPE_CACHE") or "~/.cache/modelscope", env)
    names = (repo_id, repo_id.replace(".", "___"))
    places = [base / part / name for part in ("hub/models", "models", "hub", ".") for name in names]
    return next((path for path in places if _usable(path)), None)
