from __future__ import annotations

import pytest

from vllm_doctor.model.gated import gated_repos, is_gated


@pytest.mark.parametrize(
    ("model", "gated"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", True),
        ("Meta-Llama/Llama-3.1-8B-Instruct", True),
        ("google/gemma-3-27b-it", True),
        ("google/gemma-3-27b-it@main", True),
        ("google/flan-t5-small", False),
        ("mistralai/Mistral-7B-Instruct-v0.3", False),
        ("/models/meta-llama/Llama-3.1-8B-Instruct", False),
        ("acme/Llama-3.1-8B-Instruct-AWQ", False),
    ],
)
def test_repositories_are_told_by_their_names(model: str, gated: bool) -> None:
    assert is_gated(model) is gated


def test_every_entry_names_an_owner() -> None:
    assert all(repo.count("/") == 1 and not repo.startswith("*") for repo in gated_repos())
