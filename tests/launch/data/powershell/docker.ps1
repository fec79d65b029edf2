docker run --rm --gpus all `
  -e VLLM_X=1 `
  vllm/vllm-openai:v0.10.0 `
  --model acme/demo `
  --port 1
wsl -d Ubuntu -- bash -c "vllm serve acme/wsl --port 2"
