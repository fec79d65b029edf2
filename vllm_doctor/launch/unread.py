"""Files of kinds that are not read, which evidently start vLLM: told with the reason, never guessed at."""

from __future__ import annotations

from vllm_doctor.launch.files import reader_of
from vllm_doctor.patterns import pattern

_STARTS = pattern(
    r"""(?<![\w./-])(?:vllm["',\]\[ \t]{1,12}serve|-m["',\[ \t]{1,12}vllm\.entrypoints\.[\w.]{1,60})["']?[, \t]{1,8}"""
    r"""(?=["']?(?:--[a-z]|[^\s/"']{1,200}/[^\s"']|[^\n]{0,300}[\s"']--[a-z]))"""
)
_NO_LAUNCH_FILES = (".log", ".out", ".err", ".csv", ".tsv", ".jsonl", ".ndjson", ".patch", ".diff", ".svg", ".map")
_NAMES = {
    "jenkinsfile": "Jenkinsfiles",
    "procfile": "Procfiles",
    ".bat": "batch files",
    ".cmd": "batch files",
    ".fish": "fish scripts",
    ".nu": "Nushell scripts",
    ".csh": "C shell scripts",
    ".tcsh": "C shell scripts",
    ".tf": "Terraform",
    ".tfvars": "Terraform",
    ".hcl": "HCL",
    ".nomad": "Nomad jobs",
    ".nix": "Nix",
    ".toml": "TOML",
    ".json": "JSON",
    ".jsonnet": "Jsonnet",
    ".ipynb": "notebooks",
    ".html": "HTML pages",
    ".adoc": "AsciiDoc",
    ".conf": "configuration files of this kind",
    ".ini": "configuration files of this kind",
    ".txt": "plain text",
    ".groovy": "Groovy",
}


def unread_note(text: str, file: str) -> str:
    """One sentence for a file of a kind that is not read and starts vLLM; "" for any other."""
    last = file.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if last.endswith((".yaml", ".yml")) and "vllm" in text.lower():
        return _no_yaml(text)
    if last.endswith(_NO_LAUNCH_FILES) or "vllm" not in text or reader_of(file, text) is not None:
        return ""
    found = _STARTS.search(text)
    if not found:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    return f"unread kind: line {line} starts vLLM, but {_kind(last)} are not read, so nothing in it was checked"


def _no_yaml(text: str) -> str:
    """What is told of a YAML file that is none, unless it is a template."""
    if "{{" in text or "{%" in text:
        return ""
    from vllm_doctor.launch.yamlfile.pyyaml import first_error

    found = first_error(text)
    if found is None:
        return ""
    line, column, words = found
    return f"no YAML: line {line}, column {column}: {words}; so nothing in it was checked"


def _kind(name: str) -> str:
    """What the files of a name's kind are called."""
    stem, dot, suffix = name.rpartition(".")
    if not (stem and dot):
        return _NAMES.get(name, f"files named {name}")
    return _NAMES.get(f".{suffix}", f"{dot}{suffix} files")
