"""What the table tells of options, against facts read in vLLM's own sources (vllm/engine/arg_utils.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor import vllm
from vllm_doctor.vllm import options

if TYPE_CHECKING:
    from vllm_doctor.vllm import OptionInfo


def known(flag: str, release: str) -> OptionInfo:
    found = vllm.option(flag, release)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "spelling",
    [
        "--max-model-len",
        "--max_model_len",
        "--max_model-len",
        "--max-model-le",
        "--max-model-len=8k",
        "--max-model",
    ],
)
def test_any_spelling_finds_an_option(spelling: str) -> None:
    assert vllm.normalize(spelling, "0.24.0") == "--max-model-len"


def test_aliases_find_their_option() -> None:
    assert vllm.normalize("-tp", "0.24.0") == "--tensor-parallel-size"
    assert vllm.normalize("-tp", "0.4.1") == "--tensor-parallel-size"
    assert vllm.normalize("--no-enable-prefix-caching", "0.24.0") == "--enable-prefix-caching"


def test_an_ambiguous_abbreviation_finds_none() -> None:
    assert vllm.option("--max", "0.24.0") is None
    assert vllm.normalize("--no-such", "0.24.0") is None


@pytest.mark.parametrize(
    ("flag", "release", "value"),
    [
        ("--gpu-memory-utilization", "0.8.3", 0.9),
        ("--gpu-memory-utilization", "0.33.0", 0.92),
        ("--swap-space", "0.8.3", 4),
        ("--swap-space", "0.32.0", None),
        ("--port", "0.4.1", 8000),
        ("--kv-cache-dtype", "0.24.0", "auto"),
    ],
)
def test_default(flag: str, release: str, value: object) -> None:
    assert vllm.default(flag, release) == value


def test_choices() -> None:
    assert "fp8_e4m3" in (vllm.choices("--kv-cache-dtype", "0.8.3") or ())
    assert vllm.choices("--kv-cache-dtype", "0.4.1") == ("auto", "fp8")
    assert vllm.choices("--max-model-len", "0.8.3") is None


def test_a_switch_and_its_negative() -> None:
    switch = known("--enable-prefix-caching", "0.24.0")
    assert switch.nargs == 0
    assert "--no-enable-prefix-caching" in switch.negative
    assert known("--enable-prefix-caching", "0.4.1").negative == ()


def test_deprecation_is_told_in_the_releases_own_words() -> None:
    assert "deprecated" in (known("--enable-reasoning", "0.9.0").deprecated or "").lower()
    assert known("--enable-reasoning", "0.8.5").deprecated is None
    assert known("--max-model-len", "0.24.0").deprecated is None


def test_history_of_a_flag_that_came_and_went() -> None:
    history = vllm.history("--enable_reasoning")
    assert history is not None
    assert history.spans == (("0.7.1", "0.9.2"),)
    assert history.gone
    assert history.renamed == "--reasoning-parser"
    assert vllm.history("--no-such-flag") is None


def test_history_of_a_flag_that_came_back() -> None:
    history = vllm.history("--disable-log-requests")
    assert history is not None
    assert history.spans == (("0.4.1", "0.16.0"), ("0.33.0", "0.33.0"))
    assert not history.gone


def test_before_vllm_serve_the_module_answers() -> None:
    assert not vllm.has_serve("0.5.1")
    assert vllm.has_serve("0.5.2")
    assert known("--max-model-len", "0.4.1").first == "0.4.1"


@pytest.mark.parametrize(
    ("flag", "release", "count"),
    [
        ("--max-model-len", "0.8.3", 1),
        ("--max-model-len", None, 1),
        ("--enforce-eager", None, 0),
        ("--served-model-name", "0.24.0", "+"),
        ("--enable-reasoning", "0.33.0", 0),
        ("-tp", None, 1),
        ("--hf-overrides.rope_type", "0.24.0", 1),
        ("--no-such-flag", "0.24.0", None),
        ("--no-such-flag", None, None),
        ("-", None, None),
        ("--", None, None),
    ],
)
def test_arity(flag: str, release: str | None, count: object) -> None:
    assert vllm.arity(flag, release) == count


def test_keys_of_a_json_option() -> None:
    keys = vllm.json_keys("--compilation-config", "0.24.0")
    assert {"mode", "cudagraph_mode", "pass_config"} <= set(keys)
    assert "level" not in keys
    assert "level" in vllm.json_keys("--compilation-config", "0.9.2")
    assert "model" in vllm.json_keys("--speculative-config", "0.24.0")
    assert vllm.json_keys("--port", "0.24.0") == {}


@given(st.text(max_size=30), st.sampled_from(["0.4.1", "0.8.3", "0.33.0", "1.0", "x"]))
def test_any_text_is_a_flag_or_not(text: str, release: str) -> None:
    found = vllm.option(text, release)
    assert found is None or found.flag in found.flags
    assert vllm.arity(text, release) is not None or found is None
    vllm.history(text)


def test_every_canonical_flag_finds_itself() -> None:
    for release in vllm.releases()[::5]:
        for info in vllm.all_options(release):
            if "_" not in info.flag:
                assert vllm.option(info.flag, release) == info


def test_every_promised_name_is_there() -> None:
    """Each is imported at its first use, and no file of the room has the name of what it gives."""
    from pathlib import Path

    for name in vllm.__all__:
        assert getattr(vllm, name) is not None
    files = {path.stem for path in Path(vllm.__file__).parent.glob("*.py")}
    assert not files & set(vllm.__all__)
    assert sorted(vllm._HOME_OF) == sorted(vllm.__all__)
    assert not hasattr(vllm, "no_such_name")


@pytest.mark.parametrize("program", ["vllm serve", "api_server"])
def test_the_stretches_say_the_same_as_the_table(program: vllm.Program) -> None:
    """For every release, and in the same order."""
    for number in range(len(vllm.releases())):
        options.flags_of.cache_clear()
        flags = options.flags_of(number, program)
        arities = options.arities_at(number, program)
        stretches = list(options._stretches(number, program))
        assert list(flags.items()) == [(flag, name) for name, given, _ in stretches for flag in given]
        assert list(arities.items()) == [(flag, nargs) for _, given, nargs in stretches for flag in given]
