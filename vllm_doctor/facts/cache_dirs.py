"""Folders that are written at a start: whose they are, and the variable that moves them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = declare("cache.path", "text", "the file or folder that could not be written", "first")
VARIABLE = declare("cache.variable", "text", "the variable that moves that folder")
FOLDER = declare("cache.folder", "text", "a folder to set it to")
READ_ONLY = declare("cache.read_only", "flag", "whether the file system is mounted read-only", "first")
IN_ROOT = declare("cache.home_is_root", "flag", "whether the home folder is / for want of a better one")
IN_DOWNLOAD_DIR = declare("cache.in_download_dir", "flag", "whether --download-dir leads there")
DISK_PATH = declare("disk.path", "text", "the file or folder on the full disk", "first")
DISK_VARIABLE = declare("disk.variable", "text", "the variable that moves what is written there")
DISK_KIND = declare("disk.kind", "text", "what was written to the full disk: compiled, or download", "first")
DISK_NEEDED = declare("disk.needed_mb", "text", "the size of the file to download, MB", "first")
DISK_FREE = declare("disk.free_mb", "text", "what is free where it is to go, MB", "first")

# which variable leads where; the first that fits counts. Read in vllm/envs.py (VLLM_CACHE_ROOT, VLLM_CONFIG_ROOT),
# huggingface_hub/constants.py, torch/_inductor/runtime/cache_dir_utils.py, triton/knobs.py, flashinfer/jit/env.py
_OWNERS = (
    ("VLLM_CONFIG_ROOT", pattern(r"/\.?config/vllm(?:/|$)")),
    ("MODELSCOPE_CACHE", pattern(r"modelscope")),
    ("FLASHINFER_WORKSPACE_BASE", pattern(r"flashinfer")),
    ("TRITON_CACHE_DIR", pattern(r"/\.?triton(?:/|$)")),
    ("TORCHINDUCTOR_CACHE_DIR", pattern(r"torchinductor_|/inductor_cache(?:/|$)")),
    ("VLLM_CACHE_ROOT", pattern(r"/vllm/(?:torch_|modelinfos|assets|\w*cache)|/\.?cache/vllm(?:/|$)")),
    ("NUMBA_CACHE_DIR", pattern(r"numba")),
    ("OUTLINES_CACHE_DIR", pattern(r"outlines")),
    ("HF_HOME", pattern(r"huggingface|/hub/(?:models--|\.locks|version)|models--[\w.-]+--|(?:^|/)hub$|/xet(?:/|$)")),
    ("TMPDIR", pattern(r"^/(?:var/)?tmp/")),
    ("XDG_CACHE_HOME", pattern(r"/\.cache(?:/|$)")),
    ("XDG_CONFIG_HOME", pattern(r"/\.config(?:/|$)")),
)
_NO_HOME = re.compile(r"/(?:\.\w|nonexistent(?:/|$))")
_TMP = "/tmp"  # noqa: S108 (what a command is to use; nothing is written here)
_ELSEWHERE = {"TMPDIR": "/var/tmp", "HOME": _TMP, "FLASHINFER_WORKSPACE_BASE": _TMP}  # noqa: S108
_SPACE = pattern(r"file size is: ([\d.]{1,14}) MB\. The target location (\S{1,300}) only has ([\d.]{1,14}) MB")


@reader("Read-only file system")
def read_read_only(event: Event) -> Iterator[Fact]:
    """EROFS, in Python's or Rust's words."""
    yield Fact(READ_ONLY, True, event.lines[0])


# whose frames tell what was written, and the variable that moves it
_WRITERS = (
    ("compiled", "VLLM_CACHE_ROOT", pattern(r"torch/_inductor/|torch/_dynamo/|/triton/|vllm/compilation/")),
    ("download", "HF_HOME", pattern(r"huggingface_hub/|/hf_transfer/|/hf_xet/|vllm/model_executor/model_loader/")),
)


@reader("No space left on device", "Disk quota exceeded")
def read_kind(event: Event) -> Iterator[Fact]:
    """What was being written, by the frames nearest to it."""
    if not isinstance(event, Traceback):
        return
    for frame in (frame for link in event.chain() for frame in reversed(link.frames)):
        if kind := next((kind for kind, _, pattern in _WRITERS if pattern.search(frame.path)), None):
            yield Fact(DISK_KIND, kind, event.lines[-1])
            return


@reader("Not enough free disk space to download the file")
def read_space(event: Event) -> Iterator[Fact]:
    """huggingface_hub's warning before a download (file_download.py _check_disk_space, 0.17 to 2.4)."""
    if found := _SPACE.search(" ".join(event.message.split())):
        yield Fact(DISK_NEEDED, found[1], event.lines[0])
        yield Fact(DISK_PATH, found[2], event.lines[0])
        yield Fact(DISK_FREE, found[3], event.lines[0])


def owner(path: str) -> str | None:
    """The variable that moves a folder; HOME where the home folder is / itself."""
    if _NO_HOME.match(path):
        return "HOME"
    return next((name for name, pattern in _OWNERS if pattern.search(path)), None)


@derived(VARIABLE)
def variable(facts: Facts) -> str | None:
    """The owner of what could not be written."""
    return _variable(facts, facts.text(PATH))


def _variable(facts: Facts, path: str | None) -> str | None:
    return (_given(facts, path) or owner(path)) if path else None


def _given(facts: Facts, path: str) -> str | None:
    """The variable of the launch that leads there, the longest way first."""
    ways = {name: facts.text(f"env.{name}") or "" for name in (*(name for name, _ in _OWNERS), "HF_HUB_CACHE", "HOME")}
    leading = [name for name, way in ways.items() if way and f"{path}/".startswith(way.rstrip("/") + "/")]
    return max(leading, key=lambda name: len(ways[name]), default=None)


@derived(FOLDER)
def folder(facts: Facts) -> str | None:
    """A place that any user may write; none where the path itself is such a place, or all may be read-only."""
    name, path = facts.text(VARIABLE), facts.text(PATH) or ""
    if not name or (path.startswith(f"{_TMP}/") and name != "TMPDIR"):
        return None
    if facts.get(READ_ONLY) and not _given(facts, path):
        return None
    leaf = name.lower().partition("_cache")[0].partition("_home")[0].partition("_config")[0].partition("_hub")[0]
    where = _ELSEWHERE.get(name, f"{_TMP}/{leaf.replace('hf', 'huggingface')}")
    return None if path.startswith(f"{where}/") else where


@derived(IN_ROOT)
def home_is_root(facts: Facts) -> bool | None:
    """A user without a home has `/`, so that `~/.cache` is `/.cache`."""
    path = facts.text(PATH)
    return None if path is None else bool(_NO_HOME.match(path))


@derived(IN_DOWNLOAD_DIR)
def in_download_dir(facts: Facts) -> bool | None:
    """Whether the path that failed lies in the launch's --download-dir."""
    path, given = facts.text(PATH) or facts.text(DISK_PATH), facts.text("args.download_dir")
    return None if not path else bool(given and given != "None" and path.startswith(given.rstrip("/")))


@derived(DISK_VARIABLE)
def disk_variable(facts: Facts) -> str | None:
    """The owner of what filled the disk, else by what was being written."""
    by_kind = {kind: name for kind, name, _ in _WRITERS}
    return _variable(facts, facts.text(DISK_PATH)) or by_kind.get(facts.text(DISK_KIND) or "")
