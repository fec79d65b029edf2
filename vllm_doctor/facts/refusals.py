"""Facts of options that contradict each other: vLLM's own checks end such a start before a model is looked at.

Each check was read off every release. Where a launch may run in several releases, all of them must make it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.asked import asked_number
from vllm_doctor.facts.option_ignored import given
from vllm_doctor.facts.types import Fact, Facts, declare
from vllm_doctor.launch.options import positional

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch

WHY = declare("refusal.why", "text", "why vLLM refuses options together: an id of facts/refusals.py")
FLAG = declare("refusal.flag", "text", "the option that is refused, or the word that is not read")
OTHER = declare(
    "refusal.other",
    "text",
    "the option that it contradicts, or that is missing for it; the model that is served instead",
)
SEQS = declare("refusal.seqs", "flag", "whether more requests than batched tokens are asked for")
LORA = declare("refusal.lora", "text", "what is wrong with the LoRA settings: rank, cpu-count or off")
SPECULATIVE = declare("refusal.speculative", "flag", "whether the speculative settings lack what vLLM needs")
PREFILLS = declare("refusal.partial_prefills", "flag", "whether several partial prefills at once are asked for")

# vllm/config/lora.py LoRAConfig.__post_init__: what it takes up to a release
_RANKS = (
    ("0.5.4", (8, 16, 32, 64)),
    ("0.7.3", (8, 16, 32, 64, 128, 256)),
    ("0.11.0", (8, 16, 32, 64, 128, 256, 320, 512)),
)


def of_refusals(launch: Launch, facts: Facts, releases: Sequence[str]) -> Iterator[Fact]:
    """What all releases of the set refuse in a launch whose options the parser takes."""
    if not releases:
        return
    for why, flag, other in _pairs(launch, facts):
        if _spans(_SPANS[why], releases):
            yield from (Fact(WHY, why), Fact(FLAG, flag), Fact(OTHER, other))
            break
    else:
        yield from _of_module(launch, releases)
    yield from _of_batch(facts)
    yield from _of_lora(launch, facts, releases)
    yield from _of_speculation(launch, facts, releases)
    partial = (asked_number(facts, f"max_{kind}_partial_prefills") for kind in ("num", "long"))
    if any(number is not None and number > 1 for number in partial) and _spans((("0.11.0", "0.26.0"),), releases):
        yield from (Fact(PREFILLS, True), Fact("v1.feature", "Concurrent Partial Prefill"))


_SPANS: dict[str, tuple[tuple[str, str], ...]] = {
    # validate_parsed_serve_args (vllm/entrypoints/openai/cli_args.py, vllm/entrypoints/common/cli_args.py)
    "log-outputs": (("0.11.0", "0.33.0"),),
    "request-metrics": (("0.25.0", "0.33.0"),),
    # run_headless, ServeSubcommand.cmd (vllm/entrypoints/cli/serve.py)
    "headless-servers": (("0.9.1", "0.33.0"),),
    "headless-server": (("0.15.0", "0.33.0"),),
    # ParallelConfig (vllm/config.py, vllm/config/parallel.py)
    "local-size": (("0.9.0", "0.33.0"),),
    "eplb-alone": (("0.10.0", "0.33.0"),),
    # ObservabilityConfig (vllm/config.py, vllm/config/observability.py)
    "traces-nowhere": (("0.5.5", "0.6.3.post1"), ("0.11.1", "0.33.0")),
}


def _pairs(launch: Launch, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """(why, the option, the other one) of what is contradictory in some release."""
    lacks = (
        ("log-outputs", "--enable-log-outputs", "--enable-log-requests"),
        ("eplb-alone", "--enable-eplb", "--enable-expert-parallel"),
        ("traces-nowhere", "--collect-detailed-traces", "--otlp-traces-endpoint"),
    )
    for why, flag, other in lacks:
        if given(launch, flag) and given(launch, other) is False:
            yield why, flag, other
    if given(launch, "--enable-per-request-metrics") and given(launch, "--disable-log-stats"):
        yield "request-metrics", "--disable-log-stats", "--enable-per-request-metrics"
    servers = asked_number(facts, "api_server_count")
    if servers and given(launch, "--headless"):
        yield "headless-servers" if servers > 1 else "headless-server", "--api-server-count", "--headless"
    local, size = (asked_number(facts, f"data_parallel_size{part}") for part in ("_local", ""))
    if local and size and local > size:
        yield "local-size", "--data-parallel-size-local", "--data-parallel-size"


def _of_module(launch: Launch, releases: Sequence[str]) -> Iterator[Fact]:
    """The module's parser takes a model without --model and nothing reads it: only `vllm serve` sets args.model of it
    (make_arg_parser and vllm/entrypoints/cli/serve.py, 0.10.0 to 0.33.0).
    """
    if launch.program != "api_server" or launch.program_source != "file" or given(launch, "--model") is not False:
        return
    first = next(iter(positional(launch, lambda flag: vllm.arity(flag, None))), None)
    taken = all(vllm.habits(release, "api_server").get("model") == "?" for release in releases)
    if first is not None and not first.dynamic and taken:
        served = str(vllm.default("--model", releases[-1], "api_server") or "its default model")
        yield from (Fact(WHY, "module-model"), Fact(FLAG, first.value), Fact(OTHER, served))


def _of_batch(facts: Facts) -> Iterator[Fact]:
    """SchedulerConfig: max_num_batched_tokens must be at least max_num_seqs (0.4.1 to 0.33.0)."""
    tokens, seqs = (asked_number(facts, f"max_num_{kind}") for kind in ("batched_tokens", "seqs"))
    if tokens and seqs and tokens < seqs:
        yield from (Fact(SEQS, True), Fact("batched.seqs", int(seqs)), Fact("batched.tokens", int(tokens)))


def _of_lora(launch: Launch, facts: Facts, releases: Sequence[str]) -> Iterator[Fact]:
    if given(launch, "--lora-modules") and given(launch, "--enable-lora") is False:
        yield Fact(LORA, "off")
        return
    if given(launch, "--enable-lora") is not True:
        return
    rank = asked_number(facts, "max_lora_rank")
    if rank is not None and all(rank not in _ranks(release) for release in releases):
        fits = next((one for one in _ranks(releases[-1]) if one >= rank), None)
        yield from (
            Fact(LORA, "rank"),
            Fact("lora.rank", int(rank)),
            *([Fact("lora.fitting_rank", fits)] if fits else []),
        )
        return
    most, kept = asked_number(facts, "max_loras"), asked_number(facts, "max_cpu_loras")
    if most and kept and kept < most:
        yield from (Fact(LORA, "cpu-count"), Fact("lora.count", int(most)), Fact("lora.cpu_count", int(kept)))


def _ranks(release: str) -> tuple[int, ...]:
    """The ranks that a release takes: by its configuration's check, since 0.11.1 by the option's choices."""
    every = vllm.releases()
    for last, ranks in _RANKS:
        if every.index(release) <= every.index(last):
            return ranks
    return tuple(one for one in vllm.choices("--max-lora-rank", release) or () if isinstance(one, int))


def _of_speculation(launch: Launch, facts: Facts, releases: Sequence[str]) -> Iterator[Fact]:
    """N-grams have no draft model that could say how many tokens to guess (SpeculativeConfig._verify_args).

    The options of 0.5.1 to 0.6.6 were not taken without a draft (SpeculativeConfig.maybe_create_spec_config).
    """
    draft = given(launch, "--speculative-model")
    if given(launch, "--num-speculative-tokens") and draft is False and _spans((("0.5.1", "0.6.6.post1"),), releases):
        yield Fact(SPECULATIVE, True)
        yield Fact("speculative.reason", "num_speculative_tokens is given without speculative_model")
        return
    text = facts.text("args.speculative_config") or ""
    try:
        said = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        return
    if not isinstance(said, dict) or "num_speculative_tokens" in said:
        return
    by_prompt = any(said.get(key) in ("ngram", "[ngram]") for key in ("method", "model"))
    if by_prompt and _spans((("0.8.3", "0.33.0"),), releases):
        yield Fact(SPECULATIVE, True)
        yield Fact("speculative.reason", "num_speculative_tokens is missing")


def _spans(spans: Sequence[tuple[str, str]], releases: Sequence[str]) -> bool:
    """Whether each release lies in one of the spans."""
    every = vllm.releases()
    within = [(every.index(first), every.index(last)) for first, last in spans]
    return all(any(first <= every.index(release) <= last for first, last in within) for release in releases)
