import pytest

from vllm_doctor.engine import conditions
from vllm_doctor.engine.rule_parts import Condition, Sentence
from vllm_doctor.engine.rule_reading import condition
from vllm_doctor.facts import Fact, Facts

FACTS = Facts(
    {
        fact.name: fact
        for fact in (
            Fact("memory.total_gib", 139.8012),
            Fact("args.max_model_len", 131072),
            Fact("start.phase", "loading"),
            Fact("model.files_known", False),
        )
    }
)


@pytest.mark.parametrize(
    ("fact", "wanted", "holds"),
    [
        ("start.phase", "loading", True),
        ("start.phase", ["loading", "serving"], True),
        ("start.phase", "serving", False),
        ("start.phase", {"not": "serving"}, True),
        ("start.phase", {"not": ["loading"]}, False),
        ("start.phase", {"known": True}, True),
        ("gpu.name", {"known": False}, True),
        ("gpu.name", {"not": "A10"}, True),
        ("gpu.name", "A10", False),
        ("args.max_model_len", 131072, True),
        ("args.max_model_len", "131072", True),
        ("model.files_known", False, True),
        ("model.files_known", "False", False),
        ("model.files_known", 0, False),
    ],
)
def test_holds(fact: str, wanted: object, holds: bool) -> None:
    assert conditions.holds(condition(fact, wanted), FACTS) is holds


def test_a_release_must_fit_wholly_and_may_fit_partly() -> None:
    assert conditions.releases_fit("<0.10", ["0.8.3", "0.9.0"])
    assert not conditions.releases_fit("<0.10", ["0.9.0", "0.11.0"])
    assert not conditions.releases_fit("<0.10", [])
    assert conditions.releases_may_fit("<0.10", ["0.9.0", "0.11.0"])
    assert not conditions.releases_may_fit("<0.10", ["0.11.0"])
    assert conditions.releases_may_fit("<0.10", [])


def test_a_sentence_is_said_when_its_figures_are_known() -> None:
    names = {"total": "memory.total_gib", "length": "args.max_model_len", "gpu": "gpu.name"}
    sentences = [
        Sentence({"en": "{length} tokens on {total} GiB.", "zh": "{total} GiB 上 {length} 个。"}),
        Sentence({"en": "On {gpu}."}),
    ]
    assert conditions.say(sentences, names, FACTS, "en") == (
        ["131,072 tokens on 139.8 GiB."],
        {"total", "length"},
    )
    assert conditions.say(sentences, names, FACTS, "zh")[0] == ["139.8 GiB 上 131,072 个。"]


def test_a_sentence_waits_for_its_condition() -> None:
    sentence = Sentence({"en": "Said."}, (Condition("start.phase", ("serving",)),))
    assert conditions.say([sentence], {}, FACTS, "en") == ([], set())


def test_a_value_that_looks_like_a_placeholder_stays() -> None:
    facts = Facts({"model.name": Fact("model.name", "{length}"), "args.max_model_len": Fact("args.max_model_len", 1)})
    names = {"model": "model.name", "length": "args.max_model_len"}
    assert conditions.say([Sentence({"en": "{model} {length}"})], names, facts, "en")[0] == ["{length} 1"]
