from __future__ import annotations

import pytest

from tests.launch.around.reading import around, around_all


def task(resources: str, more: str = "name: chat", run: str = "vllm serve m") -> str:
    return f"{more}\nresources:\n  {resources}\nrun: |\n  {run}\n"


@pytest.mark.parametrize(
    ("resources", "gpus"),
    [
        ("accelerators: A100:4", "4"),
        ("accelerators: L4", "1"),
        ("accelerators: {H100: 8}", "8"),
        ("accelerators: {L4, A10g, A100}", "1"),
        ("accelerators: [A100:8, H100:8]", "8"),
        ("accelerators: [A100:8, H200:4]", None),
        ("accelerators: L4:0.5", None),
        ("accelerators: ${GPU}", None),
        ("any_of: [{accelerators: A100:4}, {accelerators: H100:2}]", None),
    ],
)
def test_accelerators(resources: str, gpus: str | None) -> None:
    assert around(task(resources), "a.yaml").gpus == gpus


def test_nodes_and_company() -> None:
    assert around(task("accelerators: A100:4", "num_nodes: 2"), "a.yaml").nodes == 2
    two = around_all(task("accelerators: A100:4", run="vllm serve m &\n  vllm serve n"), "a.yaml")
    assert [found.alone for found in two if found] == [False, False]
