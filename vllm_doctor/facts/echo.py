"""The arguments that a log echoes: `args: Namespace(...)`, `non-default args: {...}`, the engine's config line.

Read as text, never evaluated: what stands between the brackets may be hostile. A value that is no literal stays
the text that was printed, less its wrapping (`<ConfigFormat.MISTRAL: 'mistral'>` gives "mistral",
`torch.float16` gives "float16").
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from vllm_doctor.facts.types import Fact, declare, reader
from vllm_doctor.log.types import Event, Record
from vllm_doctor.memo import remembered
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_ECHO = 60_000

ECHO = declare("args.echo", "text", "where the arguments were read: Namespace, non-default args or config")

# vllm/entrypoints/openai/api_server.py `args: %s` (0.4.1 on), vllm/entrypoints/utils.py `non-default args: %s`
# (0.9.0 on)
# `Engine args: AsyncEngineArgs(...)` is what programs print that embed vLLM
_HEADS = (("args: Namespace(", "="), ("ngineArgs(model=", "="), ("non-default args: {", ":"))
# vllm/engine/llm_engine.py (0.4.1 to 0.10.2), vllm/v1/engine/core.py (0.7.0 on): `... with config: model=..., ...`
_CONFIG = pattern(r"Initializing an? (?:V[01] )?LLM engine(?: \(v[^)\n]{1,60}\))? with config: ")
_CONFIG_NAMES = {"max_seq_len": "max_model_len"}
# what the config line says of defaults and of things that are no arguments
_CONFIG_KEPT = frozenset(
    """
    model tokenizer tokenizer_mode revision trust_remote_code dtype max_model_len load_format tensor_parallel_size
    pipeline_parallel_size quantization enforce_eager kv_cache_dtype
    """.split()
)


def split(text: str) -> Iterator[str]:
    """The parts of a text between commas that stand in no bracket and no quotes; ends at the first open end."""
    depth, quote, start = 0, "", 0
    at = 0
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char in "([{<":
            depth += 1
        elif char in ")]}>":
            if not depth:
                break
            depth -= 1
        elif char == "," and not depth:
            yield text[start:at]
            start = at + 1
        at += 1
    if not quote and not depth:
        yield text[start:at]


def value(text: str) -> Any:
    """A printed value as plain data: a literal, an enum's value, or the text itself."""
    text = text.strip()
    if enum := re.fullmatch(r"<\w+(?:\.\w+)+: (.*)>", text, re.S):
        return value(enum[1])
    if text.startswith("torch."):
        return text.removeprefix("torch.")
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


@remembered
def pairs(text: str, sign: str) -> dict[str, Any]:
    """The `name<sign>value` parts of an echoed text; nobody may change them, since the next asker gets them too."""
    found: dict[str, Any] = {}
    for part in split(text):
        name, middle, printed = part.partition(sign)
        name = name.strip().strip("'\"")
        if middle and re.fullmatch(r"[A-Za-z_]\w{0,80}", name):
            found[name] = value(printed)
    return found


def arguments(event: Event) -> tuple[str, dict[str, Any]] | None:
    """What a record echoes: where from ("Namespace", "non-default args", "config") and the arguments."""
    if not isinstance(event, Record) or event.quotes:
        return None
    text = event.message[:MAX_ECHO]
    for head, sign in _HEADS:
        _, found, rest = text.partition(head)
        if found:
            rest = head.partition("(")[2] + rest
            return ("Namespace" if sign == "=" else "non-default args"), pairs(rest, sign)
    if config := _CONFIG.search(text):
        found_pairs = {_CONFIG_NAMES.get(name, name): item for name, item in pairs(text[config.end() :], "=").items()}
        return "config", {name: item for name, item in found_pairs.items() if name in _CONFIG_KEPT}
    return None


@reader("args: Namespace(", "ngineArgs(model=", "non-default args: {", "LLM engine (v", "LLM engine with config")
def read_echo(event: Event) -> Iterable[Fact]:
    """`args.NAME` for every argument echoed with a plain value; `config.NAME` for the config line's, None as "none"."""
    found = arguments(event)
    if not found:
        return
    source, args = found
    line = event.lines[0]
    if source != "config":
        yield Fact(ECHO, source, line)
    for name, item in args.items():
        if name == "model_tag":
            continue
        room = "config" if source == "config" else "args"
        if item is None and source == "config":
            yield Fact(f"config.{name}", "none", line)
        elif isinstance(item, (bool, int, float, str)) and item != "":
            yield Fact(f"{room}.{name}", item, line)
