"""A program that behaves as a vLLM server is made to by variables: it prints, waits, leaves children, exits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

USAGE = "usage: vllm serve [model_tag] [options]\nvllm serve: error: argument --dtype: invalid choice: {} ({})\n"
CHOICES = "choose from 'auto', 'bfloat16', 'float', 'float16', 'float32', 'half'"
RACE = """INFO 11-20 10:00:00 [api_server.py:1] vLLM API server version 0.24.0
ERROR 11-20 10:00:01 [core.py:1] Traceback (most recent call last):
ERROR 11-20 10:00:01 [core.py:1]   File "/x/vllm/v1/worker/gpu_worker.py", line 1, in determine_available_memory
ERROR 11-20 10:00:01 [core.py:1] AssertionError: Error in memory profiling. Initial free memory 9.0 GiB, current \
free memory 10.0 GiB. This happens when other processes sharing the same container release GPU memory while vLLM is \
profiling during initialization. To fix this, ensure consistent GPU memory allocation or isolate vLLM in its own \
container.
"""
LINGERING = """import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
{leave}
time.sleep(600)
"""


def main() -> None:
    print("argv", sys.argv[1:], flush=True)
    with Path(os.environ.get("STARTS", os.devnull)).open("a") as starts:
        starts.write(" ".join(sys.argv[1:]) + "\n")
    if "LOG" in os.environ:
        sys.stderr.write(Path(os.environ["LOG"]).read_text("utf-8"))
        sys.exit(1)
    if "fp16" in sys.argv or "fp8" in sys.argv:
        bad = "fp16" if "fp16" in sys.argv else "fp8"
        sys.stderr.write(USAGE.format(repr(bad), CHOICES))
        sys.exit(2)
    if "RACE" in os.environ:
        sys.stderr.write(RACE)
        sys.exit(1)
    for leave in filter(None, os.environ.get("LINGER", "").split(",")):
        code = LINGERING.format(leave={"session": "os.setsid()", "plain": ""}[leave])
        subprocess.Popen([sys.executable, "-c", code])
    if "SERVED" in os.environ:
        print("INFO:     Application startup complete.", flush=True)
    if "POLITE" in os.environ:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if "HANG" in os.environ:
        sys.stderr.write(RACE if os.environ["HANG"] == "race" else USAGE.format("'fp16'", CHOICES))
        sys.stderr.flush()
        time.sleep(600)
    if "WAIT" in os.environ:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(int(os.environ["WAIT"])))
        signal.signal(signal.SIGUSR1, lambda *_: print("usr1", flush=True))
        print("ready", flush=True)
        while True:
            signal.pause()
    sys.exit(int(os.environ.get("CODE", "0")))


main()
