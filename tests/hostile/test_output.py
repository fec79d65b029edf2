"""Terminals, Markdown and GitHub's runner read what is drawn: nothing of a log or a file is a command to them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from vllm_doctor import pipeline
from vllm_doctor.finding import Diagnosis
from vllm_doctor.report.bug_form import bug_form
from vllm_doctor.report.github import review_github
from vllm_doctor.report.markdown import diagnosis_markdown, review_markdown
from vllm_doctor.report.review import review_text
from vllm_doctor.report.terminal import diagnosis_text

EVIL = {
    "clear screen": "\x1b[2J\x1b[H",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "device control": '\x1bP$q"p\x1b\\',
    "answer back": "\x05\x1b[6n\x1b[c",
    "eight-bit controls": "\x9b2J\x9d0;x\x9c\x90q\x9c",
    "overwritten line": "bad words\rgood words",
    "backspaces": "rm -rf ~\x08\x08\x08ls",
    "bidi": "\u202egnirts\u202c \u2066a\u2069 \u200f",
    "zero width": "a\u200bb\u200c\u200d\u2060\ufeff",
    "tags": "\U000e0041\U000e0042",
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "surrogates": "\ud800\udfff",
    "rich markup": "[bold red]x[/] [/usr/local] [link=http://evil]y[/link]",
    "fence": "```\n</details>\n# owned\n```",
    "long fence": "````````\n~~~~~~~~\n",
    "html": "<script>alert(1)</script><img src=x onerror=y><!-- <details><summary>",
    "image": "![x](http://evil/beacon.png) [y](javascript:alert(1)) <http://evil>",
    "reference": "@maintainer #123 GH-1 org/repo#5 [x]: http://evil",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "heading": "# owned\n\n---\n\n1. x\n\n> y\n\n    z",
    "maths": "$x$ $$y$$ :tada:",
    "annotation": "::error file=a.py,line=1::owned",
    "mask": "::add-mask::a\n::stop-commands::x\n::set-output name=a::b\n##[error]owned\n##vso[task.setvariable]x",
    "annotation with blanks": "   ::error::owned\r::error::owned%0A::error::owned",
}
LOG = """\
INFO 11-22 10:37:36 [api_server.py:1] vLLM API server version 0.11.0
INFO 11-22 10:37:36 [utils.py:1] non-default args: {'model': 'org/{evil}', 'port': 8000}
{evil}
ERROR 11-22 10:37:41 [core.py:390] Traceback (most recent call last):
ERROR 11-22 10:37:41 [core.py:390]   File "/x/{evil}/core.py", line 1, in f
ERROR 11-22 10:37:41 [core.py:390] {error}: {evil}
{evil}
"""
ERRORS = [
    "OddError",
    "OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
]
DRAWINGS: dict[str, Callable[[Diagnosis], str]] = {
    "text": lambda answer: diagnosis_text(answer, width=60),
    "wide text": lambda answer: diagnosis_text(answer, width=400),
    "markdown": diagnosis_markdown,
    "report": bug_form,
}
each_evil = pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)


def _answers(evil: str) -> Iterator[Diagnosis]:
    for error in ERRORS:
        log = LOG.replace("{evil}", evil).replace("{error}", error)
        yield pipeline.diagnose(log.encode("utf-8", "surrogatepass"), names=[f"{evil}.log"])


def _harmless(drawn: str) -> None:
    """No control character, and no line that GitHub's runner would take for a command."""
    assert not {unicodedata.category(char) for char in drawn if char not in "\n\t"} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert [line for line in drawn.splitlines() if line.lstrip().startswith(("::", "##["))] == []


@each_evil
@pytest.mark.parametrize("form", DRAWINGS)
def test_nothing_of_a_log_commands_who_shows_it(form: str, evil: str) -> None:
    """Terminals, and GitHub's runner, which reads `::error::` at the start of any line."""
    for answer in _answers(evil):
        _harmless(DRAWINGS[form](answer))


def _tokens(markdown: str) -> Iterator[Token]:
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        yield token
        yield from token.children or ()


@each_evil
def test_nothing_of_a_log_is_markup(evil: str) -> None:
    """Only our own headings, lists and fences, and one kind of HTML: the fold around attempts."""
    for answer in _answers(evil):
        for drawn in (diagnosis_markdown(answer), bug_form(answer)):
            found = list(_tokens(drawn))
            assert not {token.type for token in found} & {"html_inline", "image", "table_open", "hr", "code_block"}
            assert {token.content.strip() for token in found if token.type == "html_block"} <= {
                "</details>",
                *(token.content.strip() for token in found if token.content.startswith("<details><summary>attempts")),
            }
            assert not [token for token in found if token.type == "link_open" and "evil" in str(token.attrs)]
            assert not [token for token in found if token.type == "inline" and token.content.strip() == "owned"]


SCRIPT = "# {evil}\nvllm serve 'org/{evil}' --max-model-length '{evil}' --dtype '{evil}'\n"


@each_evil
def test_nothing_of_a_script_commands_who_shows_it(evil: str, tmp_path: Path) -> None:
    """`check`: text, Markdown, and annotations, each of which is one line of ours."""
    script = tmp_path / "start.sh"
    script.write_bytes(SCRIPT.replace("{evil}", evil.replace("'", "")).encode("utf-8", "replace"))
    review = pipeline.check(script)
    _harmless(review_text(review, width=60))
    _harmless(review_markdown(review))
    lines = review_github(review).splitlines()
    assert len(lines) == sum(len(launch.findings) for launch in review.launches) + len(review.findings) + len(
        review.notes
    )
    for line in lines:
        assert line.startswith(("::error ", "::warning ", "::notice "))
        properties, _, message = line.partition(" ")[2].partition("::")
        assert "::" not in properties
        assert not {"\r", "\n"} & set(message)
