"""`.env` files whose variables a compose file or a start script turns into a launch.

Only what is sure: options that are spelled out (`VLLM_ARGS="--max-model-len 4096"`), a whole command, and variables
that are named after vLLM's options, beside one that names the model. The variables that vLLM itself reads from its
environment (`VLLM_PORT`, `VLLM_API_KEY`) stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.launch.hosted.dotenv import DotEntry, DotSettings, inside, read_dotenv, written_like
from vllm_doctor.launch.hosted.site import HostedSite, NoHost, sites_in
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.launch.programs import SERVE
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Launch, Word
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits

name = "env"
_NAME = pattern(r"\.env(?:[.-][\w.-]+)?|.+\.env(?:[.-](?:example|sample|template|dist|local))?|env\.(?:example|sample)")
_NOT_NAME = pattern(r".*\.(?:j2|jinja2?|ya?ml|py|sh|md|json|toml|ts|js)")
_MODEL = pattern(r"(?:VLLM_)?(?:MODEL|MODEL_NAME|MODEL_ID|MODEL_PATH|SERVE_MODEL)")
_ARGUMENTS = pattern(r"VLLM_(?:\w+_)?(?:ARGS|ARGUMENTS|OPTS|OPTIONS|FLAGS)|VLLM_(?:ARGS|OPTS|FLAGS|OPTIONS|ARGUMENTS)")
_COMMAND = pattern(r"\bvllm\s+serve\s|-m\s+vllm\.entrypoints\.")
_OPTIONS = frozenset(
    """
    max-model-len gpu-memory-utilization tensor-parallel-size pipeline-parallel-size data-parallel-size dtype
    quantization served-model-name max-num-seqs max-num-batched-tokens kv-cache-dtype enforce-eager
    trust-remote-code enable-prefix-caching enable-chunked-prefill enable-auto-tool-choice tool-call-parser
    reasoning-parser swap-space cpu-offload-gb block-size load-format tokenizer tokenizer-mode chat-template
    download-dir max-loras max-lora-rank enable-lora speculative-config limit-mm-per-prompt revision seed
    disable-log-requests disable-log-stats rope-scaling hf-overrides max-seq-len-to-capture
    """.split()
)
_COMMON = frozenset({"dtype", "quantization", "tokenizer", "revision", "seed", "download-dir", "chat-template"})
_TRUE, _FALSE = frozenset({"true", "1", "yes", "on"}), frozenset({"", "false", "0", "no", "off", "none"})
_SWITCH = pattern(r"(?:enable|disable|enforce|trust)-.*")


def claims(file: str, text: str) -> bool:
    """Whether a file holds variables for others, by its name."""
    last = file.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return bool(_NAME.fullmatch(last)) and not _NOT_NAME.fullmatch(last)


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launch that the variables describe; () where they are not sure to describe one."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a `.env` file."""
    return HostedWriter(launch, sites)


@dataclass(frozen=True, slots=True)
class _Part:
    """Words that one variable makes; `site` is the launch in its text, where it spells out options."""

    entry: DotEntry
    words: tuple[Word, ...]
    site: HostedSite | None = None


def sites(text: str, file: str) -> list[HostedSite]:
    """The launch with the places at which it may be edited."""
    if "vllm" not in text.lower():
        return []
    entries = list({entry.name: entry for entry in read_dotenv(text)}.values())
    commands = [entry for entry in entries if _COMMAND.search(entry.value)]
    if commands:
        settings = DotSettings(text, [entry for entry in entries if entry not in commands])
        return [site for entry in commands for site in sites_in(_view(text, entry, ""), file, name, settings)]
    parts = [part for entry in entries if (part := _part(text, entry, file))]
    parts = parts if _sure(parts) else []
    if not parts:
        return []
    mine = {part.entry.name for part in parts}
    settings = DotSettings(text, [entry for entry in entries if entry.name not in mine and not _off(entry)])
    return [_site(text, file, sorted(parts, key=lambda part: not _MODEL.fullmatch(part.entry.name)), settings)]


