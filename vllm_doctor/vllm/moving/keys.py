"""What the keys of JSON options became: renamed, given another value, or gone.

Sources: the deprecation texts of vllm/config/compilation.py (0.10.1 to 0.12.0), vllm/config/pooler.py (0.11.1,
0.15.1) and vllm/config/vllm.py; which release has which key is asked of the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.config_values import keys
from vllm_doctor.vllm.table import load

if TYPE_CHECKING:
    from vllm_doctor.vllm.moving.case import Case
    from vllm_doctor.vllm.moving.types import Text

GONE: Any = object()
"""Instead of a value: the key is left out, for this is the default."""
Became: TypeAlias = "tuple[str, str, tuple[tuple[Any, Any], ...]]"
"""The older key, the newer one, and how values are called; without pairs they stay."""

BECAME: dict[str, tuple[Became, ...]] = {
    "--compilation-config": (
        ("level", "mode", ()),
        ("use_inductor", "backend", ((True, "inductor"), (False, "eager"))),
        ("full_cuda_graph", "cudagraph_mode", ((True, "FULL"), (False, GONE))),
        ("use_cudagraph", "cudagraph_mode", ((False, "NONE"), (True, GONE))),
        ("capture_sizes", "cudagraph_capture_sizes", ()),
        ("max_capture_size", "max_cudagraph_capture_size", ()),
        ("compile_ranges_split_points", "compile_ranges_endpoints", ()),
        ("encoder_cudagraph_max_images_per_batch", "encoder_cudagraph_max_vision_items_per_batch", ()),
        ("pass_config.enable_fusion", "pass_config.fuse_norm_quant", ()),
        ("pass_config.enable_fusion", "pass_config.fuse_act_quant", ()),
        ("pass_config.enable_attn_fusion", "pass_config.fuse_attn_quant", ()),
        ("pass_config.enable_noop", "pass_config.eliminate_noops", ()),
        ("pass_config.enable_sequence_parallelism", "pass_config.enable_sp", ()),
        ("pass_config.enable_async_tp", "pass_config.fuse_gemm_comms", ()),
        ("pass_config.enable_fi_allreduce_fusion", "pass_config.fuse_allreduce_rms", ()),
    ),
    "--pooler-config": (
        ("normalize", "use_activation", ()),
        ("softmax", "use_activation", ()),
        ("activation", "use_activation", ()),
    ),
}


_ONE_WAY = ("--pooler-config",)
"""Objects of which one newer key stands for several older ones, and only the model tells which."""


def moved(base: str, path: str, value: Any, case: Case, heir: str = "") -> list[tuple[str, Any]]:
    """The keys and values that stand for a key in the new release; none where it is gone or needless there.

    `heir` is the option of the new release, where the object is called otherwise there.
    """
    here, there = keys(base, case.old), keys(heir or base, case.new)
    found = []
    for old, new, values in BECAME.get(heir or base, ()):
        later = path == old and new in there and (case.forward or path not in there)
        earlier = path == new and path not in there and old in there and base not in _ONE_WAY
        if later or earlier:
            now = _value(value, values if later else tuple((two, one) for one, two in values if two is not GONE))
            if now is not None:
                found.append((new if later else old, now))
    if found:
        return [(name, now) for name, now in found if now is not GONE][: None if case.forward else 1]
    known = path in there or path not in here or (not there and _came(heir or base, path) <= case.new)
    return [(path, value)] if known else []


def _came(base: str, path: str) -> int:
    """The release number that brought a key, for a release that takes the object without naming its keys."""
    entry = load("keys").get(base, {}).get(path)
    return entry["at"][0][0] if entry else 0


def _value(value: Any, values: tuple[tuple[Any, Any], ...]) -> Any:
    """The value by its other name; None where it has none."""
    if not values:
        return value
    return next((new for old, new in values if old == value and type(old) is type(value)), None)


def told(base: str, path: str, now: list[tuple[str, Any]], case: Case) -> Text:
    """What happened to a key, in a few words."""
    if now:
        names = ", ".join(dict.fromkeys(name for name, _ in now))
        return (f"{path} is {names} in {case.release(case.new)}", f"{path} 在 {case.release(case.new)} 中为 {names}")
    entry = load("keys").get(base, {}).get(path)
    every = versions.releases()
    if entry and not case.forward and path not in keys(base, case.new):
        first = every[entry["at"][0][0]]
        return (f"{path} came with {first}", f"{path} 自 {first} 起才有")
    if entry and path not in keys(base, case.new):
        last = entry["at"][-1][1]
        return (f"{path} is gone since {every[last + 1]}", f"{path} 自 {every[last + 1]} 起移除")
    return (f"{path} needs no word", f"{path} 无需再写")


def expands(base: str, path: str) -> bool:
    """Whether the table tells the keys below a key."""
    return any(name.startswith(f"{path}.") for name in load("keys").get(base, {}))
