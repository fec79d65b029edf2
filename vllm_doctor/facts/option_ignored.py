"""Facts of options that a release takes and then does not use, as its sources show.

Each entry was read off every release: the option's value is no longer looked at, or another option that the launch
gives or lacks makes it so. Where a launch may run in several releases, all of them must agree.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.launch.options import options, positional
from vllm_doctor.values import dataclass
from vllm_doctor.vllm.any_release import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.types import Launch, Option

IGNORED = declare("option.ignored", "text", "why vLLM does not use the option: an id of facts/option_ignored.py")
BY = declare("option.ignored_by", "text", "the option that makes it so, or that is missing for it")
MEANT_FLAG = declare("option.under_one_name", "text", "a dotted key, spelled as the others of its option")

_CAPTURE = (
    "--cudagraph-capture-sizes",
    "--max-cudagraph-capture-size",
    "--cuda-graph-sizes",
    "--max-seq-len-to-capture",
    "--max-context-len-to-capture",
)
# vllm/engine/arg_utils.py create_engine_config: LoRAConfig(...) if self.enable_lora else None (0.4.1 to 0.33.0)
_LORA = (
    "--max-loras",
    "--max-lora-rank",
    "--max-cpu-loras",
    "--lora-dtype",
    "--lora-extra-vocab-size",
    "--long-lora-scaling-factors",
    "--fully-sharded-loras",
    "--lora-target-modules",
    "--enable-tower-connector-lora",
    "--specialize-active-lora",
)
_GROWN = ("**", "+=", ".extend(")
_WRITTEN_OUT = ("compose", "kubernetes", "kserve", "helm", "vllm-config", "markdown")
_RANKS = ("--tensor-parallel-size", "--data-parallel-size", "--prefill-context-parallel-size", "--nnodes")
_FIRST, _LAST = "0.4.1", "99"


@dataclass(frozen=True, slots=True)
class _Entry:
    """Options that do nothing from a release to another; `holds` says in which launches, `by` names the reason."""

    why: str
    flags: tuple[str, ...]
    first: str = _FIRST
    last: str = _LAST
    holds: Callable[[Option, Launch], bool] = lambda option, launch: True
    by: str = ""


def given(launch: Launch, *flags: str) -> bool | None:
    """Whether a launch gives one of some options; None where a variable or a config file may bring it."""
    glued = any(word.startswith("--config=") for word in launch.argv)  # such a file is not read
    words = launch.argv if glued else launch.argv_with_config or launch.argv
    heads = [word.partition("=")[0] for word in words if word.startswith("-")]
    if {canonical(head) for head in heads if not head.startswith("--no-")} & set(flags):
        return True
    unread = "--config" in launch.argv and launch.argv_with_config is None
    return None if unread or _open(launch) or _elsewhere(launch, flags) else False


def _open(launch: Launch) -> bool:
    """Whether a variable among the words, or keywords that Python unpacks, may hold further options."""
    several = (word for word in positional(launch, _arity)[1:] if word.dynamic)
    lists = (value for option in options(launch, _arity) for value in option.values[1:] if "$" in value)
    if any(True for _ in several) or any(True for _ in lists):
        return True
    return launch.kind == "python" and any(mark in launch.text for mark in _GROWN)


def _elsewhere(launch: Launch, flags: Sequence[str]) -> bool:
    """Whether the text names one of the options outside of the launch, as a script does that adds it under a condition.

    In files of services and of examples each launch is written out.
    """
    if launch.kind in _WRITTEN_OUT:
        return False
    around = (launch.text[: launch.span.start] + launch.text[launch.span.end :]).replace("_", "-")
    return any(flag.lstrip("-") in around for flag in flags)


def _arity(flag: str) -> int | str | None:
    return vllm.arity(flag, None)


def _without(*flags: str) -> Callable[[Option, Launch], bool]:
    return lambda option, launch: given(launch, *flags) is False


def _with(*flags: str) -> Callable[[Option, Launch], bool]:
    return lambda option, launch: given(launch, *flags) is True


def _no_auto_tools(option: Option, launch: Launch) -> bool:
    """The parser of gpt-oss (openai) reads tool calls without being asked to (vllm/parser/harmony.py, 0.33.0)."""
    served = launch.program in ("vllm serve", "api_server")
    return served and option.values[-1:] != ("openai",) and given(launch, "--enable-auto-tool-choice") is False


def _model_given(option: Option, launch: Launch) -> bool:
    """`vllm serve MODEL`: args.model = args.model_tag (vllm/scripts.py, vllm/entrypoints/cli/serve.py)."""
    first = next(iter(positional(launch, _arity)), None)
    return launch.program == "vllm serve" and first is not None and not first.dynamic


def _dotted(option: Option, launch: Launch) -> tuple[str, str] | None:
    """How dotted keys of the same option overrule this one: why, and the spelling whose keys count.

    FlexibleArgumentParser makes one object of the keys of each spelling, and puts them behind all words in the order
    in which the spellings came; argparse takes the last (vllm/utils/argparse_utils.py, 0.9.0 to 0.33.0).
    """
    name, head = canonical(option.flag), option.flag.partition(".")[0]
    heads = dict.fromkeys(other.flag.partition(".")[0] for other in options(launch, _arity) if "." in other.flag)
    same = [other for other in heads if canonical(other) == name]
    if not same or head == "-O":
        return None
    if "." not in option.flag:
        return "json-replaced", same[-1]
    return ("dotted-split", same[-1]) if head != same[-1] else None


_ENTRIES = (
    _Entry("swap-space", ("--swap-space",), "0.11.0", "0.17.1"),
    _Entry("block-manager", ("--use-v2-block-manager",), "0.6.4", "0.9.2"),
    _Entry("parallel-loading", ("--max-parallel-loading-workers",), "0.11.1"),
    _Entry(
        "tokenizer-pool",
        ("--tokenizer-pool-size", "--tokenizer-pool-type", "--tokenizer-pool-extra-config"),
        "0.8.5",
        "0.9.2",
    ),
    _Entry("device", ("--device",), "0.9.0", "0.9.2"),
    _Entry("reasoning", ("--enable-reasoning",), "0.9.0", "0.9.2", _with("--reasoning-parser"), "--reasoning-parser"),
    _Entry(
        "reasoning-off", ("--enable-reasoning",), "0.9.0", "0.9.2", _without("--reasoning-parser"), "--reasoning-parser"
    ),
    _Entry("prompt-adapter", ("--enable-prompt-adapter",), "0.10.0", "0.10.1.1"),
    _Entry("qlora", ("--qlora-adapter-name-or-path",), "0.9.0", "0.9.2"),
    _Entry("lookahead", ("--num-lookahead-slots",), "0.11.0", "0.11.2"),
    _Entry("cascade", ("--disable-cascade-attn",), "0.32.0"),
    _Entry("frontend", ("--disable-frontend-multiprocessing",), "0.11.0", "0.18.1"),
    _Entry("model", ("--model",), "0.5.2", "0.8.2", _model_given),
    _Entry("lora-off", _LORA, holds=_without("--enable-lora"), by="--enable-lora"),
    _Entry("tools-off", ("--tool-call-parser",), "0.5.5", holds=_no_auto_tools, by="--enable-auto-tool-choice"),
    _Entry(
        "log-off", ("--max-log-len",), "0.10.1", holds=_without("--enable-log-requests"), by="--enable-log-requests"
    ),
    _Entry("eager", _CAPTURE, holds=_with("--enforce-eager"), by="--enforce-eager"),
    _Entry("one-rank", ("--enable-expert-parallel",), "0.8.3", holds=_without(*_RANKS)),
)


def of_ignored(option: Option, launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    """Why every release of the set takes an option without using it; nothing where one does."""
    name = canonical(option.flag)
    if name is None or not releases or option.flag.startswith("--no-"):
        return
    if (lost := _dotted(option, launch)) and all(vllm.habits(release).get("dotted") for release in releases):
        yield Fact(IGNORED, lost[0])
        yield Fact(BY, lost[1])
        yield Fact(MEANT_FLAG, lost[1] + option.flag[len(option.flag.partition(".")[0]) :])
        return
    for entry in _ENTRIES:
        if name in entry.flags and entry.holds(option, launch) and _covers(entry, tuple(releases)):
            yield Fact(IGNORED, entry.why)
            if entry.by:
                yield Fact(BY, entry.by)
            return


@lru_cache(maxsize=256)
def _covers(entry: _Entry, releases: tuple[str, ...]) -> bool:
    """Whether an entry speaks of every release that has the option, and there is one."""
    every = vllm.releases()
    first, last = every.index(entry.first), every.index(entry.last) if entry.last != _LAST else len(every)
    known = [release for release in releases if any(vllm.option(flag, release) for flag in entry.flags)]
    return bool(known) and all(first <= every.index(release) <= last for release in known)
