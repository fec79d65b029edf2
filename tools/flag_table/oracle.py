"""Asks releases about their own parsers. Run it with the Python of an environment that holds a real vLLM.

oracle.py dump SOURCES OUT RELEASE...   writes OUT/RELEASE.json for each, in a process of its own oracle.py
ask SOURCES RELEASE PROGRAM   reads a JSON list of words a line, answers with a JSON object a line:
{"accepted": bool, "error": str | null}

SOURCES holds a folder per release (sources.py). The heavy libraries are imported once, before the release's
code, so that the release finds them whole.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

LIBRARIES = [
    "torch",
    "torch._inductor.config",
    "torch._dynamo",
    "torch._inductor",
    "torch._inductor.compile_fx",
    "torch.distributed",
    "torch.fx.experimental.symbolic_shapes",
    "torch.utils._pytree",
    "torch.library",
    "torch._dynamo.polyfills",
    "torch._inductor.codecache",
    "torch._functorch.config",
    "torch.utils.cpp_extension",
    "torch.multiprocessing",
    "torch.profiler",
    "transformers",
    "transformers.image_processing_utils",
    "transformers.models.auto.tokenization_auto",
    "transformers.configuration_utils",
    "transformers.utils",
    "transformers.dynamic_module_utils",
    "transformers.modeling_utils",
    "fastapi",
    "pydantic",
    "numpy",
    "requests",
    "aiohttp",
    "uvloop",
    "uvicorn",
    "prometheus_client",
    "PIL.Image",
    "openai",
    "msgspec",
    "zmq",
    "cloudpickle",
    "yaml",
    "huggingface_hub",
    "psutil",
    "tqdm",
    "tqdm.asyncio",
    "regex",
    "jinja2",
    "safetensors.torch",
    "tokenizers",
    "starlette",
    "tiktoken",
    "sentencepiece",
    "openai.types.chat",
    "openai.types.responses",
    "fastapi.middleware.cors",
    "fastapi.responses",
    "prometheus_fastapi_instrumentator",
    "opentelemetry.sdk.trace",
    "mistral_common",
    "compressed_tensors",
    "xgrammar",
    "numba",
    "cv2",
    "einops",
    "anthropic",
    "mcp",
    "triton",
    "triton.language",
    "urllib",
    "multiprocessing.pool",
    "concurrent.futures.thread",
    "concurrent.futures.process",
    "unittest.mock",
    "ssl",
]
LAZY_NAMES = [
    "AutoTokenizer",
    "AutoConfig",
    "PretrainedConfig",
    "PreTrainedTokenizer",
    "PreTrainedTokenizerFast",
    "PreTrainedTokenizerBase",
    "AutoProcessor",
    "AutoImageProcessor",
    "AutoFeatureExtractor",
    "PreTrainedModel",
    "AutoModelForCausalLM",
    "BatchFeature",
    "GenerationConfig",
    "ProcessorMixin",
    "FeatureExtractionMixin",
    "LogitsProcessor",
    "CLIPVisionConfig",
    "LlamaConfig",
    "SiglipVisionConfig",
    "WhisperConfig",
    "ViltProcessor",
    "Qwen2Config",
    "MistralConfig",
    "DeepseekV3Config",
    "AutoVideoProcessor",
    "BartConfig",
    "Blip2Config",
    "BatchEncoding",
    "TensorType",
    "BertConfig",
    "RobertaConfig",
    "GPT2Config",
    "OPTConfig",
    "MixtralConfig",
    "Mamba2Config",
    "LlavaConfig",
]
QUIET = {
    "VLLM_LOGGING_LEVEL": "CRITICAL", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1",
    "COLUMNS": "200", "PYTHONHASHSEED": "0",
}  # fmt: skip


def preload() -> None:
    """Import what releases want, whole; what is missing becomes a stub later."""
    for name in LIBRARIES:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    transformers = importlib.import_module("transformers")
    for name in LAZY_NAMES:
        with contextlib.suppress(Exception):
            getattr(transformers, name)


def programs(root: Path, release: str) -> dict[str, Any]:
    """The programs of a release by name; imports the release."""
    import lenient
    import parsers

    lenient.install(root, release)
    found = {"vllm serve": parsers.serve(root), "api_server": parsers.api_server(root)}
    return {name: program for name, program in found.items() if program is not None}


def describe(root: Path, release: str) -> dict[str, Any]:
    """Everything that the release's parsers and tree tell."""
    import actions
    import habits
    import lenient
    import parsers
    import registries
    import variables

    lenient.install(root, release)
    parsers.show_help_texts(root)
    answer: dict[str, Any] = {"release": release, "programs": {}}
    for name, program in {"vllm serve": parsers.serve(root), "api_server": parsers.api_server(root)}.items():
        if program is not None:
            answer["programs"][name] = actions.dump(program.parser) | {"habits": habits.habits(program)}
    answer["variables"] = variables.variables(root)
    answer["names"] = registries.names(root)
    return answer


def _one(root: Path, release: str, out: Path) -> int:
    try:
        with contextlib.redirect_stdout(sys.stderr):
            answer = describe(root, release)
    except BaseException:
        traceback.print_exc()
        return 1
    (out / f"{release}.json").write_text(json.dumps(answer))
    return 0


def dump(sources: Path, out: Path, releases: list[str]) -> int:
    """Describe each release in a fork of its own, so that none sees another's modules."""
    preload()
    out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for release in releases:
        child = os.fork()
        if not child:
            code = _one(sources / release, release, out)
            sys.stderr.flush()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        failed += status != 0
        print(release, "failed" if status else "done", flush=True)
    return failed


def ask(sources: Path, release: str, name: str) -> int:
    """Answer, for each line of words, whether the release takes them."""
    preload()
    with contextlib.redirect_stdout(sys.stderr):
        program = programs(sources / release, release)[name]
    for line in sys.stdin:
        words = json.loads(line)
        refused = program.refused(words)
        error = program.attempt(words)[1] if refused else None
        print(json.dumps({"accepted": not refused, "error": error}), flush=True)
    return 0


def main() -> int:
    """Run the command line of the module's docstring."""
    for name in list(os.environ):
        if name.startswith(("VLLM_", "CUDA_")):
            del os.environ[name]
    fixed_hash = os.environ.get("PYTHONHASHSEED") == "0"
    os.environ.update(QUIET)
    if not fixed_hash:
        os.execv(sys.executable, [sys.executable, *sys.argv])
    job, sources, *rest = sys.argv[1:]
    if job == "dump":
        return dump(Path(sources), Path(rest[0]), rest[1:])
    return ask(Path(sources), rest[0], rest[1])


if __name__ == "__main__":
    sys.exit(main())
