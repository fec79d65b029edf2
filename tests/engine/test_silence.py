"""What is found and not told, and what is said of comments that silence nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor.engine.silence import Policy
from vllm_doctor.finding import Review
from vllm_doctor.pipeline import Checker, Options

NEEDLESS = "vllm serve org/m --tensor-parallel-size 1"
UNKNOWN = f"{NEEDLESS} --max-model-lenn 4096"
RELEASE = Options(vllm_version="0.24.0")


def _checked(text: str, file: str = "run.sh", policy: Policy | None = None, **wishes: bool) -> Review:
    return Checker(RELEASE).check(text, file, policy=policy, **wishes)


def _ids(review: Review) -> list[str]:
    return [one.id for launch in review.launches for one in launch.findings]


def _said(review: Review) -> list[str]:
    return [f"{one.id} {one.place}: {one.explanation}" for one in review.findings]


def test_without_a_comment_all_is_told() -> None:
    review = _checked(UNKNOWN)
    assert (_ids(review), review.ignored, review.findings) == (["unknown-flag", "needless-flag"], 0, ())


@pytest.mark.parametrize(
    "text",
    [
        f"set -e\n{UNKNOWN}  # vllm-doctor: ignore[unknown-flag] it is ours\n",
        f"set -e\n# vllm-doctor: ignore[unknown-flag]\n{UNKNOWN}\n",
        f"#!/bin/sh\n# vllm-doctor: ignore[unknown-flag]\n\nset -e\n{UNKNOWN}\n",
        f"set -e\n{NEEDLESS} \\\n  --max-model-lenn 4096 # vllm-doctor: ignore[unknown-flag]\n",
    ],
)
def test_a_comment_silences_the_launch_at_which_it_stands(text: str) -> None:
    review = _checked(text)
    assert (_ids(review), review.ignored, _said(review)) == (["needless-flag"], 1, [])


def test_and_no_other() -> None:
    text = f"set -e\n{UNKNOWN}\n# vllm-doctor: ignore[unknown-flag,needless-flag]\n{UNKNOWN}\n"
    review = _checked(text)
    assert [len(launch.findings) for launch in review.launches] == [2, 0]
    assert review.ignored == 2


def test_in_yaml_it_may_stand_above_the_service_or_at_the_argument() -> None:
    service = "    image: vllm/vllm-openai:v0.24.0\n    command:\n      - --model=org/m\n      - --prot=1{}\n"
    above = "services:\n  # vllm-doctor: ignore[unknown-flag]\n  one:\n" + service.format("")
    beside = "services:\n  one:\n" + service.format(" # vllm-doctor: ignore[unknown-flag]")
    for text in (above, beside):
        review = _checked(text, "compose.yaml")
        assert (_ids(review), review.ignored, _said(review)) == ([], 1, [])


def test_what_is_silent_is_not_mended() -> None:
    text = f"set -e\n# vllm-doctor: ignore[needless-flag]\n{NEEDLESS}\n{NEEDLESS}\n"
    assert _checked(text, tidy=True).fixed == text[: -len(" --tensor-parallel-size 1\n")] + "\n"
    assert _checked(NEEDLESS, policy=Policy(frozenset({"needless-flag"})), tidy=True).fixed is None
    assert _checked(NEEDLESS, policy=Policy(known=lambda *_: True), tidy=True).fixed is None


def test_a_comment_that_silences_nothing_is_told() -> None:
    review = _checked(f"set -e\n# vllm-doctor: ignore[unknown-flag, needless-flag]\n{NEEDLESS}\n")
    assert _said(review) == [
        "unused-ignore run.sh:2:1: Nothing is found here that unknown-flag would be: take it out of the comment."
    ]
    (one,) = review.findings
    assert (one.severity, one.role, one.rule) == ("note", "note", "unused-ignore")


def test_in_a_file_without_a_launch_too() -> None:
    review = _checked("make\n# vllm-doctor: ignore[unknown-flag]\nmake all\n", "build.sh")
    assert [one.id for one in review.findings] == ["unused-ignore"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("ignore[unknown-flg]", "There is no rule unknown-flg; did you mean unknown-flag?"),
        ("ignore[zzzzzzzz]", "There is no rule zzzzzzzz."),
        ("ignore because", "It names no rule, so it silences nothing: write ignore[rule-id]."),
    ],
)
def test_a_comment_without_a_rule_is_told(said: str, why: str) -> None:
    review = _checked(f"set -e\n# vllm-doctor: {said}\n{NEEDLESS}\n")
    assert _said(review) == [f"unknown-ignore run.sh:2:1: {why}"]


def test_the_settings_silence_and_weigh() -> None:
    review = _checked(UNKNOWN, policy=Policy(frozenset({"unknown-flag"}), {"needless-flag": "error"}))
    (finding,) = review.launches[0].findings
    assert (finding.id, finding.severity, review.ignored) == ("needless-flag", "error", 1)
    text = f"{NEEDLESS} # vllm-doctor: ignore[x-y-z]\n"
    assert _checked(text, policy=Policy(frozenset({"unknown-ignore"}))).findings == ()
    assert _checked(text, policy=Policy(severity={"unknown-ignore": "error"})).findings[0].severity == "error"


def test_a_baseline_is_asked_for_what_is_left() -> None:
    asked: list[tuple[str, int]] = []

    def known(id_: str, fingerprint: str, number: int) -> bool:
        asked.append((id_, number))
        return id_ == "needless-flag"

    text = f"{UNKNOWN} --max-num-seqss 3 # vllm-doctor: ignore[duplicate-flag]"
    review = _checked(text, policy=Policy(known=known))
    assert (set(_ids(review)), review.baselined) == ({"unknown-flag"}, 1)
    assert sorted(asked) == [("needless-flag", 1), ("unknown-flag", 2)]


def _print(text: str, file: str = "run.sh") -> str:
    (launch,) = _checked(text, file).launches
    return launch.findings[0].fingerprint


def test_a_fingerprint_is_of_what_is_started() -> None:
    same = _print(NEEDLESS)
    assert _print("set -e\n\n  vllm serve \\\n   'org/m'  --tensor-parallel-size   1 # x\n", "other.sh") == same
    others = (f"HF_HOME=/x {NEEDLESS}", f"{NEEDLESS} --port 1", NEEDLESS.replace("org", "other"))
    assert len({same, *(_print(text) for text in others)}) == 4


def test_no_secret_goes_into_a_fingerprint() -> None:
    first, second = (
        _print(f"HF_TOKEN={key}x7 {NEEDLESS} --api-key {key}") for key in ("hunter2hunter2", "0ther-s3cret")
    )
    assert first == second


def test_the_place_of_a_finding_is_what_it_means() -> None:
    text = f"set -e\n{UNKNOWN}\n"
    (launch,) = _checked(text).launches
    region = launch.findings[0].region
    assert region
    line = text.split("\n")[region.line - 1]
    assert line[region.col - 1 : region.end_col - 1] == "--max-model-lenn 4096"
    assert launch.region
    assert (launch.region.line, launch.region.col, launch.region.end_col) == (2, 1, len(UNKNOWN) + 1)


def test_of_a_long_file_the_first_launches_are_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "vllm serve org/good\n" + f"{NEEDLESS}\n" * 4
    monkeypatch.setattr("vllm_doctor.engine.review.MOST_READ", 2 * len(text))
    review = _checked(text, tidy=True)
    assert review.notes == ("no fixes were made for the last 2 launches with findings: this file is too long",)
    assert [len(one.fixes) for launch in review.launches for one in launch.findings] == [1, 1, 0, 0]
    assert review.fixed == "vllm serve org/good\n" + "vllm serve org/m\n" * 2 + f"{NEEDLESS}\n" * 2


def test_a_library_call_reads_comments_too(tmp_path: Path) -> None:
    from vllm_doctor import check

    (tmp_path / "run.sh").write_text(f"{NEEDLESS} # vllm-doctor: ignore[needless-flag]\n")
    assert _ids(check(tmp_path / "run.sh")) == []
