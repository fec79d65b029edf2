"""Secrets out of all that is drawn: what stands where a token, key or password belongs becomes `***`.

References (`$HF_TOKEN`, `"${VLLM_API_KEY:?}"`, `$(cat key)`, `{{ .Values.key }}`) stay, and so do words
that only look alike (`--tokenizer`, `max_tokens=16`, `key=` of a KeyError). vLLM logged `api_key` and
`hf_token` in its "non-default args" line in the clear until its pull requests 52523 and 53625 (August 2026).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.report import secret_patterns as known

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

MASKED = "***"

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
)
_REFERENCES = ("$", "`", "{{", "<", "%", MASKED)


def mask(text: str) -> str:
    """The text with each secret as `***`. Masking twice changes nothing more."""
    if not known.HINT.search(text):
        return text
    for pattern in known.compiled(known.BARE_VALUES):
        text = pattern.sub(_replace_bare, text)
    for pattern in known.compiled(known.LISTS):
        text = pattern.sub(_replace_list, text)
    for pattern in known.compiled(known.VALUES):
        text = pattern.sub(_replace, text)
    return text


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
        return {
            mask(key): mask_data(item, owner if key in ("from", "to") else key) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        if name.startswith("argv"):
            return mask_argv(value)
        return [mask_data(item, name) for item in value]
    if not isinstance(value, str):
        return value
    return _hide(value) if is_secret_name(name) else mask(value)


def is_secret_name(name: str) -> bool:
    """Whether an option, variable or key of this name holds a secret."""
    if not name.lower().endswith(_SECRET_ENDS):
        return False
    (pattern,) = known.compiled((rf"(?:.*(?:{known.NAME})|--token)\Z",))
    return bool(pattern.match(name))


def _hide(value: str) -> str:
    """A secret value as it is shown: quotes stay, and so does what is only a reference or no value at all."""
    prefix, quote, inner = _unquoted(value)
    if inner.lower() in _NOTHING or inner.startswith(_REFERENCES):
        return value
    return f"{prefix}{quote}{MASKED}{quote}"


def _unquoted(value: str) -> tuple[str, str, str]:
    prefix = value[0] if value[:2] in ("b'", 'b"') else ""
    body = value[len(prefix) :]
    if len(body) >= 2 and body[0] == body[-1] and body[0] in "'\"":
        return prefix, body[0], body[1:-1]
    return prefix, "", body


def _replace(found: re.Match[str]) -> str:
    return found["keep"] + _hide(found["value"])


def _replace_bare(found: re.Match[str]) -> str:
    value = found["value"]
    if value.startswith("-") or value.lower().strip(".,:") in known.PROSE:
        return found[0]
    return found["keep"] + _hide(value)


def _replace_list(found: re.Match[str]) -> str:
    inner = found["value"].strip()
    quote = inner[:1] if inner[:1] in ("'", '"') else ""
    if inner.strip("'\"").lower() in _NOTHING:
        return found[0]
    return f"{found['keep']}[{quote}{MASKED}{quote}]"
