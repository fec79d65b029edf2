"""What becomes of an environment variable, by release."""

import pytest

from vllm_doctor import vllm
from vllm_doctor.facts.variable_fate import of_fate
from vllm_doctor.launch.parser import parse_command_line


def _fate(command: str, *releases: str) -> dict[str, object]:
    launch = parse_command_line(command)
    assert launch is not None
    facts = of_fate(launch.env[0], launch, releases)
    return {fact.name.removeprefix("variable."): fact.value for fact in facts}


@pytest.mark.parametrize(
    ("env", "release", "found"),
    [
        ("VLLM_USE_V1=0", "0.11.1", {"fate": "gone", "ignored_since": "0.11.1"}),
        ("VLLM_USE_V1=1", "0.20.0", {"fate": "needless", "ignored_since": "0.11.1"}),
        ("VLLM_USE_V1=1", "0.6.3", {"fate": "not-yet", "first": "0.6.4"}),
        ("VLLM_USE_V1=0", "0.6.3", {"fate": "needless", "first": "0.6.4"}),
        ("VLLM_USE_V1=0", "0.11.0", {}),
        ("VLLM_ATTENTION_BACKEND=XFORMERS", "0.15.0", {"fate": "gone", "ignored_since": "0.15.0", "flag": "--attention-backend"}),
        ("VLLM_LOG_LEVEL=DEBUG", "0.20.0", {"fate": "misspelt", "nearest": "VLLM_LOGGING_LEVEL"}),
        ("VLLM_MODEL=org/model", "0.20.0", {}),
        ("VLLM_NO_USAGE_STATS=true", "0.20.0", {"fate": "misread", "meant": "1"}),
        ("VLLM_NO_USAGE_STATS=1", "0.20.0", {}),
        ("VLLM_NO_USAGE_STATS=0", "0.20.0", {}),
        ("VLLM_USE_MODELSCOPE=1", "0.27.1", {"fate": "misread", "meant": "True"}),
        ("VLLM_USE_MODELSCOPE=1", "0.28.0", {}),
        ("VLLM_USE_MODELSCOPE=TRUE", "0.9.2", {}),
        ("VLLM_KEEP_ALIVE_ON_ENGINE_DEATH=0", "0.9.2", {"fate": "misread"}),
        ("HF_HUB_OFFLINE=yes", "0.9.2", {}),
    ],
)  # fmt: skip
def test_fates(env: str, release: str, found: dict[str, str]) -> None:
    told = _fate(f"{env} vllm serve m", release)
    assert {name: told[name] for name in told if name not in ("value", "release")} == found
    assert told["value"] == env.partition("=")[2]
    assert told.get("release") == (release if found else None)


def test_a_release_that_reads_it_makes_it_read() -> None:
    assert "fate" not in _fate("VLLM_USE_V1=0 vllm serve m", *vllm.releases())
    assert "fate" not in _fate("VLLM_USE_MODELSCOPE=1 vllm serve m", *vllm.releases())
    assert _fate("VLLM_LOG_LEVEL=DEBUG vllm serve m", *vllm.releases())["fate"] == "misspelt"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("VLLM_WORKER_MULTIPROCESS_METHOD", "VLLM_WORKER_MULTIPROC_METHOD"),
        ("VLLM_LOG_LEVEL", "VLLM_LOGGING_LEVEL"),
        ("VLLM_USE_MODEL_SCOPE", "VLLM_USE_MODELSCOPE"),
        ("VLLM_LOGGNIG_LEVEL", "VLLM_LOGGING_LEVEL"),
        ("VLLM_TP_SIZE", None),
        ("VLLM_USE_V0", None),
        ("VLLM_API_KEYS", None),
        ("VLLM_DP_RANK_ID", None),
        ("VLLM_USAGE_STATS", None),
        ("VLLM_LOGGING_CONFIG", None),
        ("VLLM_CPU_OMP_THREADS", None),
        ("VLLM_ASCEND_ENABLE_NZ", None),
    ],
)
def test_a_slip_is_told_from_a_name_of_ones_own(name: str, meant: str | None) -> None:
    assert _fate(f"{name}=1 vllm serve m", "0.20.0").get("nearest") == meant


def test_what_a_plugin_may_read_is_not_called_gone() -> None:
    assert "fate" not in _fate("VLLM_SKIP_WARMUP=true vllm serve m", "0.20.0")


def test_releases_that_do_not_read_it_for_different_reasons_say_nothing() -> None:
    assert "fate" not in _fate("VLLM_USE_V1=0 vllm serve m", "0.6.3", "0.20.0")


def test_an_unknown_variable_is_fatal_where_validation_is_asked_for() -> None:
    assert _fate("VLLM_TEAM=ml vllm serve m --fail-on-environ-validation", "0.20.0")["fate"] == "refused"
    assert "fate" not in _fate("VLLM_TEAM=ml vllm serve m", "0.20.0")


def test_what_came_later_may_be_the_users_own_where_the_text_reads_it() -> None:
    assert _fate("VLLM_ENGINE_READY_TIMEOUT_S=9 vllm serve m", "0.9.2")["fate"] == "not-yet"
    assert "fate" not in _fate(
        "VLLM_ENGINE_READY_TIMEOUT_S=9 vllm serve m --port $VLLM_ENGINE_READY_TIMEOUT_S", "0.9.2"
    )


def test_a_variable_that_the_text_reads_is_the_users_own() -> None:
    assert "fate" not in _fate("VLLM_LOG_LEVEL=INFO vllm serve m --uvicorn-log-level $VLLM_LOG_LEVEL", "0.20.0")


def test_the_option_is_not_named_where_the_launch_gives_it_or_may_give_it() -> None:
    for words in ("--attention-backend FLASHINFER", "$MORE"):
        assert "flag" not in _fate(f"VLLM_ATTENTION_BACKEND=XFORMERS vllm serve m {words}", "0.20.0")


@pytest.mark.parametrize(
    ("env", "value"),
    [
        ("VLLM_ATTENTION_BACKEND=FLASHINFER", "FLASHINFER"),
        ("VLLM_ATTENTION_BACKEND=FLASH_ATTN_VLLM_V1", "FLASH_ATTN"),
        ("VLLM_ATTENTION_BACKEND=XFORMERS", None),
        ("VLLM_ATTENTION_BACKEND=$BACKEND", None),
        ("VLLM_FLASH_ATTN_VERSION=3", "3"),
        ("VLLM_TORCH_PROFILER_DIR=/p", None),  # needs a second option
    ],
)
def test_the_options_value(env: str, value: str | None) -> None:
    assert _fate(f"{env} vllm serve m", "0.20.0").get("flag_value") == value


def test_validation_makes_an_unread_variable_fatal() -> None:
    command = "VLLM_USE_V1=1 vllm serve m --fail-on-environ-validation"
    assert _fate(command, "0.20.0")["fate"] == "refused"
    assert "fate" not in _fate(command, "0.10.2")


@pytest.mark.parametrize("value", [None, "$MODE"])
def test_an_unknown_value_is_not_judged(value: str | None) -> None:
    command = (
        "docker run -e VLLM_USE_MODELSCOPE" + (f"={value}" if value else "") + " vllm/vllm-openai:v0.9.2 --model m"
    )
    assert _fate(command, "0.9.2") == {}
