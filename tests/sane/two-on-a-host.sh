#!/bin/bash
# Two servers, each on its GPU; the token is the user's.
docker run -d --gpus '"device=0"' --ipc=host -e HF_TOKEN -v ~/.cache/huggingface:/root/.cache/huggingface \
  vllm/vllm-openai:v0.11.0 --model google/gemma-3-12b-it --api-key "$VLLM_API_KEY"
docker run -d --gpus '"device=1"' -v ~/.cache/huggingface:/root/.cache/huggingface \
  vllm/vllm-openai:v0.11.0 --model google/gemma-3-4b-it --api-key EMPTY
CUDA_VISIBLE_DEVICES=2,3 vllm serve meta-llama/Llama-3.1-8B-Instruct -tp 2
docker exec -it server vllm serve meta-llama/Llama-3.1-8B-Instruct -tp 2
