"""The weight and tokenizer files of a model, as messages and the model's folder show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.facts.hub import is_path
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.model.cache import is_repo_id
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

CUT = declare("weights.cut_in_loader", "flag", "whether a traceback is cut at a check of a tensor's shape or name")
PATH = declare("weights.path", "text", "the folder or repo whose weights were looked for", "first")
REPO = declare("weights.repo", "text", "that, where it is a repo's name")
TENSOR = declare("weights.tensor", "text", "the tensor that has no place or does not fit", "first")
FILE = declare("weights.file", "text", "the file that is missing or broken", "first")
LOADED = declare("weights.loaded_shape", "text", "the shape that the file has", "first")
WANTED = declare("weights.wanted_shape", "text", "the shape that the model wants", "first")
POINTER = declare("weights.is_pointer", "flag", "whether a file is a Git LFS pointer instead of what it stands for")
WORDS = declare("weights.corrupt_words", "text", "what the reader says is wrong with the file", "first")
LOAD_FORMAT = declare("weights.load_format", "text", "a --load-format that reads one kind of file only")
ABSENT = declare("weights.absent", "flag", "whether the folder has no file that the load format reads")
ONLY_OTHER = declare("weights.only_other_kind", "flag", "whether there are weights that the load format skips")
MISSING = declare("weights.missing_files", "text", "shards that the index names and the folder lacks")
BROKEN = declare("weights.broken_file", "text", "a file of the folder that is no such file")
ADAPTER = declare("weights.is_adapter", "flag", "whether the folder holds a LoRA adapter instead of a model")
TOKENIZER = declare("tokenizer.path", "text", "the folder or repo whose tokenizer was looked for", "first")
TOKENIZER_CLASS = declare("tokenizer.class", "text", "the tokenizer class that is not known", "first")
TOKENIZER_ABSENT = declare("tokenizer.absent", "flag", "whether the folder has no tokenizer file")
TOKENIZER_BROKEN = declare("tokenizer.broken_file", "text", "a tokenizer file of the folder that is a Git LFS pointer")
TOKENIZER_TOO_NEW = declare("tokenizer.too_new", "flag", "whether its files were written by newer libraries", "first")
TOKENIZER_GIVEN = declare("tokenizer.given", "flag", "whether --tokenizer names it")

# (vllm/model_executor/model_loader/default_loader.py, 0.9.0 to 0.33.0; loader.py before)
_ONE_KIND = frozenset(("safetensors", "pt", "npcache", "mistral", "fastsafetensors", "runai_streamer", "bitsandbytes"))
# the first bytes of a pointer, "version ", read as the length of a safetensors header or as a pickle
_POINTER = pattern(r"git-lfs\.github\.com|HeaderTooLarge|header too large|invalid load key, 'v'|operand 118\b")
_TOO_NEW = pattern(r"untagged enum (?:ModelWrapper|\w+Wrapper)|class '?TokenizersBackend|unknown variant `\w+`")


_CHECKS = ("assert loaded_weight", "assert param", "param = params_dict[", "loaded_weight = loaded_weight.narrow(")


@reader()
def read_cut(event: Event) -> Iterator[Fact]:
    """A traceback without its exception whose last line is a check of the weight loaders (0.4.1 to 0.33.0)."""
    if not isinstance(event, Traceback) or event.exception or not event.frames:
        return
    if event.frames[-1].code.startswith(_CHECKS):
        yield Fact(CUT, True, event.lines[-1])


@reader("git-lfs.github.com", "HeaderTooLarge", "header too large", "invalid load key", "operand 118")
def read_pointer(event: Event) -> Iterator[Fact]:
    """What the readers of weights say when they are given a pointer."""
    if _POINTER.search(_text(event)):
        yield Fact(POINTER, True, event.lines[0])


@reader("untagged enum", "TokenizersBackend", "unknown variant")
def read_too_new(event: Event) -> Iterator[Fact]:
    """What tokenizers and transformers say of files that a newer release wrote."""
    if _TOO_NEW.search(_text(event)):
        yield Fact(TOKENIZER_TOO_NEW, True, event.lines[0])


def _text(event: Event) -> str:
    return "\n".join(link.message for link in event.chain()) if isinstance(event, Traceback) else event.message


@derived(PATH)
def path(facts: Facts) -> str | None:
    """The model of the launch, where no message names it."""
    return facts.text("model.name")


@derived(REPO)
def repo(facts: Facts) -> str | None:
    """A name that can be fetched from the Hub."""
    text = facts.text(PATH)
    return text if text and is_repo_id(text) and not is_path(text) else None


@derived(LOAD_FORMAT)
def load_format(facts: Facts) -> str | None:
    """The launch's, where `auto` would look for more."""
    value = (facts.text("args.load_format") or "").lower()
    return value if value in _ONE_KIND else None


@derived(TOKENIZER_GIVEN)
def tokenizer_given(facts: Facts) -> bool | None:
    """Whether the tokenizer is asked for elsewhere than in the model's folder."""
    given, model = facts.text("args.tokenizer"), facts.text("model.name")
    return None if model is None else bool(given and given not in ("None", model))
