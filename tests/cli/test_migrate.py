"""`vllm-doctor migrate`: words, exit codes, forms, files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Doctor

OLD = "vllm serve org/m --task embed --swap-space 4"
NEW = "vllm serve org/m --runner pooling"
COMPOSE = """\
services:
  a:
    image: vllm/vllm-openai:v0.8.3
    command: --model org/m --swap-space 4 --api-key sk-abcdefghijklmnopqrstuvwx
"""


def test_every_way_to_give_a_command(doctor: Doctor) -> None:
    ways = [
        doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", OLD),
        doctor("migrate", "--to", "0.33.0", "--vllm-version", "0.8.3", "--", *OLD.split()),
        doctor("migrate", "--to", "0.33.0", "--from", "v0.8.3", stdin=OLD.encode()),
        doctor("--to", "0.33.0", "--from", "0.8.3", "migrate", "-", stdin=OLD.encode()),
    ]
    assert {way.out for way in ways} == {ways[0].out}
    assert {(way.code, way.err) for way in ways} == {(0, "")}
    assert f"\n{NEW}\n" in ways[0].out


def test_a_command_alone(doctor: Doctor) -> None:
    for wish in ("--fix", "--quiet"):
        ran = doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", wish, OLD)
        assert (ran.code, ran.out) == (int(wish == "--fix"), f"{NEW}\n")
    same = doctor("migrate", "--to", "0.33.0", "--from", "0.32.0", "--fix", "vllm serve org/m")
    assert (same.code, same.out) == (0, "vllm serve org/m\n")


def test_what_was_assumed_is_said(doctor: Doctor) -> None:
    ran = doctor("migrate", "--to", "0.33.0", OLD)
    assert ran.code == 0
    assert "Written for 0.6.5 to 0.12.0, as its options tell; 0.12.0, the nearest" in ran.out.replace("\n ", "")


def test_a_file_is_shown_then_fixed(doctor: Doctor) -> None:
    path = Path("compose.yaml")
    path.write_text(COMPOSE, "utf-8")
    path.chmod(0o640)
    shown = doctor("migrate", "--to", "0.33.0", path, "--diff")
    assert shown.code == 1
    assert "\n-    image: vllm/vllm-openai:v0.8.3\n" in shown.out
    assert "\n+    image: vllm/vllm-openai:v0.33.0\n+    command: --model org/m --api-key ***\n" in shown.out
    assert "abcdefghij" not in shown.out
    assert path.read_text("utf-8") == COMPOSE
    fixed = doctor("migrate", "--to", "0.33.0", path, "--fix")
    assert fixed.code == 1
    assert path.read_text("utf-8") == COMPOSE.replace("v0.8.3", "v0.33.0").replace(" --swap-space 4", "")
    assert path.stat().st_mode & 0o777 == 0o640
    assert "abcdefghij" not in fixed.out
    for wish in ("--diff", "--fix"):
        again = doctor("migrate", "--to", "0.33.0", path, wish)
        assert (again.code, again.out) == (0, "" if wish == "--diff" else again.out)


def test_a_stuck_launch_is_told_and_its_file_left(doctor: Doctor) -> None:
    path = Path("run.sh")
    path.write_text("vllm serve org/m --quantization gguf --swap-space 4\n", "utf-8")
    for wish in ("--fix", "--diff"):
        ran = doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", path, wish)
        assert ran.code == 1
        assert "! --quantization" in ran.out
    assert path.read_text("utf-8") == "vllm serve org/m --quantization gguf --swap-space 4\n"


def test_several_files(doctor: Doctor) -> None:
    Path("a.sh").write_text(OLD + "\n", "utf-8")
    Path("b.sh").write_text("echo hello\n", "utf-8")
    ran = doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", "a.sh", "b.sh", "--format", "json")
    assert [one["fixed"] for one in ran.objects] == [f"{NEW}\n", None]
    text = doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", "a.sh", "b.sh")
    assert "b.sh" not in text.out
    Path("c.sh").write_bytes(b"vllm serve \xff\n")
    wrong = doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", "a.sh", "c.sh")
    assert wrong.code == 2
    assert "c.sh" in wrong.err
    assert NEW in wrong.out


def test_pin(doctor: Doctor) -> None:
    ran = doctor("migrate", "--to", "0.33.0", "--from", "0.11.0", "--pin", "--quiet", "vllm serve org/m")
    assert ran.out == "vllm serve org/m --gpu-memory-utilization 0.9 --allowed-origins '[\"*\"]'\n"


def test_the_models_config_gives_what_rope_needs(doctor: Doctor) -> None:
    Path("model").mkdir()
    config = (
        '{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "num_attention_heads": 4,'
        ' "num_hidden_layers": 2, "intermediate_size": 64, "vocab_size": 100, "max_position_embeddings": 4096,'
        ' "rope_theta": 500000.0}'
    )
    Path("model/config.json").write_text(config, "utf-8")
    command = 'vllm serve org/m --rope-scaling \'{"rope_type": "linear", "factor": 2.0}\''
    assert doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", command).code == 1
    ran = doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", "--model-dir", "model", "-q", command)
    wanted = '{"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 500000.0}}'
    assert (ran.code, ran.out) == (0, f"vllm serve org/m --hf-overrides '{wanted}'\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((OLD,), "--to"),
        (("--to", "0.99.0", OLD), "0.99.0 is no release of vLLM"),
        (("--to", "0.33.0", "--from", "x", OLD), "x is no release of vLLM"),
        (("--to", "0.33.0", "no-such-file"), "does not exist"),
        (("--to", "0.33.0", "--format", "sarif", OLD), "sarif"),
    ],
)
def test_bad_usage(doctor: Doctor, words: tuple[str, ...], says: str) -> None:
    ran = doctor("migrate", *words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_bad_usage_as_json(doctor: Doctor) -> None:
    ran = doctor("migrate", "--to", "0.99.0", "--format", "json", OLD)
    assert ran.code == 2
    assert ran.objects[0]["error"]["where"] == "--to"


def test_markdown_and_chinese(doctor: Doctor) -> None:
    ran = doctor("migrate", "--to", "0.33.0", "--from", "0.8.3", "--format", "markdown", "--lang", "zh", OLD)
    assert ran.code == 0
    assert f"```bash\n{NEW}\n```" in ran.out
    assert "自 0.10.1 起" in ran.out
