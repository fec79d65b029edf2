cat > docker-compose.yml <<'YAML'
services:
  vllm:
    image: vllm/vllm-openai:v0.24.0
    command: ["--model", "acme/demo", "--port", "1"]
YAML
docker compose up -d
cat <<'EOF' > notes.txt
vllm serve acme/notes
EOF
