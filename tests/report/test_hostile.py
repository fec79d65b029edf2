"""One diagnosis in which every word is hostile, through every form of output."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest

from vllm_doctor.errors import InputError
from vllm_doctor.finding import (
    AttemptSummary,
    Change,
    Context,
    Deployment,
    Diagnosis,
    Evidence,
    Finding,
    Fix,
    LaunchReview,
    Review,
    Source,
    Step,
)
from vllm_doctor.report.json import diagnosis_json, error_json, review_json
from vllm_doctor.report.markdown import diagnosis_markdown
from vllm_doctor.report.pages import Page, explain_text, rules_text
from vllm_doctor.report.review import review_text
from vllm_doctor.report.sarif import reviews_sarif
from vllm_doctor.report.terminal import diagnosis_text, error_text, summary_text

SECRET = "hf_" + "Q7w8E9r0T1y2U3i4O5p6A7s8D9f0G1h2"
EVIL = (
    "[rank0] [/usr/local] \x1b[2J\x1b]0;t\x07\x9b1m\x90x\x9c \u202ecod\u2066 \r\b\x00 \u2028 \ud800"
    f" {SECRET} {{x}} %s"
)
FIX = Fix(
    changes=(Change("set", EVIL, EVIL, EVIL), Change("unsetenv", EVIL)),
    steps=(Step(EVIL, EVIL),),
    command=EVIL,
    command_kind="given",
    file=EVIL,
    effect="exposes",
    allow=EVIL,
    why=EVIL,
    checks=(EVIL,),
)
FINDING = Finding(
    id=EVIL,
    title=EVIL,
    explanation=EVIL,
    evidence=(Evidence(EVIL, 1, EVIL),),
    fixes=(FIX, FIX),
    avoid=(EVIL,),
    references=(EVIL,),
    place=EVIL,
)
NEEDS = Finding(id="n", title="n", needs=EVIL, options=(EVIL,))
DEPLOYMENT = Deployment(EVIL, (EVIL,), EVIL, EVIL, EVIL, EVIL, 1.0, 1, EVIL, EVIL)
CONTEXT = Context(EVIL, EVIL, (EVIL,), (Evidence(EVIL, 1, EVIL),))
SOURCES = (Source(EVIL, 1, 1), Source("b", 1, 1))
ATTEMPTS = (AttemptSummary(1, 1, "failed", EVIL, repeats=2),)


def _diagnosis(verdict: str, root: Finding | None) -> Diagnosis:
    findings = tuple(
        Finding("x", EVIL, role=role, evidence=(Evidence(EVIL, 1, EVIL),))
        for role in ("symptom", "note", "cause")
    )  # type: ignore[arg-type]
    return Diagnosis(SOURCES, verdict, root, findings, ATTEMPTS, DEPLOYMENT, CONTEXT, (EVIL,))  # type: ignore[arg-type]


DIAGNOSES = [
    _diagnosis("failed", FINDING),
    _diagnosis("warned", NEEDS),
    _diagnosis("unknown-failure", None),
    _diagnosis("incomplete", None),
]
LAUNCH = LaunchReview(EVIL, EVIL, (EVIL,), {EVIL: EVIL}, EVIL, EVIL, EVIL, 1, (FINDING, NEEDS), EVIL, (EVIL,))
REVIEW = Review(EVIL, (LAUNCH,), EVIL, EVIL, (EVIL,), (FINDING,))
PAGE = Page(EVIL, EVIL, EVIL, EVIL, EVIL, (EVIL,), (EVIL,), (EVIL,), (EVIL,), (EVIL,), (EVIL,))


def _texts() -> list[str]:
    texts = [draw for one in DIAGNOSES for draw in (diagnosis_text(one, width=60), diagnosis_markdown(one))]
    texts += [diagnosis_text(one, quiet=True) for one in DIAGNOSES]
    texts += [summary_text(DIAGNOSES), review_text(REVIEW), review_text(REVIEW, quiet=True)]
    return [*texts, rules_text([PAGE]), explain_text(PAGE), error_text(InputError(EVIL, EVIL, EVIL))]


TEXTS = _texts()
DATA = [
    *(diagnosis_json(one) for one in DIAGNOSES),
    review_json(REVIEW),
    error_json(InputError(EVIL)),
    reviews_sarif([REVIEW]),
]


@pytest.mark.parametrize("drawn", TEXTS)
def test_text_holds_no_control_and_keeps_the_brackets(drawn: str) -> None:
    categories = {unicodedata.category(char) for char in drawn.replace("\n", "").replace("\t", "")}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    drawn.encode("utf-8")


def test_what_is_escaped_is_still_seen() -> None:
    assert r"[rank0] [/usr/local] \x1b[2J\x1b]0;t\x07\x9b1m" in diagnosis_text(DIAGNOSES[0], width=200)


@pytest.mark.parametrize("drawn", DATA)
def test_data_is_printable_ascii(drawn: str) -> None:
    assert drawn.isascii()
    assert drawn.isprintable()
    json.loads(drawn)


@pytest.mark.parametrize("drawn", [*TEXTS, *DATA])
def test_no_secret(drawn: str) -> None:
    assert SECRET not in re.sub(r"\s", "", drawn)


def test_colour_adds_our_own_codes_only() -> None:
    drawn = diagnosis_text(DIAGNOSES[0], colour=True)
    assert "\x1b" not in re.sub(r"\x1b\[(0|1|2|36|1;3[1236])m", "", drawn)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp936"])
def test_any_stream_can_write_it(encoding: str) -> None:
    for one in DIAGNOSES:
        diagnosis_text(one, encoding=encoding, language="zh").encode(encoding)
    review_text(REVIEW, encoding=encoding).encode(encoding)
