from __future__ import annotations

from vllm_doctor import vllm


def test_releases_by_what_they_take() -> None:
    taking = vllm.releases_that_accept(["m", "--enable-reasoning", "--reasoning-parser", "deepseek_r1"])
    assert (taking[0], taking[-1]) == ("0.7.1", "0.9.2")
    assert "0.33.0" in vllm.releases_that_reject(["m", "--enable-reasoning"])


def test_accepting_and_rejecting_are_all() -> None:
    words = ["m", "--max-model-len", "32k"]
    both = set(vllm.releases_that_accept(words)) | set(vllm.releases_that_reject(words))
    assert both == set(vllm.releases())


def test_releases_where() -> None:
    found = vllm.releases_where(lambda release: vllm.default("--gpu-memory-utilization", release) == 0.92)
    assert found[-1] == vllm.releases()[-1]
    assert "0.8.3" not in found
