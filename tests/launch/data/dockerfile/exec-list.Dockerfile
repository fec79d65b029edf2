# syntax=docker/dockerfile:1
ARG VLLM_TAG=v0.23.0
FROM --platform=linux/amd64 vllm/vllm-openai:${VLLM_TAG} AS base
ENV HF_HOME=/cache \
    VLLM_LOGGING_LEVEL="DEBUG" GREETING='it is'

FROM base
# the server
ENTRYPOINT ["python3", "-m", "vllm.entrypoints.openai.api_server"]
CMD ["--model", "acme/demo-7b", \
     # how long a request may be
     "--max-model-len", "4096", \
     "--hf-overrides", "{\"rope_theta\": 1e6}"]
HEALTHCHECK CMD curl -f http://localhost:8000/health || echo "vllm serve is down"
