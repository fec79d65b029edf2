from __future__ import annotations

import pytest

from tests.launch.around.reading import around, around_all, part


def script(*lines: str, run: str = "vllm serve m -tp 2") -> str:
    return "#!/bin/bash\n" + "".join(f"#SBATCH {line}\n" for line in lines) + run + "\n"


@pytest.mark.parametrize(
    ("line", "gpus"),
    [
        ("--gres=gpu:4", "4"),
        ("--gres gpu:a100:2", "2"),
        ("--gres=gpu:a100:2(S:0-1)", "2"),
        ("--gres=gpu", "1"),
        ("--gpus-per-node=8", "8"),
        ("--gpus-per-node=h100:8", "8"),
        ("-G 3", "3"),
        ("--gpus=2", "2"),
        ("--gres=gpu:2,shard:4", None),
        ("--gres=gpu:$N", None),
    ],
)
def test_gpus_of_a_node(line: str, gpus: str | None) -> None:
    assert around(script("--nodes=1", line), "a.sbatch").gpus == gpus


@pytest.mark.parametrize(("lines", "nodes"), [(["--nodes=2"], 2), (["-N", "4"], None), (["-N 2-4"], 2), (["-N 1"], 1)])
def test_nodes(lines: list[str], nodes: int | None) -> None:
    assert around(script(" ".join(lines), "--gres=gpu:4"), "a.sbatch").nodes == (nodes if nodes else 4)


def test_what_a_step_asks_for_is_another_matter() -> None:
    for gap in (" ", " \\\n  "):
        run = f"srun{gap}--gres=gpu:2 vllm serve m -tp 2"
        assert around_all(script("--gres=gpu:8", run=run), "a.sbatch") == [None]


def test_the_line_is_where_a_finding_points() -> None:
    assert part(script("-J x", "--gres=gpu:4"), "a.sbatch", "gpus") == "--gres=gpu:4"


def test_others_that_may_use_the_gpus_are_seen() -> None:
    assert around(script("--gres=gpu:4"), "a.sbatch").alone
    assert not around(script("--gres=gpu:4", run="vllm serve m &\npython train.py"), "a.sbatch").alone
    two = around_all(script("--gres=gpu:4", run="vllm serve m &\nvllm serve n"), "a.sbatch")
    assert [found.alone for found in two if found] == [False, False]


def test_a_container_of_the_script_keeps_its_own() -> None:
    run = "docker run --gpus 2 vllm/vllm-openai:v0.11.0 --model m"
    assert around(script("--gres=gpu:4", run=run), "a.sbatch").holder == "docker"
