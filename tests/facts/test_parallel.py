from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.facts import Fact, Facts


def launch(**given: object) -> Facts:
    """Facts of a launch: `tp=4` stands for --tensor-parallel-size 4; `model_heads` for model.heads."""
    names = {"tp": "args.tensor_parallel_size", "pp": "args.pipeline_parallel_size"}
    read = [Fact("args.model", "m")]
    for name, value in given.items():
        key = names.get(name) or ("model." + name[6:] if name.startswith("model_") else "args." + name)
        read.append(Fact(key, value))  # type: ignore[arg-type]
    return Facts({fact.name: fact for fact in read})


def having(facts: Facts, **more: object) -> Facts:
    return facts.having([Fact("parallel." + name, value) for name, value in more.items()])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tp", "heads", "fitting", "split"),
    [
        (8, 28, 4, (4, 2)),
        (6, 40, 4, (2, 3)),
        (16, 40, 8, (8, 2)),
        (4, 14, 2, (2, 2)),
        (2, 25, 1, (1, 2)),
        (3, 32, 2, (1, 3)),
    ],
)
def test_sizes_that_divide_what_a_message_names(tp: int, heads: int, fitting: int, split: tuple[int, int]) -> None:
    facts = having(launch(tp=tp), whole=heads)
    assert facts["parallel.fitting_tp"] == fitting
    assert (facts["parallel.split_tp"], facts["parallel.split_pp"]) == split


def test_the_config_allows_other_sizes_than_powers_of_two() -> None:
    facts = launch(tp=9, model_heads=48, model_kv_heads=6, model_vocab=192 * 100, model_intermediate=9216)
    assert facts["parallel.fitting_tp"] == 6


@pytest.mark.parametrize(
    ("more", "fitting"),
    [
        ({}, 8),
        ({"model_vocab": 64 * 4}, 8),
        ({"model_intermediate": 2 * 4 * 7}, 8),
        ({"model_intermediate": 4 * 7}, 4),
        ({"model_kv_heads": 12}, 4),
        ({"model_kv_heads": 2}, 8),
        ({"model_intermediate": 8 * 64, "model_quant_group": 128, "model_quant_method": "awq"}, 4),
        ({"model_intermediate": 8 * 64, "model_quant_group": 128, "model_quant_method": "none"}, 8),
    ],
)
def test_vocabulary_width_and_groups_count(more: dict[str, object], fitting: int) -> None:
    assert launch(tp=64, model_heads=40, **more)["parallel.fitting_tp"] == fitting


def test_never_more_than_there_are() -> None:
    facts = having(launch(tp=8), gpus=3)
    assert facts["parallel.fitting_tp"] == 2
    assert having(launch(tp=2), gpus=1)["parallel.fitting_tp"] == 1


def test_stages_that_fit_beside_the_tensor_size() -> None:
    assert having(launch(tp=2, pp=4), gpus=4)["parallel.fitting_pp"] == 2
    assert having(launch(tp=4, pp=2), gpus=4)["parallel.fitting_pp"] == 1
    assert having(launch(tp=4, pp=2), gpus=2).get("parallel.fitting_pp") is None


def test_without_a_launch_all_gpus_of_the_message_are_asked_for() -> None:
    assert Facts({"parallel.world": Fact("parallel.world", 4)})["parallel.tp"] == 4
    assert Facts().get("parallel.tp") is None


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"data_parallel_size": 4}, 8),
        ({"data_parallel_size": 4, "data_parallel_size_local": 2}, 4),
        ({"data_parallel_size": 4, "data_parallel_address": "10.0.0.1"}, 2),
        ({"data_parallel_size": 4, "data_parallel_rank": 1}, 2),
    ],
)
def test_replicas_count_where_this_launch_starts_them(given: dict[str, object], asked: int) -> None:
    assert launch(tp=2, **given)["parallel.world"] == asked


@pytest.mark.parametrize(
    ("given", "over"),
    [
        ({}, True),
        ({"distributed_executor_backend": "ray"}, False),
        ({"distributed_executor_backend": "mp"}, True),
        ({"worker_use_ray": True}, False),
        ({"data_parallel_backend": "ray"}, False),
        ({"nnodes": 2}, False),
        ({"device": "cpu"}, None),
    ],
)
def test_one_node_cannot_have_more(given: dict[str, object], over: bool | None) -> None:
    assert having(launch(tp=4, **given), gpus=2).get("parallel.over") is over


def test_as_many_as_there_are_is_not_over() -> None:
    assert having(launch(tp=2), gpus=2)["parallel.over"] is False


@given(st.integers(2, 64), st.integers(1, 256))
def test_a_fitting_size_divides_and_is_smaller(tp: int, heads: int) -> None:
    facts = having(launch(tp=tp), whole=heads)
    size = facts["parallel.fitting_tp"]
    assert isinstance(size, int)
    assert heads % size == 0
    assert size < tp
    if stages := facts.get("parallel.split_pp"):
        assert facts.number("parallel.split_tp") * stages == tp  # type: ignore[operator]


@pytest.mark.parametrize(
    ("tp", "what", "size"),
    [(8, "attention heads", 28), (7, "key-value heads", 4), (14, "key-value heads", 4), (4, "attention heads", 28)],
)
def test_what_the_config_has_that_cannot_be_cut(tp: int, what: str, size: int) -> None:
    facts = launch(tp=tp, model_heads=28, model_kv_heads=4, model_vocab=152064)
    assert (facts["parallel.what"], facts["parallel.whole"]) == (what, size)
    assert facts["parallel.indivisible"] is (tp != 4)


def test_the_vocabulary_counts_as_padded() -> None:
    facts = launch(tp=7, model_heads=28, model_vocab=50257)
    assert (facts["parallel.what"], facts["parallel.whole"]) == ("padded vocabulary", 50304)
    assert launch(tp=3, model_heads=24, model_vocab=49_152).get("parallel.indivisible") is False


def test_a_number_from_a_message_has_the_name_that_the_message_gives() -> None:
    assert having(launch(tp=4, model_heads=32), whole=25).get("parallel.what") is None
