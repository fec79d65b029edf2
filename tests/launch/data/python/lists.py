import os, sys, shlex, subprocess
from asyncio import create_subprocess_exec

BASE = ["vllm", "serve", "acme/démo"]  # é

def start(port: int, extra: list[str], eager=False):
    env = os.environ.copy()
    env["VLLM_X"] = "1"
    cmd = BASE + [
        "--port", str(port),
        f"--served-model-name={port}-x",
        '--hf-overrides', '{"a": 1}',
    ]
    if eager:
        cmd.append("--enforce-eager")
    cmd += ["--seed", "0"]
    cmd.extend(extra)
    print("vllm serve", " ".join(["vllm", "serve", "acme/print"]))
    return subprocess.Popen(cmd, env=env)

subprocess.run([sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", os.environ["MODEL"], *sys.argv[1:]],
               env={**os.environ, "VLLM_Y": "2"})
subprocess.run(["docker", "run", "--gpus=all", "vllm/vllm-openai:v0.10.0", "--model", "acme/box"])
subprocess.run(["bash", "-c", f"vllm serve {sys.argv[1]} --port 3"])
subprocess.run(["vllm", "bench", "serve", "--model", "acme/bench"])
subprocess.run(["pkill", "-f", "vllm serve"])

async def go():
    await create_subprocess_exec("vllm", "serve", "acme/async", "--port", "4")
