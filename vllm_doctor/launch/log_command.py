"""A launch command that a log shows, made anew: the log is hostile, and each word is quoted here."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.options import options
from vllm_doctor.launch.parser import command_sites, parse_command_line
from vllm_doctor.launch.programs import WRITTEN
from vllm_doctor.launch.prompt import prompts
from vllm_doctor.launch.requote import around
from vllm_doctor.launch.secrets import reference_to, secret_flag, secret_form, secret_name
from vllm_doctor.launch.source import whole
from vllm_doctor.masking import mask
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Arity, Launch, Word

_KNOWN = """
    VLLM_ CUDA_ NCCL_ HF_ HUGGING_FACE_ HUGGINGFACE_ TORCH_ TORCHINDUCTOR_ PYTORCH_ TRANSFORMERS_ TOKENIZERS_
    SAFETENSORS_ RAY_ GLOO_ TRITON_ FLASHINFER_ OMP_ HIP_ ROCR_ HSA_ NVIDIA_
"""
_PREFIXES = tuple(_KNOWN.split())
_NAME = pattern(r"[A-Z][A-Z0-9_]{0,80}")
_CONTAINER = {"gpus": "--gpus", "port": "-p", "ipc": "--ipc", "shm-size": "--shm-size"}
_MOST = 64_000
_MODULE = pattern(r"(?<!\S)(python[0-9.]{0,5})\s+(?:-u\s+)?-m\s+(vllm\.entrypoints\.(?:openai\.)?api_server)(?!\S)")
_CONTROL = pattern(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_REFERENCE = pattern(r'(?:[\w.=-]*=)?"\$\{[A-Z_]+:\?\}"')
_PLAIN_HEADS = ("vllm", "python", "docker", "podman", "nerdctl", "env", "exec")


def from_log_command(text: str, arity: Arity | None = None) -> tuple[Launch | None, tuple[str, ...]]:
    """A launch read from a command that a log shows, built anew; and what was left out of it, in words.

    Only the one simple command that starts vLLM is kept. What stands before or after it, wrappers,
    redirections, substitutions and variables of the shell, environment variables that neither vLLM nor its
    libraries know, and container options other than GPU, image, port, ipc, shm-size and env are left out.
    Secrets become references. The launch's text is the new command, on one line unless a value holds a
    line break.
    """
    text = text[:_MOST]
    sites = command_sites(text)
    if not sites:
        return None, ()
    launch = sites[0].launch
    dropped = [f"what the log shows around the command: {_shown(part)}" for part in _outside(text, launch)]
    words = list(_words(launch, arity or (lambda flag: None), dropped))
    env = list(_env(launch, dropped))
    if launch.image and not _unsafe(launch.image):
        command = [*_container(launch, sites[0].engine, env, dropped), *words]
    else:
        dropped += [f"the image {_shown(launch.image)}"] if launch.image else []
        command = [*env, _program(launch), *words]
    made = parse_command_line(" ".join(command))
    if made is None or len(made.words) != len(words) or not _harmless(made.text):
        return None, (*dropped, "the command, which could not be read safely")
    return made, tuple(dropped)


def _program(launch: Launch) -> str:
    """The program as it was written, where that is one of the plain forms; else the usual one."""
    module = _MODULE.search(launch.span.of(launch.text))
    return f"{module[1]} -m {module[2]}" if module else WRITTEN[launch.program]


def _outside(text: str, launch: Launch) -> Iterator[str]:
    """What of the text is not the one command: others around it, wrappers, redirections, a script."""
    hidden = list(prompts(text))
    start = hidden[0].end if hidden else 0
    yield from filter(None, (text[start : launch.span.start].strip(), text[launch.span.end :].strip(" \t\r\n\\")))
    tokens = lex(whole(text, hidden).inner[launch.span.start : launch.span.end])
    cut = [token.raw for token in tokens if token.kind in ("redirect", "operator", "heredoc", "comment")]
    heads = [token.value for token in tokens if token.kind == "word" and "=" not in token.value]
    if heads and not heads[0].rsplit("/", 1)[-1].startswith(_PLAIN_HEADS):
        cut.insert(0, heads[0])
    if cut:
        yield " ".join(cut)
    if launch.words and around(text, launch.words[-1].span.start):
        yield "a script"


def _words(launch: Launch, arity: Arity, dropped: list[str]) -> Iterator[str]:
    """The words, each quoted anew; an option that the shell would have filled in is left out whole."""
    found = {option.index: option for option in options(launch, arity)}
    at = 0
    while at < len(launch.words):
        option = found.get(at)
        width = 1 + (len(option.values) if option and not option.glued else 0)
        group = launch.words[at : at + width]
        at += width
        if any(word.dynamic for word in group):
            dropped.append(f"{_shown(' '.join(word.value for word in group))}, which the shell would fill in")
            continue
        yield from _group(group, secret_flag(option.flag) if option else None, dropped)


def _group(group: Sequence[Word], secret: str | None, dropped: list[str]) -> Iterator[str]:
    for index, word in enumerate(group):
        value = word.value if word.value.isascii() and word.value.isprintable() else _CONTROL.sub("", word.value)
        flag, glue, rest = value.partition("=") if index == 0 and value.startswith("-") else ("", "", value)
        if value != word.value:
            dropped.append(f"control characters in {_shown(value)}")
        hides = (secret is not None and (index > 0 or bool(glue))) or secret_form(rest)
        if hides and not (index == 0 and value.startswith("-") and not glue):
            name = secret or ("HF_TOKEN" if rest.startswith("hf_") else "SECRET")
            dropped.append(f"a secret: set {name}")
            yield (f"{shlex.quote(flag)}=" if glue else "") + reference_to(name)
        else:
            yield shlex.quote(value)


def _env(launch: Launch, dropped: list[str]) -> Iterator[str]:
    for variable in launch.env:
        name, value = variable.name, variable.value
        if not name.startswith(_PREFIXES) or not _NAME.fullmatch(name):
            dropped.append(f"the variable {_shown(name)}")
        elif not secret_name(name) and (value is None or _unsafe(value)):
            dropped.append(f"the variable {name}, whose value is not known")
        elif value is None or secret_name(name) or secret_form(value):
            dropped.append(f"a secret: set {name}")
            yield f"{name}={reference_to(name)}"
        else:
            yield f"{name}={shlex.quote(value)}"


def _container(launch: Launch, engine: str, env: Sequence[str], dropped: list[str]) -> Iterator[str]:
    """The command up to the image, and the program where the image's entry point is not to be trusted."""
    yield from (engine, "run")
    for name, value in launch.container.items():
        flag = _CONTAINER.get(name)
        if flag is None or _unsafe(value):
            dropped += [f"the container's {_shown(name)}"] if name != "entrypoint" else []
            continue
        for one in value.split(",") if name == "port" else [value]:
            yield from (flag, shlex.quote(one))
    for assignment in env:
        yield from ("-e", assignment)
    named = launch.program_source != "image-entrypoint"
    program = WRITTEN[launch.program].split()
    yield from ("--entrypoint", program[0]) if named else ()
    yield shlex.quote(launch.image or "")
    yield from program[1:] if named else ()


def _unsafe(value: str) -> bool:
    return "$" in value or "`" in value or bool(_CONTROL.search(value))


def _harmless(command: str) -> bool:
    """Whether a command is one simple command whose only expansions are our references."""
    tokens = lex(command)
    return all(
        token.kind == "space" or (token.kind == "word" and (not token.dynamic or _REFERENCE.fullmatch(token.raw)))
        for token in tokens
    )


def _shown(text: str) -> str:
    """A short, harmless quotation."""
    flat = mask(" ".join(_CONTROL.sub("", text).split()))
    return flat if len(flat) <= 60 else flat[:59] + "\u2026"
