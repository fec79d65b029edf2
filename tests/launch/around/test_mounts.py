from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.around.mounts import targets


@pytest.mark.parametrize(
    ("volumes", "places"),
    [
        ("/data:/models", ("/models",)),
        ("$HOME/.cache/huggingface:/root/.cache/huggingface:ro", ("/root/.cache/huggingface",)),
        ("${CACHE:-/srv/hf}:/root/.cache", ("/root/.cache",)),
        ("/a:/b:ro,z,/c:/d", ("/b", "/d")),
        ("cache:/root/.cache,/scratch", ("/root/.cache", "/scratch")),
        ("C:\\models:/models", ("/models",)),
        ("$VOLUMES", None),
        ("/data:$TARGET", None),
        ("", ()),
    ],
)
def test_the_target_of_a_volume_is_what_counts(volumes: str, places: tuple[str, ...] | None) -> None:
    assert targets(volumes) == places


def test_mounts_and_tmpfs_name_theirs() -> None:
    assert targets(mounts="type=bind,source=/x,target=/y") == ("/y",)
    assert targets(mounts="type=tmpfs,destination=/dev/shm,tmpfs-size=8g") == ("/dev/shm",)
    assert targets(tmpfs="/dev/shm:rw,size=8g") == ("/dev/shm",)


@given(st.text(alphabet="/:,a$={}~", max_size=40))
def test_a_known_place_holds_no_variable(volumes: str) -> None:
    assert all("$" not in place for place in targets(volumes) or ())
