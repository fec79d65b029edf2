"""Facts of single options: given twice, abbreviated, deprecated, taken and not used."""

import pytest

from vllm_doctor import vllm
from vllm_doctor.facts.option_history import of_abbreviated, of_deprecated
from vllm_doctor.facts.option_ignored import given, of_ignored
from vllm_doctor.facts.option_repeated import of_repeated
from vllm_doctor.facts.types import Fact
from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.launch.types import Launch, Option
from vllm_doctor.vllm.table import load


def _launch(words: str) -> Launch:
    launch = parse_command_line(f"vllm serve org/model {words}")
    assert launch is not None
    return launch


def _options(launch: Launch) -> tuple[Option, ...]:
    return options(launch, lambda flag: vllm.arity(flag, None))


def _values(facts: list[Fact]) -> dict[str, object]:
    return {fact.name.removeprefix("option."): fact.value for fact in facts}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--port 1 --port 2", {"repeated": "other", "winner": "--port 2"}),
        ("-tp 1 --x 3 --tensor_parallel_size=2", {"repeated": "other", "winner": "--tensor_parallel_size 2"}),
        ("--max-model-l 1 --max-model-len 2", {"repeated": "other", "winner": "--max-model-len 2"}),
        ("--enforce-eager --enforce-eager", {"repeated": "alike", "winner": "--enforce-eager"}),
        ("--enable-prefix-caching --no-enable-prefix-caching", {"repeated": "contrary", "winner": "--no-enable-prefix-caching"}),
        ("--served-model-name a b --served-model-name c", {"repeated": "list", "winner": "--served-model-name c"}),
        ("--middleware a --middleware b", {}),
        ("--compilation-config.mode 3 --compilation-config.mode 2", {}),
        ("--no-such 1 --no-such 2", {}),
        ("--max-num-seqs 1 --max-num-batched-tokens 2", {}),
    ],
)  # fmt: skip
def test_the_last_of_equal_options_counts(words: str, found: dict[str, str]) -> None:
    launch = _launch(words)
    first, last = _options(launch)[0], _options(launch)[-1]
    assert _values([*of_repeated(first, launch, ["0.20.0"], "vllm serve")]) == found
    assert _values([*of_repeated(last, launch, ["0.20.0"], "vllm serve")]) == {}


def test_what_is_one_option_in_some_releases_only_is_not_given_twice() -> None:
    launch = _launch("--disable-log-requests --no-enable-log-requests")
    first = _options(launch)[0]
    assert _values([*of_repeated(first, launch, ["0.33.0"], "vllm serve")])["repeated"] == "alike"
    assert not [*of_repeated(first, launch, ["0.14.0", "0.33.0"], "vllm serve")]


@pytest.mark.parametrize(
    ("words", "releases", "found"),
    [
        ("--gpu-memory-util 0.8", ["0.6.3", "0.33.0"], {"abbreviates": "--gpu-memory-utilization"}),
        ("--device cpu", ["0.26.0"], {"abbreviates": "--device-ids", "own_in": "0.4.1 to 0.9.2"}),
        ("--device cpu", ["0.9.2", "0.26.0"], {}),
        ("--device cpu", ["0.31.0"], {}),
        ("--max_model_len 8", ["0.20.0"], {}),
        ("--max-num 8", ["0.20.0"], {}),
        ("-tp 2", ["0.20.0"], {}),
        ("--gpu-memory-util 0.8", [], {}),
    ],
)
def test_abbreviations(words: str, releases: list[str], found: dict[str, str]) -> None:
    (option,) = _options(_launch(words))
    assert _values([*of_abbreviated(option, releases, "vllm serve")]) == found


def _deprecated(words: str, *releases: str) -> dict[str, object]:
    launch = _launch(words)
    return _values([*of_deprecated(_options(launch)[0], launch, releases, "vllm serve")])


def test_a_deprecated_option_names_its_successor_and_its_end() -> None:
    found = _deprecated("--guided-decoding-backend xgrammar", "0.11.0")
    assert found["replaced_by"] == "--structured-outputs-config.backend"
    assert found["gone_in"] == "0.12.0"
    assert (found["mend.old_flags"], found["mend.new_flags"]) == ("--guided-decoding-backend", found["replaced_by"])


def test_a_deprecated_option_without_a_successor_is_not_edited() -> None:
    found = _deprecated("--calculate-kv-scales", "0.20.0")
    assert found["deprecated"] is True
    assert "replaced_by" not in found
    assert not any(found[name] for name in found if name.startswith("mend."))


def test_a_switch_that_became_a_value_is_given_it() -> None:
    found = _deprecated("--disable-mm-preprocessor-cache", "0.11.0")
    assert found["mend.needless_flags"] == "--disable-mm-preprocessor-cache"
    assert (found["mend.added_flags"], found["mend.added_values"]) == ("--mm-processor-cache-gb", "0")


def test_deprecated_is_what_every_release_calls_so() -> None:
    assert not _deprecated("--guided-decoding-backend xgrammar", "0.10.2", "0.11.0")
    assert not _deprecated("--guided-decoding-backend xgrammar", "0.12.0")
    assert not _deprecated("--guided-decoding-backend xgrammar")


def _ignored(words: str, *releases: str) -> dict[str, object]:
    launch = _launch(words)
    return _values([*of_ignored(_options(launch)[0], launch, releases)])


