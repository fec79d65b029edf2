"""Annotations of GitHub Actions: no text of a file can start a command of its own."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.finding import Finding, Region, Review
from vllm_doctor.report.github import review_github

from .samples import REVIEW


def test_findings_and_notes() -> None:
    region = Region(7, 12, 7, 30)
    launch = REVIEW.launches[0]
    first = replace(launch.findings[0], region=region)
    found = replace(REVIEW, launches=(replace(launch, findings=(first, *launch.findings[1:])),))
    assert review_github(found).splitlines() == [
        "::warning file=compose.yaml,line=7,endLine=7,col=12,endColumn=30,"
        "title=The API key stands in the command (secret-in-arguments)::Anyone who can list processes reads it."
        '%0A--api-key "${VLLM_API_KEY:?}"%0Aread at the start',
        "::error file=compose.yaml,line=3,title=vLLM has no --prot (unknown-flag)::vLLM has no --prot",
        "::notice file=compose.yaml,title=vllm-doctor::this table ends at 0.33.0",
    ]


def test_a_region_over_lines_has_no_columns() -> None:
    one = Finding("x", "X", severity="note", region=Region(2, 3, 4, 5))
    said = review_github(Review("./a,b:c.sh", (), "", findings=(one,)))
    assert said == "::notice file=a%2Cb%3Ac.sh,line=2,endLine=4,title=X (x)::X\n"


def test_a_command_has_no_file() -> None:
    assert review_github(Review("", (), "", findings=(Finding("x", "X"),))) == "::error line=1,title=X (x)::X\n"
    assert review_github(Review("a", (), "")) == ""


@given(st.text(st.sampled_from("\n\r%:,;x\x1b\u2028] #["), max_size=40))
def test_no_text_leaves_its_line_or_its_field(text: str) -> None:
    one = Finding("x", text, explanation=text, region=Region(1, 1, 1, 2))
    said = review_github(Review(f"a{text}", (), "", findings=(one,), notes=(text,)))
    assert len(said.splitlines()) == said.count("\n") == 2
    first = said.splitlines()[0]
    assert first.startswith("::error file=a")
    assert first.count("::") >= 2
    properties = first[len("::error ") :].split("::")[0]
    assert [part.partition("=")[0] for part in properties.split(",")] == [
        "file", "line", "endLine", "col", "endColumn", "title",
    ]  # fmt: skip
