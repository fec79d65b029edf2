"""Characters that a word processor or a web page put in place of a shell's: dashes, quotes, blanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.repairs import Repair
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Token

DASH, QUOTE, SPACE = "dash", "quote", "space"

_DASHES = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = "\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff"
_DOUBLE, _SINGLE = "\u201c\u201d\u201e\u201f\uff02", "\u2018\u2019\u201a\u201b\uff07"
_ANY = pattern(f"[{_DASHES}{_SPACES}{_DOUBLE}{_SINGLE}]")
_FLAG = pattern(f"(?P<dashes>-?[{_DASHES}][-{_DASHES}]?)(?P<name>[A-Za-z][\\w.-]*)")
_OPENS = pattern(f"(?:^|(?<=[=,\\s]))[{_DOUBLE}{_SINGLE}]")
_QUOTES = pattern(f"[{_DOUBLE}{_SINGLE}]")
_BLANKS = pattern(f"[{_SPACES}]+")
_AS_SPACE = {ord(char): "" if char in "\u200b\ufeff" else " " for char in "\u00a0\u202f\u205f\u3000\ufeff"} | {
    code: "" if code == 0x200B else " " for code in range(0x2000, 0x200C)
}
_SHORT = frozenset({"tp", "pp", "dp", "it", "ti", "O"})
"""Options of more than one letter that have one dash, in vLLM and in docker."""


def repairs(tokens: Sequence[Token], text: str) -> Iterator[Repair]:
    """A repair for each dash at the start of a word, each blank between words, and each pair of quotes."""
    if not _ANY.search(text):
        return
    for token in tokens:
        if token.kind == "word" and not token.raw.isascii():
            yield from _of_word(token, text)


def meant_flag(value: str) -> str | None:
    """The option that a word with another dash was meant to be; None for other words."""
    found = _FLAG.match(value)
    return dashes(found) + value[found.end("dashes") :] if found else None


def dashes(found: re.Match[str]) -> str:
    """The dashes that were meant before a name."""
    name = found["name"]
    return "-" if len(found["dashes"]) == 1 and (len(name) == 1 or name in _SHORT) else "--"


def _of_word(token: Token, text: str) -> Iterator[Repair]:
    start, raw = token.span.start, token.raw
    blanks = _BLANKS.match(raw)
    head = (blanks.end() if blanks else 0) + (raw[:1] in ("'", '"') and token.quote != "")
    if flag := _FLAG.match(raw, head):
        span = Span(start + flag.start("dashes"), start + flag.end("dashes"))
        yield Repair(DASH, span, (Edit(span, dashes(flag)),))
    if token.quote:
        yield from _in_json(token)
    elif not any(char in raw for char in "'\""):
        for blank in _BLANKS.finditer(raw):
            span = Span(start + blank.start(), start + blank.end())
            yield Repair(SPACE, span, (Edit(span, blank[0].translate(_AS_SPACE)),))
        yield from _quotes(token, text)


def _in_json(token: Token) -> Iterator[Repair]:
    """Curly quotes in a quoted word that is JSON with straight ones."""
    import json

    found = list(_QUOTES.finditer(token.raw)) if token.value[:1] in ("{", "[") else []
    if not found or any(one[0] not in _DOUBLE for one in found):
        return
    try:
        json.loads(_QUOTES.sub('"', token.value))
    except ValueError:
        return
    straight = '"' if token.quote == "'" else '\\"'
    places = [Span(token.span.start + one.start(), token.span.start + one.end()) for one in found]
    yield Repair(QUOTE, Span(places[0].start, places[-1].end), tuple(Edit(place, straight) for place in places))


def _quotes(token: Token, text: str) -> Iterator[Repair]:
    """The quotes from one that opens a word to the one that closes it, on the same line."""
    raw, start = token.raw, token.span.start
    opens = _OPENS.search(raw)
    if not opens:
        return
    line = text.find("\n", start)
    ends = list(_QUOTES.finditer(text, start + opens.end(), len(text) if line < 0 else line))
    family = _DOUBLE if opens[0] in _DOUBLE else _SINGLE
    close = next((one for one in ends if one[0] in family and not text[one.end() : one.end() + 1].isalnum()), None)
    if close is None:
        return
    first, last = Span(start + opens.start(), start + opens.end()), Span(close.start(), close.end())
    inside = text[first.end : last.start]
    if any(char in inside for char in "'\"\\") and not inside.startswith(("{", "[")):
        return
    quote = '"' if family is _DOUBLE and '"' not in inside else "'"
    yield Repair(QUOTE, Span(first.start, last.end), (Edit(first, quote), Edit(last, quote)))
