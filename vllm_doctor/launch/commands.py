"""A shell text cut into simple commands, in the order in which they stand."""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.lexer import lex
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.launch.source import Source
    from vllm_doctor.launch.types import Token, Word

ASSIGNMENT = pattern(r"([A-Za-z_]\w*)(\+?)=", re.ASCII)
_ARRAY = pattern(r"[A-Za-z_]\w*\+?=", re.ASCII)
_OPENS = frozenset({"if", "while", "until", "for", "case", "select"})
_CLOSES = frozenset({"fi", "done", "esac"})
_LEADS = frozenset({"if", "while", "until", "then", "else", "elif", "do", "{", "!"})
_NAMES_ONLY = frozenset({"for", "case", "select", "function", "[["})


@dataclass(frozen=True, slots=True)
class Arg:
    """A word of a command, with the text in which it stands."""

    source: Source
    token: Token

    @property
    def value(self) -> str:
        """What the shell makes of it."""
        return self.token.value

    @property
    def word(self) -> Word:
        """The word with its place in the outermost text."""
        return self.source.word(self.token)

    def part(self, skip: int) -> Arg:
        """The word without the first `skip` characters of its value, as in `--entrypoint=vllm`."""
        return Arg(self.source, replace(self.token, value=self.token.value[skip:])) if skip else self

    def nested(self, skip: int = 0) -> Source:
        """What stands inside its quotes, as a text of its own."""
        return self.source.within(self.token, skip)


@dataclass(slots=True)
class Command:
    """A simple command: its words and where they came from, reserved words in front left out.

    `arrays` are the `NAME=(...)` among its words, by the index of the word `NAME=`. `conditional` is true
    under `if`, `case`, a loop, `&&` or `||`. `before` is the operator or line break that ended the command
    in front. `heredocs` are bodies that this command reads.
    """

    source: Source
    words: list[Token] = field(default_factory=list)
    arrays: dict[int, list[Token]] = field(default_factory=dict)
    redirects: list[tuple[Token, Token]] = field(default_factory=list)
    heredocs: list[Token] = field(default_factory=list)
    conditional: bool = False
    before: str = ""

    @property
    def args(self) -> list[Arg]:
        """The words with the text in which they stand."""
        return [Arg(self.source, token) for token in self.words]


class _Splitter:
    """Walks the tokens once; `flush` ends the command that is being gathered."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.done: list[Command] = []
        self.now = Command(source)
        self.depth = 0
        self.before = ""
        self.readers: list[Command] = []

    def flush(self, before: str) -> None:
        command = self.now
        if command.words or command.redirects:
            self._reserved(command)
            command.conditional |= self.depth > 0 or self.before in ("&&", "||")
            command.before = self.before
            self.done.append(command)
            self.before = before
        elif before.strip():
            self.before = before
        self.now = Command(self.source)

    def _reserved(self, command: Command) -> None:
        words = command.words
        count = 0
        while count < len(words) and (word := words[count].raw) in _LEADS | _NAMES_ONLY | _CLOSES:
            self.depth = max(0, self.depth + (word in _OPENS) - (word in _CLOSES))
            if word == "function":
                count += 2
            elif word in _NAMES_ONLY:
                count = len(words)
            else:
                count += 1
        if count:
            command.arrays = {at - count: items for at, items in command.arrays.items() if at >= count}
            del words[:count]

    def run(self, tokens: list[Token]) -> list[Command]:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            at += 1
            if token.kind == "word":
                at = self._word(tokens, at, token)
            elif token.kind == "redirect":
                at = self._redirect(tokens, at, token)
            elif token.kind in ("operator", "newline"):
                self.flush(token.raw)
            elif token.kind == "heredoc" and self.readers:
                self.readers.pop(0).heredocs.append(token)
        self.flush("")
        return self.done

    def _word(self, tokens: list[Token], at: int, token: Token) -> int:
        self.now.words.append(token)
        opens = at < len(tokens) and tokens[at].raw == "("
        if not (opens and _ARRAY.fullmatch(token.raw)):
            return at
        items: list[Token] = []
        depth = 0
        while at < len(tokens):
            piece = tokens[at]
            at += 1
            depth += (piece.raw == "(") - (piece.raw == ")") if piece.kind == "operator" else 0
            if piece.kind == "word":
                items.append(piece)
            if depth == 0:
                break
        self.now.arrays[len(self.now.words) - 1] = items
        return at

    def _redirect(self, tokens: list[Token], at: int, token: Token) -> int:
        while at < len(tokens) and tokens[at].kind in ("space", "continuation"):
            at += 1
        if at == len(tokens) or tokens[at].kind != "word":
            return at
        self.now.redirects.append((token, tokens[at]))
        if "<<" in token.raw and "<<<" not in token.raw:
            self.readers.append(self.now)
        return at + 1


def commands(source: Source) -> list[Command]:
    """The simple commands of a text; operators, comments and reserved words are gone."""
    return _Splitter(source).run(lex(source.inner))
