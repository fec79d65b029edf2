"""How a release's parser reads words, found by trying: each habit is a name and what was seen."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from parsers import Program

JSON_OPTIONS = (
    "--hf-overrides",
    "--mm-processor-kwargs",
    "--override-generation-config",
    "--model-loader-extra-config",
    "--rope-scaling",
)


class Trial:
    """Tries words on a program, the model put where the program wants it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.model = ["some/model"] if program.first else []
        self.flags = set(program.parser._option_string_actions)

    def takes(self, words: list[str], test: Callable[[Any], Any] = lambda names: True, model: bool = True) -> bool:
        """Whether the words are accepted and the namespace passes the test."""
        names, _ = self.program.attempt([*(self.model if model else []), *words])
        try:
            return names is not None and bool(test(names))
        except Exception:
            return False


def _dictionary(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value if isinstance(value, dict) else vars(value)


def _dotted(trial: Trial) -> dict[str, Any]:
    option = next((flag for flag in JSON_OPTIONS if flag in trial.flags), None)
    if option is None:
        return {"dotted": False}
    name = option[2:].replace("-", "_")

    def gives(words: list[str], wanted: Any) -> bool:
        return trial.takes(words, lambda names: _dictionary(getattr(names, name)) == wanted)

    return {
        "dotted": trial.takes([option + ".foo", "1"]),
        "dotted-json": gives([option + ".foo", "1"], {"foo": 1}),
        "dotted-list": gives([option + ".foo+", "a,b"], {"foo": ["a", "b"]}),
        "dotted-human": gives([option + ".foo", "1k"], {"foo": 1000}),
        "dotted-keeps-underscores": gives([option + ".foo_bar", "1"], {"foo_bar": 1})
        or gives([option + ".foo_bar", "1"], {"foo_bar": "1"}),
    }


def _mode_is_3(names: Any) -> bool:
    return int(names.compilation_config.mode) == 3


def _optimization(trial: Trial) -> dict[str, Any]:
    names, _ = trial.program.attempt([*trial.model, "-O3"])
    plain, _ = trial.program.attempt(trial.model)
    if names is None or plain is None:
        return {"O": None}
    if getattr(names, "optimization_level", None) != getattr(plain, "optimization_level", None):
        return {"O": "--optimization-level", "O-dotted": trial.takes(["-O.mode", "3"], _mode_is_3)}
    if trial.takes(['-O{"level": 3}']):  # plain argparse: what is glued to -O is its value
        return {"O": "glued"}
    return {"O": "-O.mode" if hasattr(names.compilation_config, "mode") else "-O.level"}


def _config(trial: Trial, folder: Path) -> dict[str, Any]:
    def file(name: str, text: str) -> str:
        path = folder / name
        path.write_text(text)
        return str(path)

    config = file("plain.yaml", "max-model-len: 100\n")
    behind = [
        "--enforce-eager",
        "--config",
        config,
    ]  # until 0.10.2 the api_server breaks where it stands first
    found = {
        "config": trial.takes(behind, lambda names: names.max_model_len == 100),
        "config-glued": trial.takes([f"--config={config}"], lambda names: names.max_model_len == 100),
    }
    if found["config"]:
        pair = file("list.yaml", "served-model-name:\n  - a\n  - b\n")
        off = file("off.yaml", "enable-prefix-caching: false\n")
        nested = file("nested.yaml", "compilation-config:\n  level: 1\n")
        model = file("model.yaml", "model: foo/bar\nmax-model-len: 100\n")
        found |= {
            "config-list": trial.takes(["--config", pair], lambda names: names.served_model_name == ["a", "b"]),
            "config-false": trial.takes(["--config", off], lambda names: names.enable_prefix_caching is False),
            "config-nested": trial.takes(["--enforce-eager", "--config", nested]),
            "config-model": trial.takes(["--config", model], model=False),
            "config-before-model": trial.takes(["--config", model, *trial.model], model=False),
            "config-first": not trial.program.first and trial.takes(["--config", config]),
        }
    return found


def _serve(trial: Trial) -> dict[str, Any]:
    if not trial.program.first:
        return {}
    return {
        "model-needed": not trial.takes([], model=False),
        "model-option": trial.takes(["--model", "foo/bar"], lambda names: names.model_tag == "foo/bar", model=False),
        "model-option-empty": trial.takes(["--model="], lambda names: names.model_tag == "", model=False),
        "model-option-glued": trial.takes(["--model=a/b"], lambda names: names.model_tag == "a/b", model=False),
        "model-option-refused": not trial.takes(["--model", "foo/bar"]),
        "served-name-needs-model": not trial.takes(["--served-model-name", "a"], model=False)
        and trial.takes(["--max-model-len", "1"], model=False),
    }


def _adapters(trial: Trial) -> dict[str, Any]:
    """The forms of a --lora-modules item."""
    forms = {
        "pair": "a=/b",
        "equals": "a=b=c",
        "json": '{"name": "a", "path": "b"}',
        "3d": '{"name": "a", "path": "b", "is_3d_lora_weight": true}',
    }
    return {"adapters": [word for word, text in forms.items() if trial.takes(["--lora-modules", text])]}


def habits(program: Program) -> dict[str, Any]:
    """Every habit of a program, by name."""
    trial = Trial(program)
    length = lambda names: names.max_model_len == 100  # noqa: E731
    found: dict[str, Any] = {
        "underscores": trial.takes(["--max_model_len", "100"], length),
        "abbreviations": trial.takes(["--max-model-l", "100"], length),
        "help-value": program.refused([*trial.model, "--help=zz"]) is False,
        "human-integers": trial.takes(["--max-model-len", "1k"], lambda names: names.max_model_len == 1000),
    }
    with tempfile.TemporaryDirectory() as folder:
        found |= _adapters(trial) | _dotted(trial) | _optimization(trial) | _config(trial, Path(folder)) | _serve(trial)
    return found
