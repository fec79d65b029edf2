from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record
from vllm_doctor.facts import Fact, Facts

PRINTED = "/pytorch/aten/src/ATen/native/cuda/{}: operator(): block: [0,0,0], thread: [3,0,0] Assertion `{}` failed."


@pytest.mark.parametrize(
    ("place", "assertion", "kind"),
    [
        ("Indexing.cu:1553", "srcIndex < srcSelectDimSize", "index"),
        ("IndexKernel.cu:93", '-sizes[i] <= index && index < sizes[i] && "index out of bounds"', "index"),
        ("TensorCompare.cu:109", "probability tensor contains either `inf`, `nan` or element < 0", "probability"),
        ("Loss.cu:242", "t >= 0 && t < n_classes", "other"),
    ],
)
def test_what_a_kernel_asserts(place: str, assertion: str, kind: str) -> None:
    facts = facts_of(record(PRINTED.format(place, assertion)))
    assert facts["gpu_fault.assertion"] == assertion
    assert facts["gpu_fault.file"] == place.partition(":")[0]
    assert facts["gpu_fault.assert_kind"] == kind


def test_an_assertion_of_the_host_is_none() -> None:
    assert facts_of(record("Assertion `x` failed")).get("gpu_fault.assertion") is None


@pytest.mark.parametrize(("xid", "known"), [("79", True), ("94", True), ("31", False), ("43", False)])
def test_xids_of_the_hardware(xid: str, known: bool) -> None:
    assert (Facts({"gpu_fault.xid": Fact("gpu_fault.xid", xid)}).get("gpu_fault.xid_meaning") is not None) is known


@pytest.mark.parametrize(
    ("status", "no_memory"),
    [
        ("CUBLAS_STATUS_ALLOC_FAILED", True),
        ("HIPBLAS_STATUS_NOT_INITIALIZED", True),
        ("CUBLAS_STATUS_INVALID_VALUE", False),
    ],
)
def test_a_library_without_memory(status: str, no_memory: bool) -> None:
    assert Facts({"gpu_library.status": Fact("gpu_library.status", status)})["gpu_library.no_memory"] is no_memory


def test_no_peer_access() -> None:
    words = "peer access is not supported between these two devices"
    assert Facts({"allreduce.reason": Fact("allreduce.reason", words)})["allreduce.no_peer_access"] is True
    assert (
        Facts({"allreduce.reason": Fact("allreduce.reason", "invalid argument")})["allreduce.no_peer_access"] is False
    )


def test_symmetric_memory() -> None:
    assert facts_of(record("CUDASymmetricMemory.cu:352: operation not supported"))["allreduce.symmetric"] is True
