set -e
python3 - <<'PY'
from vllm import LLM
llm = LLM("acme/demo", max_model_len=4096)
PY
kubectl apply -f - <<EOF
apiVersion: v1
kind: Pod
spec:
  containers:
    - image: vllm/vllm-openai:${TAG}
      args: ["--model", "acme/pod"]
EOF
