"""Asks releases about their own parsers. Run it with the Python of an environment that holds a real vLLM.

    oracle.py dump SOURCES OUT RELEASE...   writes OUT/RELEASE.json for each: all that the release tells
    oracle.py ask SOURCES OUT QUESTIONS     what each release's parser says of lists of words (judge.py)

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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

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
    "VLLM_LOGGING_LEVEL": "CRITICAL",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "COLUMNS": "200",
    "PYTHONHASHSEED": "0",
}


def preload() -> None:
    """Import what releases want, whole; what is missing becomes a stub later."""
    for name in LIBRARIES:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    transformers = importlib.import_module("transformers")
    for name in LAZY_NAMES:
        with contextlib.suppress(Exception):
            getattr(transformers, name)


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


def _forked(make: Callable[[], Any], target: Path) -> bool:
    """Write what `make` makes as JSON, in a fork of its own, so that no release sees another's modules."""
    child = os.fork()
    if not child:
        code = 1
        try:
            with contextlib.redirect_stdout(sys.stderr):
                made = make()
            target.write_text(json.dumps(made))
            code = 0
        except BaseException:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def dump(sources: Path, out: Path, releases: list[str]) -> int:
    """Describe each release; the number of those that could not be described."""
    failed = 0
    for release in releases:
        done = _forked(partial(describe, sources / release, release), out / f"{release}.json")
        failed += not done
        print(release, "done" if done else "failed", flush=True)
    return failed


def ask(sources: Path, out: Path, questions: Path) -> int:
    """Answer each question of a file (judge.py says which), by its place in the file."""
    import judge

    failed = 0
    for place, question in enumerate(json.loads(questions.read_text())):
        failed += not _forked(partial(judge.answer, sources, question), out / f"{place}.json")
        print(question["release"], question["program"], flush=True)
    return failed


def main() -> int:
    """Run the command line of the module's docstring."""
    for name in list(os.environ):
        if name.startswith(("VLLM_", "CUDA_")):
            del os.environ[name]
    fixed_hash = os.environ.get("PYTHONHASHSEED") == "0"
    os.environ.update(QUIET)
    if not fixed_hash:
        os.execv(sys.executable, [sys.executable, *sys.argv])
    job, sources, out, *rest = sys.argv[1:]
    Path(out).mkdir(parents=True, exist_ok=True)
    preload()
    if job == "dump":
        return dump(Path(sources), Path(out), rest)
    return ask(Path(sources), Path(out), Path(rest[0]))


if __name__ == "__main__":
    sys.exit(main())
