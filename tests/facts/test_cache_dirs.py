from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.memory_events import facts_of, raised, record
from vllm_doctor.facts.cache_dirs import owner


@pytest.mark.parametrize(
    ("path", "variable", "folder"),
    [
        ("/.cache", "HOME", "/tmp"),
        ("/.triton/cache", "HOME", "/tmp"),
        ("/data/hub/models--acme--heron/blobs/0a", "HF_HOME", "/tmp/huggingface"),
        ("/home/app/.cache/huggingface/xet", "HF_HOME", "/tmp/huggingface"),
        ("/home/app/.cache/vllm/torch_compile_cache/1f", "VLLM_CACHE_ROOT", "/tmp/vllm"),
        ("/home/app/.config/vllm/usage_stats.json", "VLLM_CONFIG_ROOT", "/tmp/vllm"),
        ("/home/app/.triton/cache/ab", "TRITON_CACHE_DIR", "/tmp/triton"),
        ("/tmp/torchinductor_app/ab", "TORCHINDUCTOR_CACHE_DIR", None),
        ("/tmp/0f3aacme-heron.lock", "TMPDIR", "/var/tmp"),
        ("/home/app/.cache", "XDG_CACHE_HOME", "/tmp/xdg"),
        ("/srv/models/heron/config.json", None, None),
    ],
)
def test_whose_folder_it_is(path: str, variable: str | None, folder: str | None) -> None:
    facts = facts_of(cache__path=path)
    assert (facts.get("cache.variable"), facts.get("cache.folder")) == (variable, folder)


def test_a_variable_of_the_launch_that_leads_there_is_the_one() -> None:
    facts = facts_of(cache__path="/ro/cache", cache__read_only=True, env__VLLM_CACHE_ROOT="/ro/cache")
    assert (facts.get("cache.variable"), facts.get("cache.folder")) == ("VLLM_CACHE_ROOT", "/tmp/vllm")
    assert facts_of(cache__path="/ro/cached", env__VLLM_CACHE_ROOT="/ro/cache").get("cache.variable") is None


def test_where_everything_may_be_read_only_nothing_is_proposed() -> None:
    assert facts_of(cache__path="/home/app/.triton/cache", cache__read_only=True).get("cache.folder") is None


@pytest.mark.parametrize(
    ("given_dir", "path", "inside"),
    [("/data", "/data/x", True), ("/data/", "/data/x", True), ("None", "/data/x", False), ("/srv", "/data/x", False)],
)
def test_the_download_dir(given_dir: str, path: str, inside: bool) -> None:
    assert facts_of(cache__path=path, args__download_dir=given_dir).get("cache.in_download_dir") is inside


def test_the_room_that_a_download_needs() -> None:
    words = (
        "UserWarning: Not enough free disk space to download the file. The expected file size is: 4976.70 MB. "
        "The target location /data/hub/blobs only has 1204.33 MB free disk space."
    )
    facts = facts_of(record(words))
    assert facts.get("disk.needed_mb") == "4976.70"
    assert facts.get("disk.free_mb") == "1204.33"
    assert facts.get("disk.path") == "/data/hub/blobs"
    assert facts.get("disk.variable") is None


def test_read_only_in_the_words_of_python_and_rust() -> None:
    assert facts_of(record("OSError: [Errno 30] Read-only file system: '/x'")).get("cache.read_only") is True
    assert facts_of(record("I/O error: Read-only file system (os error 30)")).get("cache.read_only") is True


@pytest.mark.parametrize(
    ("frame", "kind", "variable"),
    [
        ("torch/_inductor/codecache.py:write_atomic", "compiled", "VLLM_CACHE_ROOT"),
        ("huggingface_hub/file_download.py:http_get", "download", "HF_HOME"),
        ("vllm/usage/usage_lib.py:_write_to_file", None, None),
    ],
)
def test_what_filled_the_disk_by_the_frames(frame: str, kind: str | None, variable: str | None) -> None:
    facts = facts_of(raised(frame, message="[Errno 28] No space left on device", exception="OSError"))
    assert (facts.get("disk.kind"), facts.get("disk.variable")) == (kind, variable)


PARTS = ("tmp", "var", "home", ".cache", "vllm", "huggingface", ".triton", "x.lock", "hub", "flashinfer")


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6))
def test_what_is_proposed_is_elsewhere(parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    folder = facts_of(cache__path=path).get("cache.folder")
    assert folder is None or not path.startswith(f"{folder}/")
    assert folder is None or owner(path) is not None
