"""What NCCL, Gloo and torch's store say before a collective fails: the warning, the interface, the peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.log.types import Event

WARNING = declare("nccl.warning", "text", "what NCCL itself warned of first", "first")
KIND = declare("nccl.kind", "text", "what NCCL's error is: unhandled system error, invalid usage, ...")
LAST_ERROR = declare("nccl.last_error", "text", "NCCL's last error, as torch quotes it")
VERSION = declare("nccl.version", "text", "the version of NCCL")
GPU = declare("nccl.gpu", "id", "the bus number of a GPU that NCCL's warning names, hexadecimal")
OUT_OF_MEMORY = declare("nccl.out_of_memory", "flag", "whether NCCL found no memory on the GPU")
RANK_A = declare("nccl.rank", "id", "a rank that NCCL's warning names")
RANK_B = declare("nccl.other_rank", "id", "the other rank that it names")
COLLECTIVE = declare("collective.kind", "text", "the collective that timed out: ALLREDUCE, BROADCAST, ...")
SECONDS = declare("collective.seconds", "int", "how long was waited for it")
MILLISECONDS = declare("collective.milliseconds", "float", "how long was waited for it, as the message says")
RANK = declare("collective.rank", "id", "the rank whose watchdog spoke")
ADDRESS = declare("network.address", "text", "the address that could not be reached or resolved")
PORT = declare("network.port", "id", "its port")
JOINED = declare("network.joined", "int", "the ranks that came to the store")
EXPECTED = declare("network.wanted", "int", "the ranks that were to come")
REASON = declare("network.reason", "text", "why the address was not reached, in the system's words")
ASKED = declare("network.asked_interface", "text", "the interface that was asked for and is not there")
ASKED_BY = declare("network.asked_by", "text", "the variable that asks for it")
USED = declare("network.used_interface", "text", "the interface that NCCL took", "first")
PROPER = declare("network.interface", "text", "an interface that the log shows and that is no bridge and no loopback")
LISTED = declare("network.interfaces", "text", "the interfaces that NCCL lists", "first")
LOOPBACK = declare("network.loopback", "flag", "whether the address is the machine's own loopback")

# src/bootstrap.cc, src/transport/net_socket.cc: `Bootstrap: Using eth0:10.0.0.5<0>`, `NET/Socket : Using [0]eth0:...`
_USING = pattern(r"(?:Bootstrap ?|NET/Socket ?):? ?:? ?Using (?=\S)(.{3,400})")
_INTERFACE = pattern(r"(?:\[\d{1,3}\])?([A-Za-z][\w.-]{0,15}):\[?[\da-fA-F.:]{3,45}")
_VIRTUAL = pattern(r"lo$|docker|veth|br-|virbr|cni|flannel|cali|cilium|tun|tailscale|kube|podman|vxlan|dummy|wg")
# warnings of good starts, and those that only tell where an error came from
_HARMLESS = (
    "NCCL_",
    "P2P is disabled between connected",
    "plugin",
    "Plugin",
    "NET/OFI",
    'Missing "iommu=pt"',
    "Cuda Host Alloc",
    "has unexpectedly closed",
    "via ",
)


@reader("NCCL WARN")
def read_warning(event: Event) -> Iterator[Fact]:
    """The words after `NCCL WARN` (src/debug.cc), without those that stand in good starts."""
    for line in event.lines:
        _, found, said = line.text.partition("NCCL WARN ")
        said = said.strip()
        if not found or not said or any(word in said for word in _HARMLESS):
            continue
        yield Fact(WARNING, said[:160], line)
        if "out of memory" in said or "Failed to CUDA" in said:
            yield Fact(OUT_OF_MEMORY, True, line)


@reader("Using ")
def read_interfaces(event: Event) -> Iterator[Fact]:
    """The interfaces that NCCL lists at level INFO; the first is the one that it talks over."""
    for line in event.lines:
        found = _USING.search(line.text) if "NCCL INFO" in line.text else None
        names = _INTERFACE.findall(found[1]) if found else []
        if names:
            yield Fact(USED, names[0], line)
            yield Fact(LISTED, " ".join(dict.fromkeys(names)), line)


@derived(PROPER)
def proper_interface(facts: Facts) -> str | None:
    """The first one that is real, when NCCL did not take it by itself."""
    names = (facts.text(LISTED) or "").split()
    real = next((name for name in names if not _VIRTUAL.match(name)), None)
    return real if real and real != facts.text(USED) else None


@derived(LOOPBACK)
def loopback(facts: Facts) -> bool | None:
    """127.0.0.0/8, as a host name in /etc/hosts often resolves to."""
    address = facts.text(ADDRESS)
    return None if address is None else address.startswith("127.") or address in ("::1", "localhost")


@derived(ASKED_BY)
def asked_by(facts: Facts) -> str | None:
    """The variable of the launch that names the interface; GLOO_SOCKET_IFNAME where both do."""
    names = ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME", "TP_SOCKET_IFNAME")
    wanted = facts.text(ASKED)
    given = [name for name in names if (value := facts.text(f"env.{name}")) and (wanted is None or wanted in value)]
    return given[0] if given else None


@derived(SECONDS)
def seconds(facts: Facts) -> int | None:
    """Milliseconds as seconds."""
    waited = facts.number(MILLISECONDS)
    return None if waited is None else round(waited / 1000)
