"""The table of rules and the page about one."""

from __future__ import annotations

from vllm_doctor.report.pages import Page, explain_text, rules_text

PAGE = Page(
    "kv-small",
    "cause",
    "One request does not fit in the KV cache of this GPU, or of any other one",
    cause="kv-cache-too-small",
    explanation=("First.", "Second."),
    signatures=("ValueError in _check_enough_kv_cache_memory",),
    fixes=("--max-model-len {longest_len}: longer requests are refused",),
    avoid=("--enforce-eager alone",),
    examples=("INFO a\n  ERROR b",),
    references=("https://docs.vllm.ai/",),
)
TABLE = """\
kv-small   cause  One request does not fit in the KV cache of this GPU, or of
                  any other one
acme/tags  lint   [rank0] \\x1b[31m
"""
EXPLAINED = """\
✗ One request does not fit in the KV cache of this GPU, or of any other one
                                                   kv-small (kv-cache-too-small)

  First.

  Second.

  How it is seen:
  -  ValueError in _check_enough_kv_cache_memory

  What helps:
  -  --max-model-len {longest_len}: longer requests are refused

  What does not help:
  -  --enforce-eager alone

  Examples:

    INFO a
      ERROR b

  See also:
  -  https://docs.vllm.ai/
"""


def test_the_table() -> None:
    assert rules_text([PAGE, Page("acme/tags", "lint", "[rank0] \x1b[31m")]) == TABLE


def test_the_table_in_colour_and_chinese() -> None:
    drawn = rules_text([Page("a", "symptom", "b")], colour=True, language="zh")
    assert drawn == "\x1b[36ma\x1b[0m  症状  b\n"


def test_a_page() -> None:
    assert explain_text(PAGE) == EXPLAINED


def test_a_short_page() -> None:
    assert explain_text(Page("a", "lint", "B", cause="a"), width=40) == "! B" + " " * 36 + "a\n"
