from __future__ import annotations

import pytest

from vllm_doctor import vllm
from vllm_doctor.vllm.moving import Plan, plan

from .planned import launched, planned, said


def test_nothing_to_plan_for_one_release_or_an_unreadable_one() -> None:
    given = launched("org/m --swap-space 4", "0.8.3")
    assert plan(given, "0.8.3", "0.8.3") == Plan()
    assert plan(given, "0.8.3", "latest") == Plan()
    assert plan(given, "0.8.3", "v0.33.0").moves


def test_a_plan_tells_what_goes_what_comes_and_what_is_stuck() -> None:
    made = planned("org/m --task embed --swap-space 4 --quantization gguf --port 80", "0.8.3", "0.33.0")
    assert [said(move) for move in made.moves] == ["--task -> --runner pooling", "--swap-space ->"]
    assert [(stuck.name, "gguf" in stuck.why[0], "gguf" in stuck.why[1]) for stuck in made.stuck] == [
        ("--quantization", True, True)
    ]


def test_the_last_use_of_an_option_is_looked_at() -> None:
    made = planned("org/m --task embed --task classify", "0.8.3", "0.33.0")
    assert [said(move) for move in made.moves] == ["--task -> --runner pooling --convert classify"]


def test_what_the_new_option_says_already() -> None:
    made = planned("org/m --task embed --runner pooling --convert embed", "0.11.0", "0.33.0")
    assert [said(move) for move in made.moves] == ["--task ->"]
    both = planned(
        "org/m --guided-decoding-backend xgrammar --structured-outputs-config.backend guidance", "0.11.0", "0.33.0"
    )
    assert [said(move) for move in both.moves] == ["--guided-decoding-backend ->"]


def test_variables_of_others_and_unset_ones() -> None:
    env = {"NCCL_DEBUG": "INFO", "VLLM_LOGGING_LEVEL": None, "VLLM_USE_V1": None, "VLLM_ATTENTION_BACKEND": None}
    made = planned("org/m", "0.8.3", "0.33.0", env)
    assert [said(move) for move in made.moves] == ["VLLM_USE_V1 ->"]
    assert [stuck.name for stuck in made.stuck] == ["VLLM_ATTENTION_BACKEND"]


def test_values_behind_variables_are_kept() -> None:
    made = planned("org/m --guided-decoding-backend $BACKEND --limit-mm-per-prompt $LIMIT", "0.8.3", "0.33.0")
    assert [said(move) for move in made.moves] == [
        "--guided-decoding-backend -> --structured-outputs-config.backend '$BACKEND'"
    ]


@pytest.mark.parametrize("old", ["0.6.6", "0.8.5", "0.9.2", "0.11.0", "0.14.0", "0.20.0", "0.33.0"])
@pytest.mark.parametrize("new", ["0.5.4", "0.8.3", "0.10.2", "0.13.0", "0.24.0", "0.33.0"])
def test_every_option_has_a_place_or_a_reason(old: str, new: str) -> None:
    """Each option alone: it stays because it is taken, or it is moved, dropped or stuck with a word in both languages."""
    for option in vllm.all_options(old):
        values = {0: "", "?": ""}.get(option.nargs, "4" if option.choices is None else str(option.choices[0]))
        command = f"org/m {option.flag} {values}"
        words = [*command.split()]
        if option.flag in ("--help", "--config", "--model") or vllm.check(words, old, suggest=False):
            continue
        made = planned(command, old, new)
        if vllm.check(words, new, suggest=False):
            assert made.moves or made.stuck, (option.flag, old, new)
        whys = [*(move.why for move in made.moves), *(stuck.why for stuck in made.stuck)]
        assert all(all(why) for why in whys), (option.flag, old, new, whys)
