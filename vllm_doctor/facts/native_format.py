"""Mistral's own format (params.json, consolidated.safetensors, tekken.json) and the flags that ask for it."""

from __future__ import annotations

import re

from vllm_doctor.facts.types import Facts, declare, derived
from vllm_doctor.patterns import pattern

FLAGS = declare("native.flags", "text", "the native-format flags of the launch, with blanks between")
GIVEN = declare("native.flags_given", "flag", "whether a native-format flag is in the launch")
LOAD = declare("native.load_format", "flag", "whether the weights are to be read in Mistral's own format")
LOAD_OTHER = declare("native.load_format_other", "flag", "whether --load-format asks for something else than mistral")
TOKENIZER_OTHER = declare(
    "native.tokenizer_mode_other", "flag", "whether --tokenizer-mode asks for something else than mistral"
)
NAME = declare(
    "native.name_kind",
    "text",
    "what the name says: mistralai, quantized (a community's), other-family, or unknown",
)
MISSING = declare(
    "native.flags_missing",
    "flag",
    "whether the model has only native files, or is mistralai's, and no flag says so",
)
TOO_OLD = declare(
    "native.hf_format_too_new", "flag", "whether this release cannot read the model's Hugging Face format yet"
)
PATH = declare("native.path", "text", "the model whose params.json was looked for", "first")

_OPTIONS = (
    ("config_format", "--config-format"),
    ("load_format", "--load-format"),
    ("tokenizer_mode", "--tokenizer-mode"),
)
_MISTRAL = pattern(r"mistral|mixtral|pixtral|codestral|devstral|voxtral|mathstral|ministral|magistral|nemo", re.I)
_OTHERS = pattern(
    r"(?:^|[-_./])(?:code)?(?:llama|qwen|qwq|gemma|phi|deepseek|falcon|glm|yi|internlm|internvl|gpt|olmo|granite|"
    r"smollm|minicpm|bloom|opt|pythia|command|aya|baichuan|kimi|nemotron|starcoder|mpt|jamba|exaone|solar)"
    r"(?=$|[-_./\d])",
    re.I,
)
# 0.8.3 is the first release that serves this family in Hugging Face format (models/mistral3.py)
_HF_SINCE = (re.compile(r"mistral-small-3\.1", re.I), (0, 8, 3))


def _value(facts: Facts, name: str) -> str | None:
    """An option's value; the engine's config line counts only where no arguments were echoed or given."""
    fact = facts.read.get(f"args.{name}")
    if fact is None and not any(key.startswith("args.") for key in facts.read):
        fact = facts.read.get(f"config.{name}")
    return None if fact is None else str(fact.value).lower()


def _other(facts: Facts, name: str) -> bool | None:
    value = _value(facts, name)
    return None if value is None else value not in ("mistral", "auto")


@derived(FLAGS)
def flags(facts: Facts) -> str | None:
    """Those of the three options that are set to `mistral`."""
    return " ".join(flag for name, flag in _OPTIONS if _value(facts, name) == "mistral") or None


@derived(GIVEN)
def flags_given(facts: Facts) -> bool | None:
    """False only where a launch is known and has none of them."""
    if facts.text(FLAGS):
        return True
    return False if any(name.startswith(("args.", "config.")) for name in facts.read) else None


@derived(LOAD)
def load_format(facts: Facts) -> bool | None:
    """`--load-format mistral` reads only consolidated*.safetensors (model_loader/loader.py, 0.6.1 on)."""
    value = _value(facts, "load_format")
    return None if value is None else value == "mistral"


@derived(LOAD_OTHER)
def load_format_other(facts: Facts) -> bool | None:
    """A load format that a fix must leave alone."""
    return _other(facts, "load_format")


@derived(TOKENIZER_OTHER)
def tokenizer_mode_other(facts: Facts) -> bool | None:
    """A tokenizer mode that a fix must leave alone."""
    return _other(facts, "tokenizer_mode")


@derived(NAME)
def name_kind(facts: Facts) -> str | None:
    """What can be known without the files.

    Mistral's own repos hold native files. Quantizers and other makers write Hugging Face files, so such a
    name is evidence against params.json; a plain fine-tune or folder name is evidence of nothing.
    """
    name = facts.text("model.name")
    if not name:
        return None
    owner, slash, _ = name.partition("/")
    if slash and owner.lower() == "mistralai":
        return "mistralai"
    if not _MISTRAL.search(name):
        return "other-family" if _OTHERS.search(name) else "unknown"
    return "quantized" if facts.text("model.name_says_quantized") not in (None, "none", "gguf") else "unknown"


@derived(MISSING)
def flags_missing(facts: Facts) -> bool | None:
    """By the files where they are known, else by mistralai's name."""
    if facts.get(GIVEN) is not False:
        return None if facts.get(GIVEN) is None else False
    params, config = facts.get("model.has_params_json"), facts.get("model.has_config_json")
    if params is not None and config is not None:
        return params is True and config is False
    return facts.text(NAME) == "mistralai"


@derived(TOO_OLD)
def hf_format_too_new(facts: Facts) -> bool | None:
    """Whether the model's family came to Hugging Face format with a later release than the one that ran."""
    name = facts.text("model.name")
    version = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", facts.text("vllm.version") or "")
    if not name or not version:
        return None
    family, since = _HF_SINCE
    return bool(family.search(name)) and tuple(int(part or 0) for part in version.groups()) < since
