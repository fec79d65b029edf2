FROM vllm/vllm-openai:v0.24.0
CMD ["serve", "acme/demo", "--port", "1"]
FROM registry.example/team/vllm:1
CMD ["--model", "acme/demo", "--port", "2"]
FROM python
CMD ['vllm', 'serve', 'acme/demo', '--port', '3',]
FROM python
ENTRYPOINT ["tini", "--"]
CMD ["bash", "-lc", "VLLM_X=1 exec vllm serve 'acme/demo' --port \"4\" --served-model-name caf\u00e9"]
FROM ollama/ollama
CMD ["serve", "vllm"]
