from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record
from vllm_doctor.facts import Fact, Facts


@pytest.mark.parametrize(
    ("release", "wanted"),
    [
        (None, "ray[default]"),
        ("unknown", "ray[default]"),
        ("0.4.1", "ray[default]>=2.9"),
        ("0.7.3", "ray[default]>=2.9"),
        ("0.8.5.post1", "ray[cgraph,default]>=2.43.0,!=2.44.*"),
        ("0.20.0", "ray[cgraph,default]>=2.48.0"),
        ("0.33.0", "ray[default]>=2.56.0,<2.57"),
    ],
)
def test_ray_as_a_release_wants_it(release: str | None, wanted: str) -> None:
    read = {"vllm.version": Fact("vllm.version", release)} if release else {}
    assert Facts(read)["ray.wanted"] == wanted


@pytest.mark.parametrize(
    ("image", "backend", "without"),
    [
        ("vllm/vllm-openai:v0.19.0", "ray", True),
        ("ghcr.io/mirror/vllm/vllm-openai:v0.19.0", "ray", True),
        ("me/vllm-with-ray:v0.19.0", "ray", False),
        ("vllm/vllm-openai:v0.19.0", "mp", None),
    ],
)
def test_the_official_image(image: str, backend: str, without: bool | None) -> None:
    read = [Fact("launch.image", image), Fact("args.distributed_executor_backend", backend)]
    assert Facts({fact.name: fact for fact in read}).get("ray.image_without") is without


def test_what_a_message_is_about() -> None:
    assert facts_of(record("Current node has no GPU available. current_node_resource={}"))["ray.trouble"] == "no-gpu"
    assert facts_of(record("Version mismatch: The cluster was started with:"))["ray.trouble"] == "version"
    assert facts_of(record("Waiting for creating a placement group")).get("ray.trouble") is None


def test_fits_here_only_where_the_launch_tells() -> None:
    read = [Fact("args.tensor_parallel_size", "2"), Fact("launch.gpus", "2")]
    assert Facts({fact.name: fact for fact in read})["ray.fits_here"] is True
    assert Facts({read[0].name: read[0]}).get("ray.fits_here") is None