@pytest.mark.parametrize(
    ("words", "release", "why"),
    [
        ("--swap-space 8", "0.11.0", "swap-space"),
        ("--swap-space 8", "0.17.1", "swap-space"),
        ("--swap-space 8", "0.10.2", None),
        ("--use-v2-block-manager", "0.8.5", "block-manager"),
        ("--use-v2-block-manager", "0.6.2", None),
        ("--max-parallel-loading-workers 2", "0.33.0", "parallel-loading"),
        ("--max-parallel-loading-workers 2", "0.11.0", None),
        ("--enable-reasoning --reasoning-parser x", "0.9.1", "reasoning"),
        ("--enable-reasoning", "0.9.1", "reasoning-off"),
        ("--enable-reasoning", "0.8.5", None),
        ("--device cpu", "0.9.0", "device"),
        ("--device cpu", "0.8.5", None),
        ("--model other", "0.8.2", "model"),
        ("--model other", "0.8.3", None),
        ("--max-lora-rank 64", "0.20.0", "lora-off"),
        ("--max-lora-rank 64 --enable-lora", "0.20.0", None),
        ("--max-lora-rank 64 --enable_lora", "0.20.0", None),
        ("--max-lora-rank 64 --config x.yaml", "0.20.0", None),
        ("--max-lora-rank 64 --config=x.yaml", "0.20.0", "lora-off"),
        ("--max-lora-rank 64 $MORE", "0.20.0", None),
        ("--max-lora-rank 64 --served-model-name a $MORE", "0.20.0", None),
        ("--max-lora-rank 64 --port $PORT", "0.20.0", "lora-off"),
        ("--tool-call-parser hermes", "0.20.0", "tools-off"),
        ("--tool-call-parser openai", "0.20.0", None),
        ("--tool-call-parser hermes --enable-auto-tool-choice", "0.20.0", None),
        ("--max-log-len 10", "0.20.0", "log-off"),
        ("--max-log-len 10", "0.10.0", None),
        ("--cudagraph-capture-sizes 1 2 --enforce-eager", "0.20.0", "eager"),
        ("--cudagraph-capture-sizes 1 2 --no-enforce-eager", "0.20.0", None),
        ("--enable-expert-parallel", "0.20.0", "one-rank"),
        ("--no-enable-expert-parallel", "0.20.0", None),
        ("--enable-expert-parallel -dp 2", "0.20.0", None),
        ("--compilation-config '{}' --compilation-config.mode 3", "0.20.0", "json-replaced"),
        ("--compilation-config '{}' -cc.mode 3", "0.20.0", "json-replaced"),
        ("-cc.mode 3 -cc.backend eager", "0.20.0", None),
        ("-O3 -cc.mode 3", "0.20.0", None),
        ("--compilation-config '{}' --compilation-config.mode 3", "0.8.5", None),
    ],
)
def test_what_a_release_takes_and_does_not_use(words: str, release: str, why: str | None) -> None:
    assert _ignored(words, release).get("ignored") == why


def test_keys_of_two_spellings_are_told_under_one_name() -> None:
    found = _ignored("-cc.mode 3 --compilation-config.backend eager", "0.20.0")
    assert found == {
        "ignored": "dotted-split",
        "ignored_by": "--compilation-config",
        "under_one_name": "--compilation-config.mode",
    }


def test_ignored_is_what_every_release_with_the_option_ignores() -> None:
    assert _ignored("--swap-space 8", "0.11.0", "0.17.0", "0.20.0") == {"ignored": "swap-space"}
    assert not _ignored("--swap-space 8", "0.10.2", "0.11.0")
    assert not _ignored("--swap-space 8", "0.20.0")
    assert not _ignored("--swap-space 8")


def test_what_may_come_from_elsewhere_is_not_known() -> None:
    assert given(_launch("--enable-lora"), "--enable-lora") is True
    assert given(_launch("--port 1"), "--enable-lora") is False
    assert given(_launch("--port 1 $X"), "--enable-lora") is None
    assert given(_launch("--config x.yaml"), "--enable-lora") is None


def test_no_option_appends_but_those_that_are_known_to() -> None:
    """An action that the table does not have yet would make a false finding of a repeated option."""
    entries = load("options")["options"].values()
    actions = {
        name for entry in entries for holder in (entry, entry.get("api", {})) for _, name in holder.get("action", ())
    }
    assert actions <= {
        "_StoreAction", "_StoreTrueAction", "BooleanOptionalAction", "EnableDisableAction", "StoreBoolean", "_AppendAction",
        "_HelpAction", "LoRAParserAction", "PromptAdapterParserAction", "DeprecatedLogConfigFileAction",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('A=(m --port 1)\nif [ "$L" ]; then A+=(--enable-lora); fi\nvllm serve "${A[@]}"', None),
        ("# enable_lora is set below\nvllm serve m", None),
        ("vllm serve m\necho --enable-prefix-caching", False),
        ("vllm serve m --enable-lora", True),
    ],
)
def test_what_a_script_names_elsewhere_may_be_added(text: str, known: bool | None) -> None:
    (launch,) = read_launches(text, "serve.sh")
    assert given(launch, "--enable-lora") is known


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('from vllm import LLM\nLLM(model="m", max_lora_rank=64, **more)\n', None),
        ('from vllm import LLM\nLLM(model="m", max_lora_rank=64)\n', False),
        ('import subprocess\nargs = ["vllm", "serve", "m"]\nargs += more\nsubprocess.run(args)\n', None),
    ],
)
def test_what_python_unpacks_or_adds_may_be_anything(text: str, known: bool | None) -> None:
    (launch,) = read_launches(text, "serve.py")
    assert given(launch, "--enable-lora") is known


def test_services_of_one_file_are_told_apart() -> None:
    text = "services:\n  a:\n    image: vllm/vllm-openai\n    command: --model m --max-lora-rank 64\n  b:\n    image: vllm/vllm-openai\n    command: --model m --enable-lora\n"
    first, second = read_launches(text, "compose.yaml")
    assert (given(first, "--enable-lora"), given(second, "--enable-lora")) == (False, True)
