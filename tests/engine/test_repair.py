import pytest

from tests.engine.rules import rule
from vllm_doctor.engine.repair import Workbench, fixes_of
from vllm_doctor.facts import Fact, Facts
from vllm_doctor.finding import Change, Fix, Step
from vllm_doctor.launch.parser import parse_command_line

FACTS = Facts(
    {
        fact.name: fact
        for fact in (
            Fact("kv_cache.proposed_len", 16384),
            Fact("model.name", "a b; rm -rf /"),
            Fact("start.phase", "loading"),
        )
    }
)
HEAD = "id: x\nfigures: {length: kv_cache.proposed_len, model: model.name, gpu: gpu.name}\nsignatures: []\nfixes:\n"


def made(
    fixes: str, command: str | None = "vllm serve m --port 8000", releases: tuple[str, ...] = ("0.24.0",)
) -> list[Fix]:
    launch = parse_command_line(command) if command else None
    return [one.fix for one in fixes_of(rule(HEAD + fixes), FACTS, Workbench(launch, "given", releases))]


SET = "  - {id: a, edits: [{set: --max-model-len, to: '{length}'}], effect: costs, why: shorter}\n"


def test_set_adds_an_option() -> None:
    (fix,) = made(SET)
    assert fix.command == "vllm serve m --port 8000 --max-model-len 16384"
    assert fix.changes == (Change("set", "--max-model-len", None, "16384"),)
    assert fix.checks == ("parses as vLLM 0.24.0",)
    assert not fix.safe


def test_set_replaces_a_value_in_the_users_spelling() -> None:
    (fix,) = made(SET, "vllm serve m --max_model_len=131072 \\\n  --port 8000")
    assert fix.command == "vllm serve m --max_model_len=16384 \\\n  --port 8000"
    assert fix.changes == (Change("set", "--max-model-len", "131072", "16384"),)


def test_an_alias_is_the_option() -> None:
    (fix,) = made(
        "  - {id: a, edits: [{set: --tensor-parallel-size, to: 2}], effect: costs, why: w}\n",
        "vllm serve m -tp 4",
    )
    assert fix.command == "vllm serve m -tp 2"


def test_removing_what_is_not_there_is_no_fix() -> None:
    text = "  - {id: a, edits: [{remove: --enforce-eager}], effect: same, why: w}\n"
    assert made(text) == []
    (fix,) = made(text, "vllm serve m --enforce-eager --port 8000")
    assert fix.command == "vllm serve m --port 8000"
    assert fix.safe


def test_variables_are_set_and_unset() -> None:
    (fix,) = made("  - {id: a, edits: [{setenv: VLLM_USE_V1, to: '0'}], effect: costs, why: w}\n")
    assert fix.command == "VLLM_USE_V1=0 vllm serve m --port 8000"
    (fix,) = made(
        "  - {id: a, edits: [{unsetenv: VLLM_PORT}], effect: same, why: w}\n",
        "VLLM_PORT=tcp://10.0.0.1:8000 vllm serve m",
    )
    assert fix.command == "vllm serve m"


def test_a_value_of_the_log_is_one_quoted_word() -> None:
    (fix,) = made("  - {id: a, edits: [{set: --served-model-name, to: '{model}'}], effect: same, why: w}\n")
    assert fix.command == "vllm serve m --port 8000 --served-model-name 'a b; rm -rf /'"
    (fix,) = made("  - {id: a, steps: [{run: 'ls {model}', where: host}], effect: same, why: w}\n")
    assert fix.steps == (Step("ls 'a b; rm -rf /'", "host"),)
    assert fix.command is None


def test_a_fix_with_an_unknown_figure_is_not_made() -> None:
    assert made("  - {id: a, edits: [{set: --served-model-name, to: '{gpu}'}], effect: same, why: w}\n") == []


def test_a_fix_waits_for_its_condition_and_release() -> None:
    text = "  - {id: a, edits: [{set: --max-model-len, to: 8}], effect: costs, why: w, when: {start.phase: serving}}\n"
    assert made(text) == []
    text = "  - {id: a, edits: [{set: --max-model-len, to: 8}], effect: costs, why: w, vllm: '<0.10'}\n"
    assert made(text) == []
    assert len(made(text, releases=("0.8.3",))) == 1


def test_an_option_that_the_release_lacks_is_not_put_in() -> None:
    text = "  - {id: a, edits: [{set: --swap-space, to: 0}], effect: costs, why: w}\n"
    assert len(made(text, releases=("0.8.3",))) == 1
    assert made(text, releases=("0.33.0",)) == []


def test_releases_that_reject_a_fix_are_named() -> None:
    (fix,) = made(
        "  - {id: a, edits: [{set: --swap-space, to: 0}], effect: costs, why: w}\n",
        releases=("0.8.3", "0.33.0"),
    )
    assert fix.checks == ("parses as vLLM 0.8.3 to 0.8.3, not as 0.33.0",)


def test_what_the_release_rejected_before_is_said() -> None:
    (fix,) = made(SET, "vllm serve m --no-such-flag 1")
    assert fix.checks == ("vLLM 0.24.0 still rejects other words of it",)


def test_without_a_launch_a_fragment_is_given() -> None:
    (fix,) = made(SET, None)
    assert (fix.command, fix.command_kind) == ("--max-model-len 16384", "fragment")
    (fix,) = made("  - {id: a, edits: [{remove: --enforce-eager}], effect: same, why: w}\n", None)
    assert (fix.command, fix.changes) == (None, (Change("remove", "--enforce-eager"),))


def test_a_part_of_a_better_fix_is_dropped() -> None:
    whole = "  - {id: a, edits: [{remove: --enforce-eager}, {remove: --port}], effect: same, why: w}\n"
    part = "  - {id: b, edits: [{remove: --port}], effect: same, why: w}\n"
    assert len(made(whole + part, "vllm serve m --enforce-eager --port 8000")) == 1


def test_a_secret_becomes_a_reference() -> None:
    (fix,) = made(SET, "vllm serve m --api-key sk-verysecret123")
    assert fix.command == 'vllm serve m --api-key "${VLLM_API_KEY:?}" --max-model-len 16384'


@pytest.mark.parametrize(
    "command",
    [
        "vllm serve m # a comment",
        "docker run --gpus all vllm/vllm-openai:v0.24.0 --model m",
        "nohup vllm serve m > log 2>&1 &",
    ],
)
def test_everything_else_stays(command: str) -> None:
    (fix,) = made(SET, command)
    assert fix.command
    assert fix.command.replace(" --max-model-len 16384", "") in command
