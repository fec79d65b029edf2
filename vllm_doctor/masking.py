"""Secrets out of all that is drawn: what stands where a token, key or password belongs becomes `***`.

References (`$HF_TOKEN`, `"${VLLM_API_KEY:?}"`, `$(cat key)`, `{{ .Values.key }}`) stay, and so do words
that only look alike (`--tokenizer`, `max_tokens=16`, `key=` of a KeyError). vLLM logged `api_key` and
`hf_token` in its "non-default args" line in the clear until its pull requests 52523 and 53625 (August 2026).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from vllm_doctor import secret_patterns as known

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

MASKED = "***"
_WIDE = 60

# EMPTY is what vLLM's own examples and OpenAI's client write where there is no key (examples/online_serving)
_NOTHING = frozenset({"", "none", "null", "true", "false", "[]", "str", "optional", "empty"})
_SECRET_ENDS = (
    "key",
    "keyid",
    "key_id",
    "key-id",
    "token",
    "secret",
    "passwd",
    "password",
    "passphrase",
    "credential",
    "credentials",
    "_pass",
    "pwd",
)


_shown: ContextVar[bool] = ContextVar("shown", default=False)


@contextmanager
def showing(shown: bool = True) -> Iterator[None]:
    """While this lasts nothing is hidden (or, with False, all is again): for a terminal whose owner asks for it."""
    token = _shown.set(shown)
    try:
        yield
    finally:
        _shown.reset(token)


def are_shown() -> bool:
    """Whether secrets are shown as they are."""
    return _shown.get()


def mask(text: str) -> str:
    """The text with each secret as `***`. Masking twice changes nothing more.

    Where colours or joiners part a secret that an eye reads whole, they are left out of the text.
    """
    return _mask(text)


def _mask(text: str, *among: tuple[str, ...]) -> str:
    masked = _masked(text, *among)
    if text.isprintable() or not known.INVISIBLE.search(text):
        return masked
    seen = _masked(known.INVISIBLE.sub("", text))
    return masked if known.INVISIBLE.sub("", masked) == seen else seen


def _masked(text: str, *among: tuple[str, ...]) -> str:
    if _shown.get() or not known.hinted(text, *among):
        return text
    for pattern in known.compiled("bare"):
        text = pattern.sub(_replace_bare, text)
    for pattern in known.compiled("lists"):
        text = pattern.sub(_replace_list, text)
    for pattern in known.compiled("values"):
        text = pattern.sub(_replace, text)
    return text


def mask_pieces(pieces: Sequence[str]) -> list[str]:
    """The pieces of one text, cut where a terminal or a container's log cut it, masked.

    Where a secret stands in two of them, each piece is the whole text, masked.
    """
    whole = mask("".join(pieces))
    if len(pieces) == 1:
        return [whole]
    alone = [mask(piece) for piece in pieces]
    return alone if "".join(alone) == whole else [whole] * len(pieces)


def mask_lines(lines: Sequence[str], own: Sequence[bool] = (), wide: int = _WIDE) -> list[str]:
    """Lines that follow each other, each masked as what it is among them: a value on the next line, a wrapped token.

    `own` tells which lines begin something of their own, so that nothing is wrapped into them; a line of `wide`
    columns may have been wrapped by a terminal.
    """
    return _alone_and_together(lines, own, wide)[1]


def hidden_among(lines: Sequence[str], own: Sequence[bool]) -> dict[int, str]:
    """Those of the lines, by their number, of which `mask_lines` hides more than each alone shows; masked."""
    alone, together = _alone_and_together(lines, own, _WIDE)
    return {index: new for index, (new, old) in enumerate(zip(together, alone, strict=True)) if new != old}


def _alone_and_together(lines: Sequence[str], own: Sequence[bool], wide: int) -> tuple[list[str], list[str]]:
    whole = "".join(lines)
    among = known.hints_in(whole)
    if _shown.get() or (not among and not known.INVISIBLE.search(whole)):
        return list(lines), list(lines)
    alone = [_mask(line, among) for line in lines]
    together = _mask("\n".join(lines), among).split("\n")
    if len(together) != len(lines):
        together = [line if line in together else MASKED for line in alone]
    for index in range(1, len(lines)):
        if not (own and own[index]):
            _mask_border(lines, index, together, wide, among)
    return alone, together


def _mask_border(lines: Sequence[str], index: int, made: list[str], wide: int, among: tuple[str, ...]) -> None:
    """Hide a secret that begins, itself or its name, at the end of one line and ends on the next."""
    before, after = lines[index - 1], lines[index]
    joined, border = before + after, len(before)
    if not known.hinted(joined, among):
        return
    for pattern in (*known.compiled("bare"), *known.compiled("lists"), *known.compiled("values")):
        for found in pattern.finditer(joined):
            start, end = found.span("value")
            sure = border >= wide or found["value"][:1] in ("'", '"') or has_token(found["value"])
            if found.start() < border < end and sure and MASKED not in found["value"]:
                if start < border:
                    made[index - 1] = mask(before[:start]) + MASKED
                made[index] = after[: max(0, start - border)] + MASKED + mask(after[end - border :])
                return


def mask_argv(argv: Sequence[str]) -> list[str]:
    """Arguments with the values of secret options masked; `--api-key` takes all words up to the next option.

    A word with a slash is a model or a path, never a key.
    """
    masked: list[str] = []
    after_secret = False
    for word in argv:
        if word.startswith("-"):
            after_secret = is_secret_name(word) and "=" not in word
        hide = after_secret and not word.startswith("-") and "/" not in word
        masked.append(_hide(word) if hide else mask(word))
    return masked


def mask_data(value: Any, name: str = "") -> Any:
    """JSON data with every secret in it masked; `name` is the key or option that the value belongs to."""
    if isinstance(value, dict):
        verbs = ("set", "remove", "setenv", "unsetenv", "give")
        owner = next((str(value[verb]) for verb in verbs if verb in value), "")
        return {mask(key): mask_data(item, owner if key in ("from", "to") else key) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if name.startswith("argv"):
            return mask_argv(value)
        return [mask_data(item, name) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and is_hidden(name):
        return MASKED
    if not isinstance(value, str):
        return value
    return _hide(value) if is_secret_name(name) else mask(value)


def is_secret_name(name: str) -> bool:
    """Whether an option, variable or key of this name holds a secret."""
    if not name.lower().endswith(_SECRET_ENDS):
        return False
    (pattern,) = known.compiled("names")
    return bool(pattern.match(name))


def is_hidden(name: str) -> bool:
    """Whether what has this name is to be hidden: a secret, unless secrets are shown."""
    return not _shown.get() and is_secret_name(name)


def has_token(text: str) -> bool:
    """Whether there is a token in the text that its own form tells."""
    (pattern,) = known.compiled("shapes")
    return bool(pattern.search(text))


def _hide(value: str) -> str:
    """A secret value as it is shown: quotes stay, and so does what is only a reference or no value at all."""
    prefix, quote, inner = _unquoted(value)
    if _shown.get() or inner.lower() in _NOTHING or known.REFERENCE.fullmatch(inner):
        return value
    return f"{prefix}{quote}{MASKED}{quote}"


def _unquoted(value: str) -> tuple[str, str, str]:
    prefix = value[0] if value[:2] in ("b'", 'b"') else ""
    body = value[len(prefix) :]
    if len(body) >= 2 and body[0] == body[-1] and body[0] in "'\"":
        return prefix, body[0], body[1:-1]
    if body[:1] in ("'", '"'):  # a cut line left it open
        return prefix, body[0], body[1:]
    return prefix, "", body


def _replace(found: re.Match[str]) -> str:
    return found["keep"] + _hide(found["value"])


def _replace_bare(found: re.Match[str]) -> str:
    value = found["value"]
    prose = value.split()[0].lower().strip(".,:") in known.PROSE
    if prose or (value.startswith("-") and not found["keep"].endswith("=")):
        return found[0]
    return found["keep"] + _hide_words(value)


def _hide_words(value: str) -> str:
    """A value, or the several keys of an option; a word with a slash is a model or a path, never a key."""
    if value[0] in "'\"" or not known.BLANK.search(value):
        return _hide(value)
    first, *others = known.BLANK.split(value)
    return " ".join([_hide(first), *(word if "/" in word else _hide(word) for word in others)])


def _replace_list(found: re.Match[str]) -> str:
    inner = found["value"].strip()
    quote = inner[:1] if inner[:1] in ("'", '"') else ""
    if inner.strip("'\"").lower() in _NOTHING:
        return found[0]
    return f"{found['keep']}[{quote}{MASKED}{quote}{']' if found[0].endswith(']') else ''}"
