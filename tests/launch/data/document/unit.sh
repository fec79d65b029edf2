#!/bin/bash
MODEL=acme/demo
sudo tee /etc/systemd/system/vllm.service > /dev/null <<EOF
[Service]
Environment=HF_HOME=$HOME/hf
ExecStart=/opt/vllm/bin/vllm serve $MODEL \
    --port 8000 --hf-overrides '{"a": 1}'
EOF
systemctl start vllm
