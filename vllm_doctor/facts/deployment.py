"""Which vLLM, which engine, which model: what the banners of a start say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Record
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = declare("vllm.version", "text", "the vLLM release that the log's banner names", "first")
SOURCE = declare(
    "vllm.version_source", "text", "where the release was read: banner, config, logo, given or image", "first"
)
ENGINE = declare("engine.kind", "text", "the engine: V0 or V1")
MODEL = declare("model.name", "text", "the model as it was named")
LOADED = declare("model.loaded", "text", "the model that a runner said it loads", "first")
PARAMETERS = declare("model.parameters_in_name", "float", "parameters that the model's name claims (24e9 for 24B)")
QUANTIZED = declare("model.name_says_quantized", "text", "the quantization that the model's name claims, or none")
FILES_KNOWN = declare("model.files_known", "flag", "whether the files of the model were looked at")
HAS_PARAMS = declare("model.has_params_json", "flag", "whether the model has Mistral's own params.json")
HAS_CONFIG = declare("model.has_config_json", "flag", "whether the model has a config.json")
QUANT_METHOD = declare(
    "model.quant_method", "text", "the quantization method of the checkpoint's own config, none without one"
)
WEIGHTS = declare("model.weights_gib", "gib", "the weights on disk, GiB")
GPU_NAME = declare("gpu.name", "text", "the GPU's name, when shown or given")
GPU_TOTAL = declare("gpu.total_gib", "gib", "memory of the GPU that was named, as vLLM sees it")
SHARE = declare("gpu.memory_utilization", "float", "the release's default of gpu_memory_utilization")
GPU_COUNT = declare("gpu.count", "int", "GPUs of one replica: tensor x pipeline parallel size")

_RELEASE = r"v?(\d+\.\d+[\w.+-]*)"
# vllm/entrypoints/openai/api_server.py (0.4.1 on), the logo: vllm/entrypoints/utils.py (0.14.0 on)
_BANNERS = (
    ("banner", pattern(rf"vLLM (?:API|gRPC|REST API) server version {_RELEASE}")),
    ("logo", pattern(rf"[▀█▄ ]{{6,}}\s+version {_RELEASE}")),
    ("config", pattern(rf"LLM engine \({_RELEASE}\) with config")),
)
_LOGO_MODEL = pattern(r"[▀█▄ ]{6,}\s+model\s+(\S+)")


@reader("server version", "  version ", "LLM engine (v")
def read_version(event: Event) -> Iterable[Fact]:
    """The release of the banner; the first one of an attempt counts."""
    if not isinstance(event, Record):
        return
    for source, words in _BANNERS:
        if found := words.search(event.message):
            yield Fact(VERSION, found[1].rstrip("."), event.lines[0])
            yield Fact(SOURCE, source, event.lines[0])
            return


@reader("LLM engine (v", "LLM engine with config")
def read_engine(event: Event) -> Iterable[Fact]:
    """V1 since 0.7.0 where the line says so, V0 where it says so or does not (before 0.8.0)."""
    if isinstance(event, Record) and (found := re.search(r"Initializing an? (V[01] )?LLM engine", event.message)):
        yield Fact(ENGINE, (found[1] or "V0").strip(), event.lines[0])


@reader("  model   ")
def read_logo_model(event: Event) -> Iterable[Fact]:
    """The model in the logo that vLLM prints from 0.14.0 on."""
    if isinstance(event, Record) and (found := _LOGO_MODEL.search(event.message)):
        yield Fact(MODEL, found[1], event.lines[0])


@reader("tarting to load model ")
def read_loaded_model(event: Event) -> Iterable[Fact]:
    """The model that a runner begins to load (vllm/v1/worker/gpu_model_runner.py, vllm/worker/model_runner.py)."""
    found = re.search(r"[Ss]tarting to load model (\S{1,300}?)(?:\.\.\.|$)", event.message)
    if isinstance(event, Record) and found:
        yield Fact("model.loaded", found[1], event.lines[0])


@derived("model.name")
def model_argument(facts: Facts) -> str | None:
    """The model argument, where no banner names it."""
    return facts.text("args.model") or facts.text("model.loaded")


@derived(PARAMETERS)
def parameters_in_name(facts: Facts) -> float | None:
    """Parameters by the name of the model."""
    from vllm_doctor.model.names import parameters_in_name as read

    name = facts.text(MODEL)
    return read(name) if name else None


@derived(QUANTIZED)
def name_says_quantized(facts: Facts) -> str | None:
    """The quantization by the name of the model; "none" where the name says nothing."""
    from vllm_doctor.model.names import looks_quantized

    name = facts.text(MODEL)
    return (looks_quantized(name) or "none") if name else None


@derived(GPU_COUNT)
def gpu_count(facts: Facts) -> int | None:
    """Tensor times pipeline parallel size; 1 where a launch is known and names neither."""
    sizes = [facts.number(f"args.{name}_parallel_size") for name in ("tensor", "pipeline")]
    if not any(sizes) and MODEL not in facts:
        return None
    return int((sizes[0] or 1) * (sizes[1] or 1))


@derived(SHARE)
def default_share(facts: Facts) -> float | None:
    """The default of gpu_memory_utilization in the release that runs (0.9, and 0.92 from 0.20 on)."""
    from vllm_doctor.vllm import default

    release = facts.text(VERSION)
    value = default("--gpu-memory-utilization", release) if release else None
    return value if isinstance(value, float) else None
