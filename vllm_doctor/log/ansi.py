"""Text as a terminal shows it: no escape sequences, no zero bytes."""

from __future__ import annotations

from vllm_doctor.patterns import pattern

_ESCAPE = pattern(
    r"[\x1b\x9b]"
    r"(?:(?:(?<=\x9b)|\[)[0-?]{0,64}[ -/]{0,8}[@-~]"  # CSI: colours, cursor
    r"|\][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|[PX^_][^\x1b\n]{0,4096}(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|[ -/]{1,8}[0-~]"
    r"|[0-Z\\`-~]"
    r"|)"
)
_PRINTED_CSI = pattern(r"(?:#033|\^\[|\\u001[bB]|\\x1[bB]|\\033|(?<![A-Z])ESC|␛|\\e)\[[0-9;?]{0,32}[A-HJKSTfmnsulh]")


def plain(text: str) -> str:
    """`text` (one line or many) without escape sequences, sent or printed by name (`#033[2m`, `^[[0m`).

    Carriage returns at line ends go; others stay for the line's reader.
    """
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPE.sub("", text)
    if (
        "033[" in text
        or "1b[" in text
        or "1B[" in text
        or "^[[" in text
        or "\\e[" in text
        or "ESC[" in text
        or "␛[" in text
    ):
        text = _PRINTED_CSI.sub("", text)
    if "\x00" in text:
        text = text.replace("\x00", "")
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")
    if "\r" in text or "^M" in text:
        text = _line_ends(text)
    return text


def _printed(text: str) -> bool:
    return "^[[" in text or "\\e[" in text or "ESC[" in text or "␛[" in text


def _line_ends(text: str) -> str:
    text = text.replace("^M", "\r").replace("\r\n", "\n")
    return text[:-1] if text.endswith("\r") else text


def states(text: str) -> list[str]:
    """The states that a line with carriage returns went through, the last one last, empty ones left out."""
    return [state for state in text.split("\r") if state.strip()] or [""]
