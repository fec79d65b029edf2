"""The line that sums up a repository."""

from __future__ import annotations

from dataclasses import replace

from vllm_doctor.finding import Finding, Review
from vllm_doctor.report.summary import Tally, tally_text

from .samples import REVIEW


def test_all_that_is_counted() -> None:
    tally = Tally(without=1497, large=2, nested=["third_party/\x1bx"])
    tally.add(REVIEW)
    tally.add(replace(REVIEW, ignored=2, baselined=3, findings=(Finding("x", "X", severity="note"),)))
    tally.add(Review("README.md", (), ""))
    assert tally_text(tally, width=200).splitlines() == [
        "2 launches in 2 files, 5 findings (2 errors, 2 warnings, 1 note), 2 ignored, 3 in the baseline; "
        "1,497 files without vLLM; 1 file without a launch; 2 files over 4 MiB not read",
        r"not entered, being a repository of its own: third_party/\x1bx",
    ]
    assert all(len(line) <= 60 for line in tally_text(tally, width=60).splitlines())


def test_in_few_words() -> None:
    tally = Tally(without=1)
    tally.add(replace(REVIEW, launches=(replace(REVIEW.launches[0], findings=()),)))
    assert tally_text(tally) == "1 launch in 1 file; 1 file without vLLM\n"
    assert tally_text(tally, language="zh") == "1 个文件中有 1 个启动命令；1 个文件不含 vLLM\n"
    assert tally_text(Tally(without=500)) == "no launch of vLLM was found; 500 files without vLLM\n"
