"""What `check` prints."""

from __future__ import annotations

from dataclasses import replace

from vllm_doctor.finding import Finding, LaunchReview, Region, Review
from vllm_doctor.report.review import review_text

from .samples import KV_ROOT, REVIEW

TEXT = """\
compose.yaml:3 · vllm serve · org/m · vllm/vllm-openai:v0.24.0 · vLLM 0.24.0

! The API key stands in the command                          secret-in-arguments
  compose.yaml:7:12

  Anyone who can list processes reads it.

  + --api-key "${VLLM_API_KEY:?}"         was ***; read at the start

✗ vLLM has no --prot                                                unknown-flag
  compose.yaml:8:12

  line 8  --prot

  Run this instead:

vllm serve org/m --api-key "${VLLM_API_KEY:?}" --port 8000

  note  this table ends at 0.33.0

1 error, 1 warning in 1 launch
"""
GOOD = LaunchReview("vllm serve", "org/m", ("org/m",), {}, None, None, "run.sh", 2)


def test_findings_and_the_fixed_command() -> None:
    assert review_text(REVIEW) == TEXT


def test_a_good_launch() -> None:
    assert (
        review_text(Review("run.sh", (GOOD,), ""))
        == "run.sh:2 · vllm serve · org/m\n\n✓ nothing wrong was found\n"
    )


def test_no_launch() -> None:
    assert review_text(Review("run.sh", (), "")) == "run.sh: no launch of vLLM was found\n"


def test_what_vllm_receives_in_a_broken_launch() -> None:
    launch = replace(GOOD, argv_effective=("org/m", "--api-key", "tops3cret"))
    assert "\n  vLLM receives  org/m --api-key ***\n" in review_text(Review("run.sh", (launch,), ""))


def test_without_a_fixed_command_the_findings_keep_theirs() -> None:
    launch = replace(GOOD, findings=(KV_ROOT,))
    assert "\nvllm serve /models/llama-3.1-8b --gpu" in review_text(Review("run.sh", (launch,), ""))


def test_findings_of_the_file_itself() -> None:
    review = Review("a.yaml", (GOOD,), "", findings=(Finding("yaml-quoting", "8080:80 is a number"),))
    drawn = review_text(review, language="zh")
    assert "✗ 8080:80 is a number" in drawn
    assert drawn.endswith("\n1 个启动命令中有1 个错误\n")


def test_quiet() -> None:
    assert review_text(REVIEW, quiet=True) == 'vllm serve org/m --api-key "${VLLM_API_KEY:?}" --port 8000\n'
    launch = replace(REVIEW.launches[0], fixed=None)
    assert (
        review_text(replace(REVIEW, launches=(launch,)), quiet=True) == "secret-in-arguments\nunknown-flag\n"
    )
    assert review_text(Review("run.sh", (GOOD,), ""), quiet=True) == ""


def test_a_long_place_is_not_cut() -> None:
    launch = replace(GOOD, file="deep/" * 20 + "run.sh")
    lines = review_text(Review(launch.file, (launch,), "")).splitlines()
    assert lines[:2] == [f"{launch.file}:2", "  vllm serve · org/m"]


def test_launches_with_nothing_wrong_are_left_out_of_a_repository() -> None:
    review = Review("run.sh", (GOOD, replace(GOOD, line=9, findings=(Finding("x", "X"),))), "", notes=("odd",))
    drawn = review_text(review, good=False, summed=False)
    assert drawn.splitlines()[0] == "run.sh:9 · vllm serve · org/m"
    assert drawn.endswith("\n  note  run.sh: odd\n")
    assert review_text(Review("a", (), "", notes=("odd",)), good=False) == "  note  a: odd\n"


def test_the_line_that_is_meant_is_quoted() -> None:
    meant = Finding("x", "X", place="run.sh:2:12", region=Region(2, 12, 2, 17))
    launch = replace(GOOD, findings=(meant,), region=Region(2, 1, 2, 17))
    drawn = review_text(Review("run.sh", (launch,), "\nvllm serve org/m\n"))
    assert "\n  run.sh:2:12\n\n  2 | vllm serve org/m\n    |            ^^^^^\n\n" in drawn
    whole = replace(launch, findings=(replace(meant, region=launch.region),))
    assert " | " not in review_text(Review("run.sh", (whole,), "\nvllm serve org/m\n"))
