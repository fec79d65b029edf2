param([string]$Model = "Qwen/Qwen3-8B", [int]$Port = 8000)
$env:HF_HOME = "D:\hf"
docker run --rm --gpus all --ipc=host -p "${Port}:8000" `
  -v "D:\hf:/root/.cache/huggingface" `
  vllm/vllm-openai:v0.24.0 `
  $Model --max-model-len 8192 --gpu-memory-utilization 0.85
wsl -d Ubuntu -- vllm serve $Model --port $Port
