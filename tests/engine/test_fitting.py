"""`fit` from end to end: the sum, the commands that fit, what is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vllm_doctor import Finding, Fit, InputError, LaunchError, Options, check, diagnose, fit

CONFIGS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "model" / "data" / "memory.json").read_text("utf-8"))[
    "configs"
]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders with configs alone, in the working directory; empty caches."""
    for name, config in CONFIGS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps(config), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def on(gpu: str, command: str, release: str | None = "0.24.0", **more: Any) -> Fit:
    return fit(command, Options(gpu=gpu, vllm_version=release), **more)


@pytest.mark.usefixtures("models")
def test_a_launch_that_fits() -> None:
    answer = on("H200", "vllm serve ./llama-3.1-8b")
    assert (answer.fits, answer.measured, answer.fixes, answer.needs) == ("yes", True, (), None)
    assert answer.kv_cache_tokens == pytest.approx(919824, rel=0.01)
    assert answer.concurrency == pytest.approx(7.02, abs=0.05)
    assert answer.longest_max_model_len == answer.max_model_len == 131072


@pytest.mark.usefixtures("models")
def test_commands_that_fit_keep_every_other_word() -> None:
    command = "HF_HUB_OFFLINE=1 vllm serve ./llama-3.1-8b --port 8001 --max_model_len=131072  # mine"
    answer = on("A10", command)
    assert answer.fits == "no"
    first = answer.fixes[0]
    assert first.command == "HF_HUB_OFFLINE=1 vllm serve ./llama-3.1-8b --port 8001 --max_model_len=36608"
    assert first.checks == ("parses as vLLM 0.24.0", "needs 20.1 of 20.2 GiB")
    assert first.effect == "costs"
    assert first.file is first.patch is None
    assert "36,608" in first.why
    for fix in answer.fixes:
        assert on("A10", fix.command or "").fits in ("yes", "tight")


@pytest.mark.usefixtures("models")
def test_nothing_fits() -> None:
    answer = on("24GiB", "vllm serve ./mistral-small-24b --quantization fp8 -tp 1 --max-model-len 131072", gpus=1)
    assert answer.fits == "no"
    assert answer.options
    answer = on("T4", "vllm serve ./mistral-small-24b-awq", "0.5.2", gpus=1)
    assert (answer.fits, answer.fixes) == ("no", ())
    assert answer.needs
    assert any("--tensor-parallel-size" in option for option in answer.options)


@pytest.mark.usefixtures("models")
def test_more_gpus_asked_for_than_there_are() -> None:
    answer = on("H200", "vllm serve ./llama-3.1-8b -tp 4", gpus=2)
    assert (answer.fits, answer.fixes, answer.gpus) == ("no", (), 4)
    assert answer.needs == "The launch asks for 4 GPUs; there are 2."
    assert on("2x H200", "vllm serve ./llama-3.1-8b -tp 4").needs == answer.needs
    assert on("4x H200", "vllm serve ./llama-3.1-8b -tp 4").fits == "yes"


@pytest.mark.usefixtures("models")
def test_what_is_not_known_is_said() -> None:
    answer = on("A10", "vllm serve org/model-24B")
    assert (answer.fits, answer.weights_gib) == ("unknown", None)
    assert "--model-dir" in (answer.missing or "")
    answer = on("A10", "vllm serve $MODEL")
    assert "$MODEL" not in (answer.missing or "")
    (Path("nova")).mkdir()
    Path("nova/config.json").write_text(json.dumps({**CONFIGS["phi-4"], "model_type": "nova"}), "utf-8")
    answer = on("A10", "vllm serve ./nova")
    assert (answer.fits, answer.budget_gib) == ("unknown", None)
    assert "weights is not known" in (answer.missing or "")


def test_wrong_input() -> None:
    with pytest.raises(InputError, match="no GPU is named"):
        fit("vllm serve m")
    with pytest.raises(InputError, match="no GPU that is known"):
        on("RTX 9999", "vllm serve m")
    with pytest.raises(LaunchError):
        on("A10", "echo hello there")
    with pytest.raises(InputError, match="does not exist"):
        fit(Path("nothing.sh"), Options(gpu="A10"))


def test_the_folder_and_the_file_that_are_given(models: Path) -> None:
    script = models / "start.sh"
    script.write_text("export X=1\nvllm serve org/name --max-model-len 8192\n", "utf-8")
    answer = fit(script, Options(gpu="A10", vllm_version="0.24.0", model_dir=models / "llama-3.1-8b"))
    assert (answer.fits, answer.max_model_len, answer.model) == ("yes", 8192, "org/name")


MEMORY = {"oom-weights", "oom-profile", "no-kv-cache-memory", "kv-cache-too-small"}


def foretold(command: str, options: Options) -> list[Finding]:
    return [finding for finding in check(command, options).launches[0].findings if finding.id in MEMORY]


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("gpu", "command", "cause", "fixed"),
    [
        ("A10", "vllm serve ./mistral-small-24b", "oom-weights", None),
        (
            "A10",
            "vllm serve ./llama-3.1-8b",
            "kv-cache-too-small",
            "vllm serve ./llama-3.1-8b --max-model-len 36608",
        ),
        (
            "H200",
            "vllm serve ./mistral-small-24b --gpu-memory-utilization 0.2",
            "no-kv-cache-memory",
            "vllm serve ./mistral-small-24b --gpu-memory-utilization 0.5",
        ),
    ],
)
def test_check_foretells_the_failure(gpu: str, command: str, cause: str, fixed: str | None) -> None:
    options = Options(gpu=gpu, vllm_version="0.24.0")
    (finding,) = foretold(command, options)
    assert (finding.id, finding.role, finding.severity) == (cause, "cause", "error")
    assert (finding.fixes[0].command if finding.fixes else None) == fixed
    assert finding.fixes or (finding.needs and finding.options)
    if fixed:
        assert foretold(fixed, options) == []


@pytest.mark.usefixtures("models")
def test_check_without_a_gpu_or_a_config_foretells_nothing() -> None:
    for options in (Options(vllm_version="0.24.0"), Options(gpu="A10", vllm_version="0.24.0")):
        command = "vllm serve ./mistral-small-24b" if options.gpu is None else "vllm serve org/model-24B"
        assert foretold(command, options) == []


LOG = """\
INFO 03-03 10:00:00 [api_server.py:100] vLLM API server version 0.9.2
INFO 03-03 10:00:09 [gpu_worker.py:232] Available KV cache memory: 2.07 GiB
ERROR 03-03 10:00:10 [core.py:586] ValueError: To serve at least one request with the models's max seq len (131072), (16.00 GiB KV cache is needed, which is larger than the available KV cache memory (2.07 GiB). Try incre
"""


def test_a_log_and_a_config_give_the_length(models: Path) -> None:
    options = Options(command="vllm serve ./llama-3.1-8b", model_dir=models / "llama-3.1-8b")
    answer = diagnose(LOG, options=options)
    assert answer.root_cause
    assert answer.root_cause.id == "kv-cache-too-small"
    assert answer.root_cause.figures["longest_len"] == 16944
    assert answer.root_cause.fixes[0].command == "vllm serve ./llama-3.1-8b --max-model-len 16384"
