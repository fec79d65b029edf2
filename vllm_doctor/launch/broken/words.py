"""Words that the shell takes apart: JSON whose quotes it eats, and blanks around the `=` of an option."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vllm_doctor.launch.repairs import Repair
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Token

JSON, EQUALS = "shell-json", "equals"

_HEAD = pattern(r"(?:--?[A-Za-z][\w.-]*=)?(?P<quote>\"?)(?=[{\[])")
_FLAG = pattern(r"--?[A-Za-z][\w.-]*")
_DECODER = json.JSONDecoder()
_MOST = 20_000


def repairs(tokens: Sequence[Token], text: str) -> Iterator[Repair]:
    """A repair for each JSON value that is not quoted, and each `=` that stands apart."""
    done, before = 0, ""
    for at, token in enumerate(tokens):
        if token.kind != "word" or token.span.start < done:
            continue
        value = before.startswith("-") or token.raw.startswith("-")
        found = (value and _of_json(token, text)) or _of_equals(tokens, at)
        before = token.raw
        if found:
            done = found.span.end
            yield found


def _of_json(token: Token, text: str) -> Repair | None:
    """JSON without quotes around it, or in the double quotes that its own ones end."""
    head = _HEAD.match(token.raw)
    if not head:
        return None
    start = token.span.start + head.end()
    try:
        _, length = _DECODER.raw_decode(text[start : start + _MOST])
    except (ValueError, RecursionError):
        return None
    end, quote = start + length, head["quote"]
    said = text[start:end]
    behind = text[end : end + len(quote) + 1]
    ends = behind.startswith(quote) and (len(behind) == len(quote) or behind[-1] in " \t\r\n;&|)")
    if '"' not in said or not ends:
        return None
    whole = Span(start - len(quote), end + len(quote))
    sides = Span(whole.start, start), Span(end, whole.end)
    if not any(char in said for char in "'$`\\"):
        return Repair(JSON, whole, tuple(Edit(side, "'") for side in sides))
    inner = [Edit(Span(start + at, start + at), "\\") for at, char in enumerate(said) if char in '"\\']
    return Repair(JSON, whole, (Edit(sides[0], '"'), *inner, Edit(sides[1], '"')))


def _of_equals(tokens: Sequence[Token], at: int) -> Repair | None:
    """`--flag = value`, `--flag =value`, `--flag= value` on one line."""
    token = tokens[at]
    name, equals, value = token.raw.partition("=")
    if not _FLAG.fullmatch(name) or not name.startswith("--") or value:
        return None
    words, gaps = [token], []
    for following in tokens[at + 1 :]:
        if following.kind == "word":
            words.append(following)
        elif following.kind == "space":
            gaps.append(following.span)
        if following.kind not in ("word", "space") or len(words) == 3:
            break
    last = _value_behind(words, bool(equals))
    if last is None:
        return None
    end = last.span.start
    return Repair(EQUALS, Span(token.span.start, last.span.end), tuple(Edit(gap, "") for gap in gaps if gap.end <= end))


def _value_behind(words: Sequence[Token], glued: bool) -> Token | None:
    """The value that was meant for the option in front; None where nothing stands apart."""
    values = [word.raw for word in words]
    if glued:
        return words[1] if len(words) > 1 and not values[1].startswith(("-", "=")) else None
    if len(words) > 2 and values[1] == "=" and not values[2].startswith("-"):
        return words[2]
    return (
        words[1]
        if len(words) > 1 and values[1].startswith("=") and len(values[1]) > 1 and values[1][1] != "="
        else None
    )
