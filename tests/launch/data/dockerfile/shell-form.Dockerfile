FROM python:3.12-slim
RUN pip install vllm==0.11.2 && echo "run vllm serve yourself"
ENV MODEL acme/demo-13b
ENV VLLM_USE_V1=1
CMD exec vllm serve $MODEL \
    # the context

    --max-model-len 2048 \  
    --host 0.0.0.0 2>&1 | tee /log
