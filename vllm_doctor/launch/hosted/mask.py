"""Templates in a text, masked so that the text around them can be read; every character keeps its place.

An expression (`{{ model }}`) becomes letters that no text has, which stand for it and are put back afterwards. One that
names the program (`{{ vllm_bin }} serve`) ends as the program does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.site import NoHost, ViewHost
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

    from vllm_doctor.launch.hosted.site import Host, HostedSite, Settings
    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.types import Launch, Variable, Word
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.text import Span

_FIRST, _LAST = 0xF0000, 0xFFFFD
_MASKED = pattern("[\U000f0000-\U000ffffd]+")
_MASKED_TOO = pattern("([\U000f0000-\U000ffffd]+)((?:/vllm)?)")
_SERVES = pattern(r"[ \t]+serve\b")
_PROGRAM = "/vllm"


class Mask:
    """A text whose expressions are masked (`text`), and how to put them back.

    `original` is the text as it was where something of the same length has been blanked in `text` before.
    """

    def __init__(self, text: str, expressions: Iterable[re.Match[str]], original: str | None = None) -> None:
        self.original = text if original is None else original
        self._said: dict[str, str] = {}
        self._programs: set[str] = set()
        pieces: list[str] = []
        at = 0
        code = _FIRST
        taken = set(_MASKED.findall(text))
        for found in expressions:
            if code > _LAST or taken:
                break
            letter = chr(code)
            code += 1
            names = "vllm" in found[0].lower() and _SERVES.match(text, found.end())
            tail = _PROGRAM if names else ""
            pieces += [text[at : found.start()], letter * (len(found[0]) - len(tail)), tail]
            self._said[letter] = found[0]
            self._programs.update({letter} if names else ())
            at = found.end()
        self.text = "".join([*pieces, text[at:]])

    def unmasked(self, text: str) -> str:
        """A piece of the masked text as it was."""
        return _MASKED_TOO.sub(self._run, text)

    def _run(self, run: re.Match[str]) -> str:
        letters = dict.fromkeys(run[1])
        rest = "" if run[1][-1] in self._programs else run[2]
        return "".join(self._said.get(letter, letter) for letter in letters) + rest

    def site(self, site: HostedSite) -> HostedSite:
        """A launch of the masked text as one of the original, whose templates are never edited."""
        launch = replace(
            site.launch,
            text=self.original,
            words=tuple(self._word(word) for word in site.launch.words),
            env=tuple(self.variable(variable) for variable in site.launch.env),
            image=self._text(site.launch.image),
            container={key: self.unmasked(value) for key, value in site.launch.container.items()},
            argv_effective=self._texts(site.launch.argv_effective),
        )
        settings = MaskedSettings(site.settings, self) if site.settings else None
        return replace(site, launch=launch, host=self._host(site.host), settings=settings)

    def _host(self, host: Host) -> Host:
        return MaskedViewHost(host, self) if isinstance(host, ViewHost) else MaskedHost(host, self)

    def _word(self, word: Word) -> Word:
        dynamic = word.dynamic or bool(_MASKED.search(word.value))
        return replace(word, value=self.unmasked(word.value), raw=word.span.of(self.original), dynamic=dynamic)

    def variable(self, variable: Variable) -> Variable:
        """A variable with the templates of its value."""
        return replace(variable, value=self._text(variable.value))

    def _text(self, text: str | None) -> str | None:
        return None if text is None else self.unmasked(text)

    def _texts(self, texts: Sequence[str] | None) -> tuple[str, ...] | None:
        return None if texts is None else tuple(map(self.unmasked, texts))

    def allowed(self, ways: Iterator[Edits]) -> Iterator[Edits]:
        """The ways that leave every template as it is."""
        for edits in ways:
            if all(edit.span.of(self.text) == edit.span.of(self.original) for edit in edits):
                yield tuple(replace(edit, new=self.unmasked(edit.new)) for edit in edits)


class MaskedSettings:
    """Settings of a masked text."""

    def __init__(self, inner: Settings, mask: Mask) -> None:
        self.inner, self.mask = inner, mask

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables, with their templates."""
        return tuple(self.mask.variable(variable) for variable in self.inner.variables)

    def set(self, name: str, value: Value) -> Iterator[Edits]:
        """See `Settings.set`."""
        yield from self.mask.allowed(self.inner.set(name, value))

    def unset(self, name: str) -> Iterator[Edits]:
        """See `Settings.unset`."""
        yield from self.mask.allowed(self.inner.unset(name))


class MaskedHost(NoHost):
    """The host of a launch in a masked text."""

    def __init__(self, below: Host, mask: Mask) -> None:
        self.below, self.mask = below, mask

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """See `Host.replace`."""
        yield from self.mask.allowed(self.below.replace(index, skip, value))

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """See `Host.insert`."""
        yield from self.mask.allowed(self.below.insert(index, values))

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """See `Host.append`."""
        yield from self.mask.allowed(self.below.append(values))

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """See `Host.delete`."""
        yield from self.mask.allowed(self.below.delete(indices))

    def set_env(self, name: str, value: Value) -> Iterator[Edits]:
        """See `Host.set_env`."""
        yield from self.mask.allowed(self.below.set_env(name, value))

    def unset_env(self, name: str) -> Iterator[Edits]:
        """See `Host.unset_env`."""
        yield from self.mask.allowed(self.below.unset_env(name))


class MaskedViewHost(MaskedHost):
    """The host of a launch that stands in a view of a masked text."""

    def __init__(self, host: ViewHost, mask: Mask) -> None:
        super().__init__(host, mask)
        self.host = host

    @property
    def inner(self) -> Launch:
        """The launch as its view alone has it."""
        return self.host.inner

    def place(self, span: Span) -> Span:
        """See `ViewHost.place`."""
        return self.host.place(span)

    def made_of(self, edits: Edits) -> Iterator[Edits]:
        """See `ViewHost.made_of`."""
        yield from self.mask.allowed(self.host.made_of(edits))
