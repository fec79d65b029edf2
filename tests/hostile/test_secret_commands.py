"""Secrets of a command: none is shown, and the mended command refers to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.secrets import leaks
from vllm_doctor.cli.app import run

COMMANDS = [
    "vllm serve org/m --api-key {} --max-model-length 4096",
    "vllm serve org/m --api-key={} --max-model-length 4096",
    "vllm serve org/m --max-model-length 4096 --api-key one1 {}",
    "HF_TOKEN={} vllm serve org/m --max-model-length 4096",
    "docker run -e HF_TOKEN={} vllm/vllm-openai --model org/m --max-model-length 4096",
    "vllm serve org/m --hf-token '{}' --max-model-length 4096",
    'bash -c "vllm serve org/m --api-key {} --max-model-length 4096"',
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("secret", ["plainwhisper", "hf_Zq7x9Kd4TtR2mWv8Lp1Hs6Yb3Nc5Gf0J"])
@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif", "github"])
def test_no_answer_for_a_command_shows_its_secret(
    form: str, secret: str, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The mended command holds a reference that fails loudly."""
    run(["check", "--format", form, command.format(secret)])
    seen = capfd.readouterr()
    assert leaks(seen.out + seen.err) == []
    assert "max-model-len" in seen.out


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_answer_for_a_log_and_its_command_shows_its_secret(
    form: str, command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With --command, and with the command in the log."""
    log = tmp_path / "crash.log"
    given = command.format("plainwhisper")
    log.write_text(f"$ {given}\nvllm: error: unrecognized arguments: --max-model-length 4096\n", "utf-8")
    for words in ([], ["--command", given]):
        run([*words, "--format", form, str(log)])
        seen = capfd.readouterr()
        assert leaks(seen.out + seen.err) == []
