"""Words written into a Python list, and strings into a Python literal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.commas import CommaListing
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.hosted.cells import Cell

_OPENING = pattern(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_NEXT_LITERAL = pattern(r"['\"](?:\s|\\\r?\n|#[^\r\n]*)*[A-Za-z]{0,2}['\"]")


class PythonListing(CommaListing):
    """Words written as Python string literals, in the quotes of the word beside them."""

    def whole(self, cell: Cell | None, value: str) -> str | None:
        """A string literal."""
        opening = _OPENING.match(self.text, cell.span.start, cell.span.end) if cell else None
        quote = opening[2][0] if opening else '"'
        written = escaped(value, "", quote)
        return None if written is None else quote + written + quote

    def part(self, cell: Cell, place: int, value: str) -> str | None:
        """A piece of a literal; None where there is no literal, or there are several."""
        style = style_of(cell.span.of(self.text))
        return escaped(value, *style) if style else None


def style_of(raw: str) -> tuple[str, str] | None:
    """The prefix and the quotes of one string literal; None for several, and for anything else."""
    opening = _OPENING.match(raw)
    if not opening or not raw.endswith(opening[2]):
        return None
    inside = raw[opening.end() : -len(opening[2])].replace("\\\\", "").replace("\\" + opening[2][0], "")
    return (opening[1].lower(), opening[2]) if opening[2] not in inside else None


def escaped(value: str, prefix: str, quote: str) -> str | None:
    """Text as it must stand inside a literal; None where it cannot."""
    if "f" in prefix:
        value = value.replace("{", "{{").replace("}", "}}")
    if "r" in prefix:
        return None if quote in value or "\n" in value or value.endswith("\\") else value
    made = value.replace("\\", "\\\\").replace(quote, "\\" + quote if len(quote) == 1 else "\\" + "\\".join(quote))
    if len(quote) == 3:
        return made if not made.endswith(quote[0]) else made[:-1] + "\\" + quote[0]
    made = made.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return None if any(ord(char) < 32 for char in made) else made