def _off(entry: DotEntry) -> bool:
    return entry.name.startswith("VLLM_") and _flag(entry) in _OPTIONS


def _sure(parts: Sequence[_Part]) -> bool:
    """Options that are spelled out, or a model beside options that only vLLM has."""
    if any(part.site for part in parts):
        return True
    named = [part.entry for part in parts if not _MODEL.fullmatch(part.entry.name)]
    model = any(_MODEL.fullmatch(part.entry.name) for part in parts)
    prefixed = [entry for entry in named if entry.name.startswith("VLLM_")]
    own = [entry for entry in named if _flag(entry) not in _COMMON]
    return model and (bool(prefixed) or len(own) > 1)


def _flag(entry: DotEntry) -> str:
    return entry.name.removeprefix("VLLM_").lower().replace("_", "-")


def _part(text: str, entry: DotEntry, file: str) -> _Part | None:
    """What a variable makes of the argument list; None for one that is no option."""
    value = entry.value.strip()
    place = Span(entry.place.start, entry.place.end)
    if _ARGUMENTS.fullmatch(entry.name) and value.startswith("-"):
        found = sites_in(_view(text, entry, f"{SERVE} "), file, name)
        return _Part(entry, found[0].launch.words, found[0]) if len(found) == 1 else None
    said = Word(entry.value, place.of(text), place, "$" in value)
    if _MODEL.fullmatch(entry.name):
        return _Part(entry, (said,)) if value else None
    flag = _flag(entry)
    if flag not in _OPTIONS:
        return None
    at = text.find(entry.name, entry.whole.start)
    head = Word(f"--{flag}", entry.name, Span(at, at + len(entry.name)))
    if _SWITCH.fullmatch(flag) and value.lower() in _TRUE | _FALSE:
        return _Part(entry, (head,)) if value.lower() in _TRUE else None
    return _Part(entry, (head, said)) if value else None


def _view(text: str, entry: DotEntry, program: str) -> TextView:
    out = Builder(text)
    start = entry.pieces[0].start if entry.pieces else entry.place.start
    out.put(program, start, start)
    out.add(entry.pieces)
    raw = entry.place.of(text)
    return TextView(out.source(), "\n", lambda piece: inside(raw, piece))


def _site(text: str, file: str, parts: Sequence[_Part], settings: DotSettings) -> HostedSite:
    host = _EnvHost(text, parts)
    span = Span(min(part.entry.whole.start for part in parts), max(part.entry.place.end for part in parts))
    launch = Launch(
        program=SERVE,
        words=tuple(word for part in parts for word in part.words),
        text=text,
        span=span,
        file=file,
        line=text.count("\n", 0, span.start) + 1,
        kind=name,
        env=settings.variables,
        program_source="consumer",
    )
    return HostedSite(launch, host, settings)


class _EnvHost(NoHost):
    """Words of several variables. What a consumer would make of a new variable is not known, so none is added."""

    def __init__(self, text: str, parts: Sequence[_Part]) -> None:
        self.text, self.parts = text, parts

    def _at(self, index: int) -> tuple[_Part, int]:
        for part in self.parts:
            if index < len(part.words):
                return part, index
            index -= len(part.words)
        raise IndexError(index)

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """Another value of the variable, or another word in its text."""
        part, at = self._at(index)
        if part.site:
            yield from part.site.host.replace(at, skip, value)
        elif not skip and not isinstance(value, Raw) and part.words[at].span == part.entry.place:
            written = written_like(value, part.entry.place.of(self.text))
            if written is not None:
                yield (Edit(part.entry.place, written),)

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """More words in a text of options."""
        part, at = self._at(index)
        if part.site:
            yield from part.site.host.insert(at, values)

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """More words at the end of the text of options, where there is one."""
        spelled = [part.site for part in self.parts if part.site]
        if spelled and self.parts[-1].site:
            yield from spelled[-1].host.append(values)

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """Words out of one text of options."""
        found = [self._at(index) for index in indices]
        site = found[0][0].site
        if site and all(part.site is site for part, _ in found):
            yield from site.host.delete([at for _, at in found])
