import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.errors import InputError
from vllm_doctor.model.gpus import find_gpu, get_gpu, gpus


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ("A10", "NVIDIA A10", 1),
        ("nvidia a10g", "NVIDIA A10G", 1),
        ("H100 80GB HBM3", "NVIDIA H100 80GB HBM3", 1),
        ("NVIDIA GeForce RTX 3090", "GeForce RTX 3090", 1),
        ("4090", "GeForce RTX 4090", 1),
        ("24GiB", "24 GiB GPU", 1),
        ("24", "24 GiB GPU", 1),
        ("g5.12xlarge", "NVIDIA A10G", 4),
        ("standard_nc24ads_a100_v4", "NVIDIA A100-SXM4-80GB", 1),
        ("4x L4", "NVIDIA L4", 4),
        ("nvidia-tesla-t4", "Tesla T4", 1),
    ],
)
def test_names(text: str, name: str, count: int) -> None:
    gpu = get_gpu(text)
    assert (gpu.name, gpu.count) == (name, count)


def test_what_a_chip_can_do() -> None:
    assert [(get_gpu(name).bf16, get_gpu(name).fp8) for name in ("T4", "A100", "L4", "MI210", "24")] == [
        (False, False),
        (True, False),
        (True, True),
        (True, False),
        (None, None),
    ]


def test_the_nearest_names_stand_in_the_error() -> None:
    assert find_gpu("H101") is None
    with pytest.raises(InputError, match="NVIDIA H100"):
        get_gpu("H101")
    with pytest.raises(InputError, match="24GiB"):
        get_gpu("!")


def test_every_name_finds_its_own_card() -> None:
    for gpu in gpus():
        found = [find_gpu(word) for word in (gpu.name, *gpu.aliases)]
        assert [one and one.name for one in found] == [gpu.name] * len(found)


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    gpu = find_gpu(text)
    assert gpu is None or gpu.gib > 0
