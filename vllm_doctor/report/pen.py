"""The pen: what the stream can show (width, colour, signs), the language, and how a text is drawn."""

from __future__ import annotations

from vllm_doctor.masking import mask
from vllm_doctor.report import layout
from vllm_doctor.report.safe import STAND_INS, clean, clean_lines, encodable
from vllm_doctor.report.words import Language, all_words, count, word
from vllm_doctor.values import dataclass

STYLES = {
    "bad": "1;31",
    "good": "1;32",
    "warn": "1;33",
    "strong": "1",
    "dim": "2",
    "id": "36",
    "command": "1;36",
}
"""ANSI codes by meaning; colour repeats what the words say already."""

_GAP = 2
_TAB = 8
_INDENT = 2
_NARROWEST = 20
_LEAST_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Pen:
    """How one output is drawn. `width` is in terminal columns (`of` takes 40 at least)."""

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"
    language: Language = "en"

    @classmethod
    def of(cls, width: int, colour: bool, encoding: str, language: Language) -> Pen:
        """A pen that this stream can follow: English where it cannot write the language."""
        spoken = language if language == "en" or writes(encoding, language) else "en"
        return cls(max(width, _LEAST_WIDTH), colour, encoding, spoken)

    def word(self, key: str, **values: object) -> str:
        """One of our own words, as this stream can show it. Values must be drawn already (`say`)."""
        return encodable(word(self.language, key, **values), self.encoding)

    def count(self, key: str, n: int) -> str:
        """Our word for `n` things."""
        return count(self.language, key, n)

    def sign(self, sign: str) -> str:
        """One of our signs (✗ ✓ · … ×) or its ASCII stand-in."""
        return encodable(sign, self.encoding)

    def say(self, text: str) -> str:
        """Any text on one line: secrets masked, controls visible, only what the stream encodes."""
        return encodable(clean(mask(text)), self.encoding)

    def say_lines(self, text: str) -> list[str]:
        """Any text with its own lines (a command, a patch), each drawn as `say` does, tabs kept."""
        return encodable(clean_lines(mask(text).strip("\n")), self.encoding).split("\n")

    def paint(self, text: str, style: str) -> str:
        """The text in the style's colour, if there is colour and a style."""
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self.colour and style and text else text

    def cut(self, text: str, width: int) -> str:
        """The text in at most `width` columns."""
        return layout.cut(text, width, self.sign("…"))

    def prose(self, text: str, indent: int = _INDENT) -> list[str]:
        """Paragraphs (parted by empty lines) wrapped at the width, an empty line between them."""
        lines: list[str] = []
        for paragraph in text.replace("\r\n", "\n").split("\n\n"):
            wrapped = layout.wrap(self.say(paragraph), self.width - indent)
            if wrapped:
                lines += [*([""] if lines else []), *(" " * indent + line for line in wrapped)]
        return lines

    def labelled(self, label: str, text: str, label_width: int = 0, style: str = "dim") -> list[str]:
        """`  label  text`, the text wrapped under itself. `text` is drawn already."""
        room = max(label_width, layout.columns(label)) + _GAP
        lines = layout.wrap(text, max(self.width - _INDENT - room, _NARROWEST))
        start = " " * _INDENT + self.paint(label, style) + " " * (room - layout.columns(label))
        rest = " " * (_INDENT + room)
        return [(start if number == 0 else rest) + line for number, line in enumerate(lines or [""])]

    def beside(self, left: str, right: str, style: str = "", column: int = 0) -> list[str]:
        """`left` as it is (never wrapped), `right` wrapped in a column, or below where that is too narrow.

        The column is the given one, else the next tab stop behind `left`.
        """
        painted = self.paint(left, style)
        if not right:
            return [painted]
        used = layout.columns(left) + _GAP
        stop = _INDENT + (used - _INDENT + _TAB - 1) // _TAB * _TAB
        column = column if column >= used else stop
        if self.width - column < _NARROWEST:
            indent = " " * (2 * _INDENT + 2 * _GAP)
            return [painted, *(indent + line for line in layout.wrap(right, self.width - len(indent)))]
        first, *rest = layout.wrap(right, self.width - column) or [""]
        gap = " " * (column - layout.columns(left))
        return [painted + gap + first, *(" " * column + line for line in rest)]


def writes(encoding: str, language: Language) -> bool:
    """Whether a stream of that encoding can write all our words of the language."""
    signs = str.maketrans(dict.fromkeys(STAND_INS, ""))
    try:
        "".join(all_words(language)).translate(signs).encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True
