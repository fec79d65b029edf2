from __future__ import annotations

import pytest

from tests.facts.memory_events import facts_of, record
from vllm_doctor.facts import Fact, Facts

USING = "n1:8:8 [0] NCCL INFO NET/Socket : Using [0]docker0:172.17.0.1<0> [1]ens5:10.3.0.7<0>"


def test_the_first_warning_that_tells() -> None:
    facts = facts_of(
        record("n1:8:8 [0] graph/paths.cc:311 NCCL WARN P2P is disabled between connected GPUs 0 and 1."),
        record("n1:8:8 [0] NCCL WARN NET/Plugin: Failed to find ncclNetPlugin symbol."),
        record(
            "n1:8:8 [0] misc/ibvwrap.cc:262 NCCL WARN Call to ibv_create_cq failed with error Cannot allocate memory"
        ),
        record("n1:8:8 [0] NCCL WARN something later"),
    )
    assert facts["nccl.warning"] == "Call to ibv_create_cq failed with error Cannot allocate memory"
    assert facts.get("nccl.out_of_memory") is None


def test_no_memory() -> None:
    assert facts_of(record("n1:8:8 [0] include/alloc.h:185 NCCL WARN Cuda failure 2 'out of memory'"))[
        "nccl.out_of_memory"
    ]


def test_an_interface_that_is_no_bridge() -> None:
    facts = facts_of(record("n1:8:8 [0] NCCL INFO Bootstrap : Using docker0:172.17.0.1<0>"), record(USING))
    assert facts["network.used_interface"] == "docker0"


def test_the_real_one_of_a_list() -> None:
    assert facts_of(record(USING))["network.interface"] == "ens5"


@pytest.mark.parametrize(
    "used", ["eth0:10.3.0.7<0>", "[0]eth0:10.3.0.7<0> [1]docker0:172.17.0.1<0>", "lo:127.0.0.1<0>"]
)
def test_nothing_to_propose_where_it_was_taken_or_is_not_there(used: str) -> None:
    facts = facts_of(record(f"n1:8:8 [0] NCCL INFO NET/Socket : Using {used}"))
    assert facts.get("network.interface") is None


@pytest.mark.parametrize(
    ("address", "loopback"), [("127.0.0.1", True), ("127.0.1.1", True), ("::1", True), ("10.3.0.7", False)]
)
def test_loopback(address: str, loopback: bool) -> None:
    assert Facts({"network.address": Fact("network.address", address)})["network.loopback"] is loopback


def test_the_variable_that_names_a_missing_interface() -> None:
    read = [
        Fact("env.NCCL_SOCKET_IFNAME", "ens3"),
        Fact("env.GLOO_SOCKET_IFNAME", "eth9"),
        Fact("network.asked_interface", "eth9"),
    ]
    assert Facts({fact.name: fact for fact in read})["network.asked_by"] == "GLOO_SOCKET_IFNAME"
    assert Facts({read[0].name: read[0]})["network.asked_by"] == "NCCL_SOCKET_IFNAME"
    assert Facts().get("network.asked_by") is None


def test_seconds_of_a_timeout() -> None:
    assert Facts({"collective.milliseconds": Fact("collective.milliseconds", 600018.0)})["collective.seconds"] == 600
