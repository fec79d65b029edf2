"""Run `vllm serve acme/doc` or this. é"""
import os

import vllm
from vllm import LLM as Engine, SamplingParams
from vllm.engine.arg_utils import AsyncEngineArgs

os.environ["VLLM_X"] = "1"
os.environ.setdefault("VLLM_Y", str(2))
NAME = "acme/démo"
llm = Engine(NAME, max_model_len=4_096, gpu_memory_utilization=.9, enforce_eager=True,
             trust_remote_code=False, enable_prefix_caching=False, tokenizer=None, quantization='awq')  # é
é = "é"; other = vllm.LLM(
    model="acme/é",
    dtype="half",  # why
    speculative_config={"method": "ngram", "num_speculative_tokens": 4},
    tensor_parallel_size=len(os.listdir(".")),
)
options = dict(max_num_seqs=8, seed=0)
args = AsyncEngineArgs(model=f"acme/{NAME}-b", **options)
notvllm = LLM("x")
