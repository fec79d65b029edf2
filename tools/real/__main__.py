"""Proof with a real vLLM: it fails, the diagnosis is right, and the command that is proposed starts.

tools/real/setup.sh                           make the environment, once (3 GB)
python tools/real                             every scenario; exit code 1 unless all is right and healed
python tools/real --only dtype-fp16,port-taken --through run
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from models import write_models
from scenario import Lane, Proof, prove, scenarios

HERE = Path(__file__).parent


def main() -> int:
    """Prove what is asked for; returns the exit code."""
    asked = _arguments()
    chosen = [one for one in scenarios() if not asked.only or one.name in asked.only.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        write_models(models)
        logs = Path(asked.out or Path(folder) / "logs").resolve()
        logs.mkdir(parents=True, exist_ok=True)
        lane = Lane(models, logs, _environment(Path(folder)), asked.limit)
        proofs = []
        for scenario in chosen:
            proofs.append(prove(scenario, lane, through=asked.through))
            print(json.dumps(asdict(proofs[-1])), flush=True)
    print(summary(proofs))
    return int(not all(_good(proof) for proof in proofs))


def summary(proofs: list[Proof]) -> str:
    """How many were right, healed, and rightly treated by `run`."""
    healable = [proof.healed for proof in proofs if proof.healed is not None]
    ran = [proof.through_run for proof in proofs if proof.through_run is not None]
    right = sum(proof.right for proof in proofs)
    return f"root cause {right}/{len(proofs)}, healed {sum(healable)}/{len(healable)}, run {sum(ran)}/{len(ran)}"


def _good(proof: Proof) -> bool:
    return proof.right and proof.healed is not False and proof.through_run is not False


def _environment(folder: Path) -> dict[str, str]:
    """The real vLLM first on the PATH, no network, a small KV cache, and caches of nobody."""
    made = subprocess.run([HERE / "setup.sh"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return {
        **os.environ,
        "PATH": f"{made}/bin{os.pathsep}{os.environ['PATH']}",
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(folder / "hf"),
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="names of scenarios, comma separated")
    parser.add_argument("--through", choices=("diagnose", "run", "both", "nothing"), default="both")
    parser.add_argument("--out", help="a folder for the logs")
    parser.add_argument("--limit", type=float, default=180, help="seconds for one start")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
