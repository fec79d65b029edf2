"""What `migrate` prints."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from string import Formatter

import jsonschema
import pytest

from vllm_doctor.engine.migration import ChangedDefault, LaunchMigration, Migration, Obstacle, Step
from vllm_doctor.finding import Change
from vllm_doctor.report.migrate import migration_data, migration_json, migration_markdown, migration_text
from vllm_doctor.report.migrate_words import MIGRATE_WORDS

LAUNCH = LaunchMigration(
    program="vllm serve",
    model="org/m",
    argv=("org/m", "--task", "embed", "--swap-space", "4"),
    env={"VLLM_USE_V1": "0"},
    image="vllm/vllm-openai:v0.8.3",
    file="compose.yaml",
    line=4,
    vllm_version="0.8.3",
    vllm_versions=("0.8.3",),
    version_source="image",
    target_version="0.33.0",
    steps=(
        Step((Change("remove", "--task", "embed"), Change("set", "--runner", None, "pooling")), "since 0.10.1"),
        Step((Change("remove", "--swap-space", "4"),), "GiB of CPU memory; V1 recomputes (gone in 0.18.0)", "costs"),
        Step((Change("unsetenv", "VLLM_USE_V1", "0"),), "chose the engine"),
    ),
    defaults=(
        ChangedDefault("--gpu-memory-utilization", "0.9", "0.92", "2 % more", "--gpu-memory-utilization 0.9"),
        ChangedDefault("engine", "V0", "V1", "the V1 engine serves"),
    ),
    migrated="vllm serve org/m --runner pooling",
    checks=("parses as vLLM 0.33.0; nothing else changed",),
)
STUCK = replace(
    LAUNCH,
    version_source="options",
    vllm_versions=("0.6.4", "0.8.3"),
    steps=(),
    defaults=(),
    obstacles=(Obstacle("--quantization", "0.33.0 does not take the value gguf"),),
    migrated=None,
    checks=(),
)
MADE = Migration("compose.yaml", (LAUNCH,), "before", "after", ("migrate serve.yaml too",))
TEXT = """\
compose.yaml:4 · vllm serve · org/m · vLLM 0.8.3 → 0.33.0

  Written for 0.8.3, as its image says.

  Run this instead:

vllm serve org/m --runner pooling

  - --task embed
  + --runner pooling              since 0.10.1
  - --swap-space 4                lost: GiB of CPU memory; V1 recomputes (gone
                                  in 0.18.0)
  - VLLM_USE_V1=0                 chose the engine
  checked:  parses as vLLM 0.33.0; nothing else changed

  What 0.33.0 does otherwise where nothing is said:

  · --gpu-memory-utilization: 0.9 → 0.92
                                  2 % more
  · engine: V0 → V1               the V1 engine serves
  --pin writes out what they were.

  note  migrate serve.yaml too
"""


def test_text() -> None:
    assert migration_text(MADE) == TEXT


def test_what_is_in_the_way() -> None:
    text = migration_text(Migration("", (replace(STUCK, file=""),), ""))
    assert text == (
        "vllm serve · org/m · vLLM 0.8.3 → 0.33.0\n\n"
        "  Written for 0.6.4 to 0.8.3, as its options tell; 0.8.3, the nearest, is\n"
        "  assumed. --from names another.\n\n"
        "✗ not moved to 0.33.0; in the way:\n\n"
        "  ! --quantization                0.33.0 does not take the value gguf\n"
    )


def test_what_could_be_moved_stands_under_its_own_words() -> None:
    text = migration_text(Migration("", (replace(STUCK, steps=LAUNCH.steps[:1], defaults=LAUNCH.defaults),), ""))
    assert "does not take the value gguf\n\n  What could be moved:\n\n  - --task embed\n" in text
    assert "--gpu-memory-utilization" not in text


def test_nothing_to_change_and_no_launch() -> None:
    same = replace(LAUNCH, version_source="given", steps=(), defaults=())
    assert "✓ nothing needs a change: 0.33.0 takes it as it is\n" in migration_text(Migration("", (same,), ""))
    assert migration_text(Migration("run.sh", (), "")) == "run.sh: no launch of vLLM was found\n"


def test_pinned_defaults_are_said_to_be() -> None:
    pinned = tuple(replace(one, pinned=one.pin is not None) for one in LAUNCH.defaults)
    text = migration_text(Migration("", (replace(LAUNCH, steps=(), defaults=pinned),), ""))
    assert "2 % more; kept: --gpu-memory-utilization 0.9" in text
    assert "--pin writes" not in text
    assert "\nvllm serve org/m --runner pooling\n" in text


def test_what_a_project_asks_for() -> None:
    asked = replace(LAUNCH, version_source="../requirements.txt")
    assert "Written for 0.8.3, as ../requirements.txt asks." in migration_text(Migration("", (asked,), ""))


def test_quiet_is_for_pipes() -> None:
    assert migration_text(Migration("", (LAUNCH, STUCK), ""), quiet=True) == (
        "vllm serve org/m --runner pooling\n--quantization\n"
    )


def test_chinese_and_ascii() -> None:
    assert "未写明时 0.33.0 的不同之处" in migration_text(MADE, language="zh")
    plain = migration_text(MADE, encoding="ascii")
    assert plain.isascii()
    assert "0.8.3 -> 0.33.0" in plain


def test_markdown() -> None:
    text = migration_markdown(replace(MADE, launches=(LAUNCH, STUCK)))
    assert "```bash\nvllm serve org/m --runner pooling\n```" in text
    assert "- `- --task embed`, `+ --runner pooling`: since 0.10.1" in text
    assert "as before: --gpu-memory-utilization 0.9" in text
    assert "- `--quantization`: 0.33.0 does not take the value gguf" in text
    assert text.endswith("> migrate serve.yaml too\n")


def test_json_keeps_to_the_schema() -> None:
    text = files("vllm_doctor.report").joinpath("migrate.schema.json").read_text("utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    for made in (MADE, Migration("", (STUCK,), "")):
        data = json.loads(migration_json(made))
        jsonschema.validate(data, schema)
        assert list(data) == ["schema_version", "launches", "file", "fixed", "notes"]
        assert set(data["launches"][0]) == set(schema["$defs"]["launch"]["properties"])
    assert migration_data(MADE)["launches"][0]["steps"][0]["changes"] == [
        {"remove": "--task", "from": "embed", "to": None},
        {"set": "--runner", "from": None, "to": "pooling"},
    ]


def test_hostile_words_are_drawn_and_secrets_masked() -> None:
    steps = (
        Step((Change("set", "--api-key", "sk-abcdefghijklmnopqrstuvwx", "sk-zyxwvutsrqponmlkjihgfe"),), "\x1b[31mred"),
    )
    obstacles = (Obstacle("--\x1b]0;x\x07", "a\x1b[1m\nb"),)
    command = "vllm serve org/m --api-key sk-abcdefghijklmnopqrstuvwx"
    made = Migration("", (replace(LAUNCH, steps=steps, migrated=command), replace(STUCK, obstacles=obstacles)), "")
    for text in (migration_text(made), migration_markdown(made), migration_json(made)):
        assert "\x1b" not in text
        assert "abcdefghij" not in text
        assert "zyxwvuts" not in text


@pytest.mark.parametrize("key", sorted(MIGRATE_WORDS))
def test_both_languages_say_the_same(key: str) -> None:
    english, chinese = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in MIGRATE_WORDS[key])
    assert english == chinese
