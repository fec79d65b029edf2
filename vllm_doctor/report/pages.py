"""The catalogue for a person: a table of all rules (`rules`), and a page about one of them (`explain`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.report import layout
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.terminal import draw, title_lines
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.report.words import Language


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be said of a rule, in the language of the reader.

    `kind` is "cause", "lint" or "symptom". `explanation` holds one paragraph an item, `signatures`, `fixes`,
    `avoid` and `references` one sentence or address an item, `examples` one quoted text (of lines) an item.
    """

    id: str
    kind: str
    title: str
    cause: str = ""
    severity: str = "error"
    explanation: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def rules_text(
    pages: Sequence[Page],
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
) -> str:
    """All rules, one line each: id, kind, title; in the order given. The title is wrapped in its column."""
    pen = Pen.of(width, colour, encoding, language)
    names = max((layout.columns(pen.say(page.id)) for page in pages), default=0)
    kinds = max((layout.columns(_kind(pen, page)) for page in pages), default=0)
    lines: list[str] = []
    for page in pages:
        name = layout.pad(pen.say(page.id), names)
        left = f"{name}  {layout.pad(_kind(pen, page), kinds)}"
        first, *rest = pen.beside(left, pen.say(page.title), column=names + kinds + 4)
        lines += [pen.paint(name, "id") + first.removeprefix(name), *rest]
    return draw([lines])


def explain_text(
    page: Page,
    *,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
) -> str:
    """One page: title and id, the explanation, how it is seen, what helps and what does not, examples."""
    pen = Pen.of(width, colour, encoding, language)
    names = page.id if page.cause in ("", page.id) else f"{page.id} ({page.cause})"
    blocks = [
        title_lines(pen, _SIGNS.get(page.kind, "-"), "strong", page.title, names),
        *(pen.prose(paragraph) for paragraph in page.explanation),
        *_section(pen, "page.seen", page.signatures),
        *_section(pen, "page.fixes", page.fixes),
        *_section(pen, "page.avoid", page.avoid),
    ]
    if page.examples:
        blocks.append(pen.prose(pen.word("page.examples")))
        blocks += [[f"    {line}" for line in pen.say_lines(example)] for example in page.examples]
    return draw([*blocks, *_section(pen, "page.references", page.references)])


_SIGNS = {"cause": "✗", "symptom": "…", "lint": "!"}


def _section(pen: Pen, key: str, items: Sequence[str]) -> list[list[str]]:
    if not items:
        return []
    return [
        [*pen.prose(pen.word(key)), *(line for item in items for line in pen.labelled("-", pen.say(item)))]
    ]


def _kind(pen: Pen, page: Page) -> str:
    return pen.word(f"kind.{page.kind}") if page.kind in ("cause", "lint", "symptom") else pen.say(page.kind)
