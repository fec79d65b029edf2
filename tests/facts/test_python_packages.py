from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, raised
from vllm_doctor.facts.python_packages import pip_name


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("timm", "timm"),
        ("timm.models.layers", "timm"),
        ("qwen_vl_utils", "qwen-vl-utils"),
        ("cv2", "opencv-python-headless"),
        ("google.protobuf", "protobuf"),
    ],
)
def test_what_pip_calls_a_module(module: str, package: str) -> None:
    assert pip_name(module) == package


def test_vllm_s_own_modules_are_no_package_to_install() -> None:
    assert facts_of(python__module="vllm").get("python.package") == "vllm"
    assert facts_of(python__module="vllm.lora.punica").get("python.package") is None
    assert facts_of(python__from="vllm.utils").get("python.misfit") is None


def test_what_a_message_asks_for_counts_before_the_module() -> None:
    known = {"python__module": "timm", "python__asked": "timm>=1.0"}
    assert facts_of(**known).get("python.package") == "timm>=1.0"


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({"python__from": "transformers.models"}, "transformers<5"),
        ({"python__from": "transformers", "vllm__version": "0.6.3.post1"}, "transformers==4.45.2"),
        ({"python__from": "torch._inductor", "vllm__version": "0.9.1"}, "torch==2.7.0"),
        ({"python__from": "numpy"}, "numpy<2"),
        ({"python__from": "openai.types"}, None),
    ],
)
def test_what_to_install_instead(known: dict[str, object], wanted: str | None) -> None:
    assert facts_of(**known).get("python.wanted") == wanted


def test_the_python_of_a_traceback() -> None:
    assert facts_of(raised("vllm/utils.py:f")).get("python.version") == "3.12"


@pytest.mark.parametrize(
    ("frames", "named"),
    [
        (("vllm/utils/import_utils.py:resolve_obj_by_qualname", "importlib/__init__.py:import_module"), True),
        (("vllm/utils/import_utils.py:resolve_obj_by_qualname", "vllm/v1/worker/gpu_worker.py:<module>"), False),
    ],
)
def test_a_class_that_the_launch_names(frames: tuple[str, ...], named: bool) -> None:
    assert (
        facts_of(raised(*frames, message="No module named 'x'", exception="ModuleNotFoundError")).get(
            "python.named_by_user"
        )
        is named
    )
