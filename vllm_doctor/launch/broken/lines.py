"""Commands that end before their writer wanted them to: a comment, a blank or an empty line in a continuation."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from vllm_doctor.launch.programs import ENGINES, SHELLS, WRAPPERS
from vllm_doctor.launch.repairs import Repair
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Token

COMMENT = "comment"
BLANK = "blank-after-backslash"
EMPTY = "empty-line"
MISSING = "missing-backslash"

_OPTION = pattern("[-\u2010-\u2015\u2212]{1,3}[A-Za-z]")
_STRAY = pattern(r"\\[ \t](?:#.*)?", re.DOTALL)
_ASSIGNS = pattern(r"[A-Za-z_]\w*\+?=")
_NAMED = pattern(r"vllm|api_server")
_PREFIXES = frozenset({"sudo", "env", "exec", "nohup"})


def repairs(tokens: Sequence[Token], text: str) -> Iterator[Repair]:
    """A repair for each line break that cuts a command which may start vLLM."""
    depth, line, first, at = 0, 0, -1, 0
    while at < len(tokens):
        token = tokens[at]
        end = at + 1
        if token.kind == "word" and first < 0:
            first = at
        elif token.kind == "heredoc":
            first, line = -1, end
        elif token.kind == "operator":
            opens = token.raw == "(" and (depth or (at and tokens[at - 1].raw.endswith("=")))
            depth += 1 if opens else -1 if token.raw == ")" and depth else 0
            first = first if depth else -1
        elif token.kind == "newline" and not depth:
            cut = _Cut(tokens, text, line, first, at) if first >= 0 else None
            repair = cut.repair() if cut else None
            if repair:
                yield repair
            if cut and repair and cut.follows is not None and cut.goes_on():
                end = cut.follows
            else:
                first, line = -1, end
        at = end
    if first >= 0 and not depth and (repair := _Cut(tokens, text, line, first, len(tokens)).repair()):
        yield repair


class _Cut:
    """A line break (the token `end`) that ends the command which begins at `first`, on the line from `line` on."""

    def __init__(self, tokens: Sequence[Token], text: str, line: int, first: int, end: int) -> None:
        self.tokens, self.text, self.line, self.first, self.end = tokens, text, line, first, end
        words = [at for at in range(first, end) if tokens[at].kind == "word"]
        self.stray = next((at for at in words[1:] if self._is_stray(at)), None)
        words = [at for at in words if self.stray is None or at < self.stray]
        self.last = words[-1]
        self.words = [tokens[at] for at in words]
        self.follows = self._following()
        self.between = tokens[self.last + 1 : self.end if self.follows is None else self.follows]
        self.newlines = [token for token in self.between if token.kind == "newline"]

    def _is_stray(self, at: int) -> bool:
        """Whether a word is a backslash that was meant to continue the line, with a blank or a comment behind it."""
        raw = self.tokens[at].raw
        behind = self.tokens[at + 1 : self.end]
        return bool(_STRAY.fullmatch(raw)) and (
            "#" in raw or all(token.kind in ("space", "comment") for token in behind)
        )

    def _following(self) -> int | None:
        """The first word of the next command where only blanks, line breaks and comments come before it."""
        for index in range(self.end, len(self.tokens)):
            kind = self.tokens[index].kind
            if kind == "word":
                return index
            if kind not in ("space", "newline", "comment", "continuation"):
                return None
        return None

    def repair(self) -> Repair | None:
        """What mends the break; None where the command ends here as its writer wanted."""
        if not _may_start(self.words):
            return None
        if self.follows is not None and self.goes_on():
            return self._joined(self.tokens[self.follows].span.start)
        return self._ended() if self.stray is not None else None

    def goes_on(self) -> bool:
        """Whether the next command was meant to be the rest of this one."""
        continued = self.stray is not None or self._says_more()
        kinds = [token.kind for token in self.between if token.kind != "space"]
        empty = any(one == two == "newline" for one, two in pairwise(kinds))
        if self.follows is None or (empty and not continued):
            return False
        following = self.tokens[self.follows]
        if _OPTION.match(following.value):
            return not all(_ASSIGNS.match(word.raw) for word in self.words)
        if not continued or _incomplete(self.words):
            return continued
        start = self.tokens[self.first].span.start
        return self.stray is not None and self._column(following.span.start) > self._column(start)

    def _says_more(self) -> bool:
        """Whether the command's last line ends in a backslash, be it in a comment."""
        near = next((token for token in self.between if token.kind != "space"), None)
        if near is None or near.kind not in ("continuation", "comment"):
            return False
        return near.raw.rstrip().endswith("\\")

    def _column(self, at: int) -> int:
        return at - self.text.rfind("\n", 0, at) - 1

    def _edge(self) -> int:
        return self.tokens[self.end].span.start if self.end < len(self.tokens) else len(self.text)

    def _comments(self) -> list[str]:
        """The comments between the command and its rest, with one that stands behind a backslash and a blank."""
        said = [token.raw for token in self.between if token.kind == "comment"]
        if self.stray is not None and "#" in self.tokens[self.stray].raw:
            start = self.tokens[self.stray].span.start + 2
            said.insert(0, self.text[start : self._edge()])
        return said

    def _joined(self, end: int) -> Repair:
        """The gap before the rest as it should be; its comments go before the command."""
        start = self.tokens[self.last].span.end
        newline = self.newlines[0].raw
        said = self._comments()
        place = self.tokens[self.line].span.start
        margin = self.text[place : place + len(self.text[place:]) - len(self.text[place:].lstrip(" \t"))]
        rows = "".join(margin + comment.rstrip(" \t\\") + newline for comment in said)
        indent = self.text[self.text.rfind("\n", 0, end) + 1 : end]
        how, shown = self._how(bool(said))
        keeps = (Edit(Span(place, place), rows),) if said else ()
        return Repair(how, shown, (Edit(Span(start, end), f" \\{newline}{indent}"),), keeps)

    def _how(self, comments: bool) -> tuple[str, Span]:
        """The kind of the break, and what to show of it."""
        end = self.tokens[self.last].span.end
        comment = next((token.span for token in self.between if token.kind == "comment"), None)
        if self.stray is not None:
            shown = Span(self.tokens[self.stray].span.start, self._edge())
            return (COMMENT, comment or shown) if comments else (BLANK, shown)
        if comment:
            return COMMENT, comment
        if any(token.kind == "continuation" for token in self.between):
            return EMPTY, self.newlines[0].span
        return MISSING, Span(self.tokens[self.last].span.start, end)

    def _ended(self) -> Repair:
        """A backslash and a blank where nothing follows: they would be a word of their own."""
        assert self.stray is not None  # noqa: S101 - the caller asks
        edge = self._edge()
        shown = Span(self.tokens[self.stray].span.start, edge)
        comment = self.text[shown.start + 1 : edge].strip()
        edit = Edit(Span(self.tokens[self.last].span.end, edge), f"  {comment}" if comment else "")
        return Repair(COMMENT if comment else BLANK, shown, (edit,))


