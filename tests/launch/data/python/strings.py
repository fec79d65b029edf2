import os, shlex, subprocess
model = "acme/demo"
os.system("VLLM_X=1 vllm serve acme/demo --port 1 &")
CMD = f"""
vllm serve {model} \\
    --port 2 \\
    --hf-overrides '{{"a": 1}}'
"""
subprocess.run(CMD, shell=True)
args = shlex.split(
    "vllm serve acme/split "
    "--port 3 "
    '--served-model-name "a b"'
)
subprocess.Popen('vllm serve acme/é --port 4'.split())
print("vllm serve acme/print --port 5")
HELP = "vllm serve acme/help"
