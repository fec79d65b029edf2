"""Launches as they were written for a release: what people ran, in the words of that time."""

COMMANDS: tuple[tuple[str, str], ...] = (
    (
        "0.4.2",
        "python -m vllm.entrypoints.openai.api_server --model org/chat-7b --worker-use-ray --tensor-parallel-size 2"
        " --max-model-len 4096 --gpu-memory-utilization 0.85 --disable-log-requests",
    ),
    (
        "0.4.2",
        "python3 -m vllm.entrypoints.openai.api_server --model org/coder-33b-awq --quantization awq --dtype half"
        " --max-context-len-to-capture 8192 --swap-space 16 --host 0.0.0.0 --port 8000 --engine-use-ray",
    ),
    (
        "0.4.3",
        "python -m vllm.entrypoints.openai.api_server --model org/vision-7b --image-input-type pixel_values"
        " --image-token-id 32000 --image-input-shape 1,3,336,336 --image-feature-size 576"
        " --chat-template template_llava.jinja",
    ),
    (
        "0.5.4",
        "vllm serve org/chat-70b -tp 4 --enable-chunked-prefill=False --max-num-batched-tokens 8192"
        " --max_seq_len_to_capture 32768 --use-v2-block-manager --speculative-model org/chat-1b"
        " --num-speculative-tokens 5 --disable-frontend-multiprocessing",
    ),
    (
        "0.6.3",
        "vllm serve org/chat-8b --num-scheduler-steps 8 --multi-step-stream-outputs=False --enable-prefix-caching"
        " --guided-decoding-backend outlines --preemption-mode swap --swap-space 8",
    ),
    (
        "0.6.6",
        "vllm serve org/vision-7b --limit-mm-per-prompt image=4,video=1 --max-model-len 32768"
        " --disable-mm-preprocessor-cache --trust-remote-code --scheduler-delay-factor 0.5",
    ),
    (
        "0.6.6",
        "vllm serve org/chat-14b --speculative-model '[ngram]' --num-speculative-tokens 4 --ngram-prompt-lookup-max 4"
        " --ngram-prompt-lookup-min 2 --speculative-disable-mqa-scorer --use-v2-block-manager",
    ),
    (
        "0.6.6",
        'vllm serve org/embed-large --task embed --override-pooler-config \'{"pooling_type": "MEAN"}\' --device cuda',
    ),
    (
        "0.6.6",
        "VLLM_ATTENTION_BACKEND=FLASHINFER vllm serve org/chat-9b --kv-cache-dtype fp8 --tokenizer-pool-size 2"
        " --tokenizer-pool-type ray --num-lookahead-slots 4",
    ),
    (
        "0.7.3",
        "VLLM_USE_V1=1 vllm serve org/reason-32b --enable-reasoning --reasoning-parser deepseek_r1 -tp 2"
        " --generation-config auto --compilation-config 3",
    ),
    (
        "0.8.3",
        "VLLM_USE_V1=0 VLLM_ATTENTION_BACKEND=FLASH_ATTN vllm serve org/reason-32b --enable-reasoning"
        " --reasoning-parser deepseek_r1 --disable-log-requests --swap-space 4 --guided-decoding-backend xgrammar",
    ),
    (
        "0.8.3",
        'vllm serve org/chat-72b --speculative-config \'{"model": "org/chat-0.5b", "num_speculative_tokens": 5,'
        ' "draft_tensor_parallel_size": 1}\' --tensor-parallel-size 8 -O3',
    ),
    ("0.8.3", "vllm serve org/rerank-8b --task score --max-model-len 8192 --disable-log-stats"),
    (
        "0.8.5",
        "vllm serve org/moe-235b -tp 8 --enable-expert-parallel --no-enable-prefix-caching --enable-chunked-prefill"
        " --max-seq-len-to-capture 16384 --lora-extra-vocab-size 512 --enable-lora --long-lora-scaling-factors 4.0",
    ),
    (
        "0.9.2",
        "vllm serve org/coder-480b --tool-call-parser hermes --enable-auto-tool-choice --guided-decoding-backend"
        " guidance --guided-decoding-disable-any-whitespace --cuda-graph-sizes 256 --num-redundant-experts 32"
        " --enable-eplb --eplb-window-size 500 --eplb-step-interval 1500 --eplb-log-balancedness --enable-expert-parallel"
        " -tp 8",
    ),
    (
        "0.9.2",
        "vllm serve org/vl-7b --enable-multimodal-encoder-data-parallel --max-num-partial-prefills 2"
        " --max-long-partial-prefills 1 --mm-processor-kwargs '{\"max_pixels\": 1003520}' -tp 2",
    ),
    ("0.9.2", "vllm serve org/class-3b --task classify --no-enable-lora --disable-async-output-proc"),
    (
        "0.10.0",
        "vllm serve org/chat-30b --compilation-config"
        ' \'{"level": 3, "full_cuda_graph": true, "cudagraph_capture_sizes": [1, 2, 4, 8]}\' --cuda-graph-sizes 1 2 4',
    ),
    (
        "0.10.2",
        "VLLM_USE_FLASHINFER_MOE_FP8=1 VLLM_FLASHINFER_MOE_BACKEND=latency VLLM_ALL2ALL_BACKEND=deepep_low_latency"
        " vllm serve org/moe-671b --disable-log-requests -tp 8 --enable-expert-parallel"
        " --compilation-config.pass_config.enable_attn_fusion true -O.cudagraph_mode=FULL",
    ),
    (
        "0.11.0",
        "VLLM_TORCH_PROFILER_DIR=/tmp/traces VLLM_TORCH_PROFILER_WITH_STACK=1 vllm serve org/vl-32b"
        " --limit-mm-per-prompt.video 0 --mm-encoder-tp-mode data --async-scheduling --scheduling-policy priority",
    ),
    (
        "0.11.0",
        "VLLM_ATTENTION_BACKEND=TRITON_ATTN vllm serve org/oss-120b --override-pooler-config '{\"normalize\": false}'"
        " --runner pooling --seed 0 --max-logprobs -1",
    ),
    (
        "0.14.0",
        "VLLM_USE_FBGEMM=1 vllm serve org/chat-8b -cc.mode=3 -cc.cudagraph_mode=PIECEWISE --swap-space 2"
        " --structured-outputs-config.backend xgrammar --structured-outputs-config.disable_fallback true -O2",
    ),
    (
        "0.14.0",
        "vllm serve org/chat-8b --attention-backend FLASHINFER --kv-cache-memory-bytes 20G --max-model-len 32k"
        ' --speculative-config \'{"method": "suffix", "num_speculative_tokens": 8}\' --enable-log-requests',
    ),
    (
        "0.20.0",
        "vllm serve org/moe-400b -tp 4 -dp 2 -ep --enable-eplb --eplb-config.num_redundant_experts 16"
        " --moe-backend flashinfer_trtllm --performance-mode throughput --reasoning-parser qwen3"
        " --tool-call-parser hermes --enable-auto-tool-choice --calculate-kv-scales",
    ),
    (
        "0.24.0",
        "vllm serve org/chat-32b --spec-method ngram --spec-tokens 4 --linear-backend marlin --gpu-memory-utilization 0.9"
        " --max-num-seqs 64 --no-enable-log-requests --optimization-level 0",
    ),
    (
        "0.33.0",
        "vllm serve org/chat-32b --disable-log-requests --disable-prefix-caching --device-memory-utilization 0.8"
        " --max-cudagraph-capture-size 128 --attention-backend FLASH_ATTN --runner pooling --convert embed -sc"
        ' \'{"method": "ngram", "num_speculative_tokens": 3, "prompt_lookup_max": 4}\'',
    ),
    (
        "0.33.0",
        "vllm serve org/vl-8b --limit-mm-per-prompt '{\"image\": 2}' --mm-processor-cache-gb 0 --max-model-len 128k"
        ' --structured-outputs-config \'{"backend": "guidance", "disable_any_whitespace": true}\''
        ' --compilation-config \'{"mode": 3, "cudagraph_mode": "NONE"}\' --enforce-eager',
    ),
)
