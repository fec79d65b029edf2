"""Options that contradict each other, by the releases that check them."""

import pytest

from vllm_doctor.facts import Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.refusals import of_refusals
from vllm_doctor.launch.parser import parse_command_line


def _refused(words: str, *releases: str, program: str = "vllm serve org/model") -> dict[str, object]:
    launch = parse_command_line(f"{program} {words}")
    assert launch is not None
    facts = Facts({fact.name: fact for fact in of_launch(launch, releases)})
    return {fact.name: fact.value for fact in of_refusals(launch, facts, releases)}


@pytest.mark.parametrize(
    ("words", "release", "why"),
    [
        ("--enable-log-outputs", "0.11.0", "log-outputs"),
        ("--enable-log-outputs", "0.10.2", None),
        ("--enable-log-outputs --enable-log-requests", "0.20.0", None),
        ("--enable-log-outputs --config x.yaml", "0.20.0", None),
        ("--enable-log-outputs $MORE", "0.20.0", None),
        ("--headless --api-server-count 2", "0.9.1", "headless-servers"),
        ("--headless --api-server-count 1", "0.14.1", None),
        ("--headless --api-server-count 1", "0.15.0", "headless-server"),
        ("--headless --api-server-count 0", "0.20.0", None),
        ("--api-server-count 2", "0.20.0", None),
        ("--enable-eplb", "0.20.0", "eplb-alone"),
        ("--enable-eplb --enable-expert-parallel -tp 2", "0.20.0", None),
        ("--collect-detailed-traces all", "0.6.2", "traces-nowhere"),
        ("--collect-detailed-traces all", "0.8.5", None),
        ("--collect-detailed-traces all --otlp-traces-endpoint http://x", "0.20.0", None),
        ("-dp 2 --data-parallel-size-local 4", "0.20.0", "local-size"),
        ("-dp 4 --data-parallel-size-local 4", "0.20.0", None),
        ("--enable-per-request-metrics --disable-log-stats", "0.25.0", "request-metrics"),
        ("--enable-per-request-metrics", "0.25.0", None),
    ],
)
def test_pairs(words: str, release: str, why: str | None) -> None:
    assert _refused(words, release).get("refusal.why") == why


def test_a_refusal_is_what_every_release_refuses() -> None:
    assert _refused("--headless --api-server-count 1", "0.15.0", "0.20.0")
    assert not _refused("--headless --api-server-count 1", "0.14.0", "0.15.0")
    assert not _refused("--headless --api-server-count 1")


def test_more_requests_than_tokens() -> None:
    found = _refused("--max-num-seqs 512 --max-num-batched-tokens 256", "0.20.0")
    assert found == {"refusal.seqs": True, "batched.seqs": 512, "batched.tokens": 256}
    assert not _refused("--max-num-seqs 256 --max-num-batched-tokens 256", "0.20.0")
    assert not _refused("--max-num-seqs 512", "0.20.0")
    assert not _refused("--max-num-seqs $N --max-num-batched-tokens 256", "0.20.0")


@pytest.mark.parametrize(
    ("words", "release", "found"),
    [
        ("--enable-lora --max-lora-rank 128", "0.5.4", {"refusal.lora": "rank", "lora.rank": 128}),
        ("--enable-lora --max-lora-rank 128", "0.5.5", {}),
        ("--enable-lora --max-lora-rank 1", "0.11.0", {"refusal.lora": "rank", "lora.rank": 1, "lora.fitting_rank": 8}),
        ("--enable-lora --max-lora-rank 1", "0.11.1", {}),
        ("--enable-lora --max-loras 4 --max-cpu-loras 2", "0.9.2", {"refusal.lora": "cpu-count", "lora.count": 4, "lora.cpu_count": 2}),
        ("--max-loras 4 --max-cpu-loras 2", "0.9.2", {}),
        ("--lora-modules a=/a", "0.9.2", {"refusal.lora": "off"}),
        ("--lora-modules a=/a --enable-lora", "0.9.2", {}),
        ("--lora-modules a=/a --config x.yaml", "0.9.2", {}),
    ],
)  # fmt: skip
def test_lora(words: str, release: str, found: dict[str, object]) -> None:
    assert _refused(words, release) == found


@pytest.mark.parametrize(
    ("config", "refused"),
    [
        ('{"method": "ngram"}', True),
        ('{"model": "[ngram]", "prompt_lookup_max": 4}', True),
        ('{"method": "ngram", "num_speculative_tokens": 3, "prompt_lookup_max": 4}', False),
        ('{"model": "org/draft"}', False),
        ("[1]", False),
        ("{", False),
        ("$CONFIG", False),
    ],
)
def test_speculation(config: str, refused: bool) -> None:
    assert ("refusal.speculative" in _refused(f"--speculative-config '{config}'", "0.20.0")) is refused


def test_tokens_without_a_draft() -> None:
    for release, refused in (("0.4.3", False), ("0.6.3", True), ("0.7.3", False)):
        assert ("refusal.speculative" in _refused("--num-speculative-tokens 4", release)) is refused
    assert not _refused("--num-speculative-tokens 4 --speculative-model org/draft", "0.6.3")


def test_partial_prefills_are_refused_while_v1_lacks_them() -> None:
    for release, refused in (("0.10.2", False), ("0.11.0", True), ("0.26.0", True), ("0.27.0", False)):
        assert ("refusal.partial_prefills" in _refused("--max-num-partial-prefills 2", release)) is refused
    assert not _refused("--max-num-partial-prefills 1", "0.20.0")


def test_the_module_does_not_read_a_model_without_its_option() -> None:
    module = "python -m vllm.entrypoints.openai.api_server"
    found = _refused("org/model --port 1", "0.20.0", program=module)
    assert (found["refusal.why"], found["refusal.flag"]) == ("module-model", "org/model")
    assert found["refusal.other"] != "org/model"
    for words, release in (
        ("org/model", "0.9.2"),
        ("org/model --model x", "0.20.0"),
        ("org/model --config x.yaml", "0.20.0"),
        ("--port 1", "0.20.0"),
    ):
        assert not _refused(words, release, program=module)
    image = "docker run vllm/vllm-openai:v0.20.0"
    assert not _refused("org/model --port 1", "0.20.0", program=image)
