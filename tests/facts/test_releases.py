"""What says the release of a launch, and which it then may be."""

import pytest

from vllm_doctor import vllm
from vllm_doctor.facts.releases import Standing, standing
from vllm_doctor.repo.pins import Pin

PIN = Pin("==0.8.5", "requirements.txt")


@pytest.mark.parametrize(
    ("given", "image", "pin", "found"),
    [
        ("0.9.2", "vllm/vllm-openai:v0.10.2", PIN, Standing("0.9.2", "given", ("0.9.2",))),
        (None, "vllm/vllm-openai:v0.10.2", PIN, Standing("0.10.2", "image", ("0.10.2",))),
        (None, None, PIN, Standing("0.8.5", "requirements.txt", ("0.8.5",))),
        (None, "python:3.12-slim", PIN, Standing("0.8.5", "requirements.txt", ("0.8.5",))),
        (None, "vllm/vllm-openai:latest", PIN, Standing(None, None, vllm.releases())),
        (None, "$IMAGE", PIN, Standing(None, None, vllm.releases())),
        (None, None, Pin(">=0.8.3,<0.8.5", "uv.lock"), Standing(None, "uv.lock", ("0.8.3", "0.8.4"))),
        (None, None, Pin("==0.8.*", "x"), Standing(None, "x", ("0.8.0", "0.8.1", "0.8.2", "0.8.3", "0.8.4", "0.8.5"))),
        (None, None, Pin("==99.1.0", "x"), Standing("99.1.0", "x", ())),
        (None, None, Pin(">=99", "x"), Standing(None, None, vllm.releases())),
        (None, None, None, Standing(None, None, vllm.releases())),
    ],
)  # fmt: skip
def test_who_is_heard_first(given: str | None, image: str | None, pin: Pin | None, found: Standing) -> None:
    assert standing(given, image, pin) == found
