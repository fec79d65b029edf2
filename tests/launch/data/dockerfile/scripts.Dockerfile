# escape=`
FROM vllm/vllm-openai:v0.10.2
COPY <<'EOF' /start.sh
#!/bin/bash
export VLLM_PORT=9
exec vllm serve acme/demo -tp 2
EOF
COPY <<EOF /run.sh
#!/bin/sh
vllm serve acme/demo-b \
  --port 1
EOF
RUN cat > /x.sh <<"END"
vllm serve acme/demo-c --port 2
END
ENTRYPOINT []
CMD bash -c "vllm serve acme/demo-d `
  --port 3"
