"""What happens to the words before argparse, as FlexibleArgumentParser of each release does it."""

from __future__ import annotations

from vllm_doctor.vllm import Program, versions
from vllm_doctor.vllm.words import dynamic, prepare


def words(release: str, text: str, program: Program = "vllm serve") -> list[object]:
    number = versions.number(release)
    assert number is not None
    prepared = prepare(text.split(), number, program)
    return [item.text if item.data is None else item.data for item in prepared.items]


def test_underscores_become_dashes_in_names_only() -> None:
    assert words("0.24.0", "m --max_model_len=a_b") == ["m", "--max-model-len=a_b"]
    assert words("0.5.0", "--max_model_len 1", "api_server") == ["--max_model_len", "1"]


def test_dotted_keys_make_one_object_at_the_end() -> None:
    assert words("0.24.0", "m --hf_overrides.a_b.c 1 --port 2 --hf-overrides.d=x") == [
        "m",
        "--port",
        "2",
        "--hf-overrides",
        {"a_b": {"c": 1}, "d": "x"},
    ]
    assert words("0.24.0", "m --a.b+ 1,x --a.b+=y") == ["m", "--a", {"b": ["1", "x", "y"]}]
    assert words("0.9.0", "m --hf-overrides.a 1") == ["m", "--hf-overrides", {"a": "1"}]
    assert words("0.8.3", "m --hf-overrides.a 1") == ["m", "--hf-overrides.a", "1"]


def test_levels_of_optimization() -> None:
    assert words("0.24.0", "m -O3") == ["m", "--optimization-level", "3"]
    assert words("0.24.0", "m -O 3") == ["m", "--optimization-level", "3"]
    assert words("0.24.0", "m -O=2") == ["m", "--optimization-level", "2"]
    assert words("0.12.0", "m -O.mode=3") == ["m", "-cc", {"mode": 3}]
    assert words("0.11.1", "m -O3") == ["m", "-O", {"mode": 3}]
    assert words("0.10.0", "m -O3") == ["m", "-O", {"level": 3}]
    assert words("0.8.3", "m -O3") == ["m", "-O3"]


def test_the_model_behind_its_option_moves_to_the_front() -> None:
    assert words("0.24.0", "--port 1 --model m") == ["m", "--port", "1"]
    assert words("0.24.0", "--port 1 --model=m") == ["m", "--port", "1"]
    assert words("0.8.1", "m --model x") == ["m", "--model", "x"]


def test_a_config_file_leaves_the_words() -> None:
    assert words("0.24.0", "m --config a.yaml --port 1") == ["m", "--port", "1"]
    assert words("0.5.5", "m --config a.yaml") == ["m", "--config", "a.yaml"]


def test_variables() -> None:
    known = ("$X", "a${X}b", "$(cat x)", "`cat x`", "$@", "$*", "$1", "{{ .Values.model }}", "${{ env.X }}", "%PORT%")
    assert all(dynamic(text) for text in known)
    assert not any(dynamic(text) for text in ("$", "a$", "90%", "100$ {", '{"a": {"b": 1}}', "50%-60%"))