def _may_start(words: Sequence[Token]) -> bool:
    """Whether a command may start vLLM: it says so, or is a container, a variable, or only a part of a command."""
    if any(word.raw.startswith(("[", "<")) for word in words):
        return False
    head = words[0].value.rsplit("/", 1)[-1]
    return (
        any(_NAMED.search(word.value.lower()) for word in words)
        or head in ENGINES | _PREFIXES | WRAPPERS
        or words[0].raw.startswith(('"$', "$"))
        or all(_ASSIGNS.match(word.raw) for word in words)
    )


def _incomplete(words: Sequence[Token]) -> bool:
    """Whether a command lacks what it would start: only variables, a wrapper, a container without an image."""
    rest = [word.value for word in words]
    while rest and (rest[0] in _PREFIXES or _ASSIGNS.match(rest[0])):
        rest = rest[1:]
    if not rest:
        return True
    heads = [word.rsplit("/", 1)[-1] for word in rest]
    if heads[0] in ENGINES:
        return not any(_is_image(one, two) for one, two in pairwise(rest))
    if heads[0] in WRAPPERS and not any(_starts(head) for head in heads):
        return True
    return rest[-1] in ("serve", "-m")


def _starts(head: str) -> bool:
    """Whether a word behind a wrapper is a program that it may start."""
    return (
        head in SHELLS | ENGINES or head.startswith(("vllm", "python", "api_server")) or head.endswith((".sh", ".py"))
    )


def _is_image(before: str, word: str) -> bool:
    """Whether a word of `docker run` may be its image, by what stands before it."""
    bare = not word.startswith("-") and "=" not in word and not word.startswith(("/", "~", "."))
    return bare and "vllm" in word.lower() and before not in ("--name", "-v", "--volume", "--network", "--hostname")
