"""What `check` prints."""

from __future__ import annotations

from dataclasses import replace

from vllm_doctor.finding import Finding, LaunchReview, Review
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
