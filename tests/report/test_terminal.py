"""The exact text of diagnoses built by hand, at several widths, in colour, in Chinese and in ASCII."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from vllm_doctor.errors import InputError, Problem, RuleErrors
from vllm_doctor.finding import AttemptSummary, Change, Diagnosis, Evidence, Finding, Fix, Step
from vllm_doctor.report.layout import columns
from vllm_doctor.report.terminal import diagnosis_text, error_text, summary_text

from .samples import ALL, HEALTHY, INCOMPLETE, KV, KV_ROOT, NOTHING_FITS, TWICE, UNKNOWN

SAMPLE = """\
crash.log · 148 lines · vLLM 0.24.0 (V1) · 1 GPU, 139.80 GiB
  /models/llama-3.1-8b

✗ One request does not fit in the KV cache                    kv-cache-too-small

  A request of max_model_len = 131,072 tokens needs 16.0 GiB of KV cache; 2.07
  GiB is left. The budget is 18.17 GiB (0.13 of 139.80), the weights took 15.0,
  activations and the rest 1.1. The longest request that fits is 16,944 tokens.

  Run this instead:

vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.13 --max-model-len 16384

  + --max-model-len 16384         longer requests are refused
  checked: parses as vLLM 0.24.0; needs 18.1 of 18.2 GiB

  or     --gpu-memory-utilization 0.24  the full length, 15 GiB more of the GPU
  or     --kv-cache-dtype fp8           twice the tokens, a little quality
  don't  --enforce-eager alone          frees 0.4 GiB, 13.9 are missing

  line 55  ValueError: To serve at least one request with the model's max seq l…
  line 31  Available KV cache memory: 2.07 GiB
  follows  "Engine core initialization failed" (146)
"""

NARROW_ASCII = """\
crash.log - 148 lines - vLLM 0.24.0 (V1)
  1 GPU, 139.80 GiB
  /models/llama-3.1-8b

x One request does not fit in the KV
  cache               kv-cache-too-small

  A request of max_model_len = 131,072
  tokens needs 16.0 GiB of KV cache;
  2.07 GiB is left. The budget is 18.17
  GiB (0.13 of 139.80), the weights took
  15.0, activations and the rest 1.1.
  The longest request that fits is
  16,944 tokens.

  Run this instead:

vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.13 --max-model-len 16384

  + --max-model-len 16384
        longer requests are refused
  checked: parses as vLLM 0.24.0; needs
           18.1 of 18.2 GiB

  or     --gpu-memory-utilization 0.24
        the full length, 15 GiB more of
        the GPU
  or     --kv-cache-dtype fp8
        twice the tokens, a little
        quality
  don't  --enforce-eager alone: frees
         0.4 GiB, 13.9 are missing

  line 55  ValueError: To serve at le...
  line 31  Available KV cache memory:...
  follows  "Engine core initia..." (146)
"""

TWICE_TEXT = """\
standard input · rank1.log · 1,300 lines · vLLM release not seen
  8 × NVIDIA H100 80GB HBM3, 79.15 GiB

  lines 1–120 failed: unsupported-architecture ×3
  lines 121–300 started

✓ started, but there is a warning:

! This vLLM does not know the architecture              unsupported-architecture

  Gemma3 came with 0.8.3.

  The log shows 0.8.0.

  Likely, not certain: the log does not rule out another cause.
  It may pass by itself: try again first.

  First: pip install 'vllm>=0.8.3'   on the server
  then: systemctl restart vllm   on the host

  Run this instead (rebuilt from the arguments that the log shows):

VLLM_USE_V1=1 \\
  vllm serve google/gemma-3-4b-it \\
\t--port 8000

  - --enable-reasoning
  + VLLM_USE_V1=1         was 0

  or  --trust-remote-code without --quantization  exposes something: only with
                                                  --allow trust-remote-code

  also  The port is taken (7, port-in-use)

  note  this table ends at 0.33.0
"""

UNKNOWN_TEXT = """\
odd.log · 90 lines · vLLM 0.24.0

✗ It failed, and no rule knows why                               unknown-failure

  The innermost exception, where it was raised, and the lines around it. Nothing
  here is a guess.

  RuntimeError: the flux capacitor is empty

  in  acme/flux.py:12 in charge
  in  vllm/v1/worker/gpu_worker.py:210 in load_model

  line 60  INFO 11-20 09:12:05 [gpu_worker.py:200] charging
  line 61  ERROR 11-20 09:12:06 [core.py:700] EngineCore failed to start.

To teach it this failure: vllm-doctor rules new --from odd.log
"""

INCOMPLETE_ZH = """\
hang.log · 40 行 · vLLM 0.24.0 · org/m

? 没有看到失败，也没有看到启动完成                incomplete

  最后一步：loading safetensors checkpoint shards: 3 of 8

  第 40 行  Loading safetensors

  接下来请获取：上一次运行的日志（kubectl logs --previous、
  docker logs）、容器的退出码（137 表示被杀死，常因内存不
  足），以及内核消息：dmesg | grep -i kill

  注意  the log was silent for 412 s
"""

NOTHING_FITS_TEXT = """\
big.log · 10 lines · vLLM release not seen

✗ The weights do not fit on this GPU                           weights-too-large

  They need 131.4 GiB.

  needs  131.4 GiB for the weights; there is 79.2 GiB

  What would help (none of it is a fix of this command):
  -  2 GPUs: --tensor-parallel-size 2
  -  an FP8 checkpoint: 65.9 GiB

  don't  raise --gpu-memory-utilization, because the weights alone are larger
         than the card is
"""

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def test_the_sample_of_the_design_page() -> None:
    assert diagnosis_text(KV) == SAMPLE


def test_colour_changes_no_character_and_ends_on_each_line() -> None:
    drawn = diagnosis_text(KV, colour=True)
    assert COLOURS.sub("", drawn) == SAMPLE
    assert "\x1b[1;31m✗\x1b[0m \x1b[1mOne request does not fit in the KV cache\x1b[0m" in drawn
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in drawn.splitlines())


def test_narrow_and_ascii() -> None:
    assert diagnosis_text(KV, width=40, encoding="ascii") == NARROW_ASCII


def test_attempts_steps_removals_and_a_later_start() -> None:
    assert diagnosis_text(TWICE) == TWICE_TEXT


def test_a_failure_that_no_rule_knows() -> None:
    assert diagnosis_text(UNKNOWN) == UNKNOWN_TEXT


def test_a_start_that_was_not_seen_to_finish_in_chinese() -> None:
    assert diagnosis_text(INCOMPLETE, width=60, language="zh") == INCOMPLETE_ZH


def test_when_nothing_fits() -> None:
    assert diagnosis_text(NOTHING_FITS) == NOTHING_FITS_TEXT


def test_a_healthy_start() -> None:
    assert diagnosis_text(HEALTHY) == "ok.log · 1 line · vLLM 0.8.0–0.10.2\n\n✓ started; nothing wrong was found\n"


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("width", [1, 40, 60, 80, 200])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_commands_flags_and_steps_pass_the_width(name: str, width: int, language: str) -> None:
    drawn = diagnosis_text(ALL[name], width=width, language=language)  # type: ignore[arg-type]
    unbroken = re.compile(
        r"^(vllm serve|To teach|要让它|  vllm serve|  [+-] |  .{2,8}pip install|.{2,8}systemctl|  or |  或 |  or  |  \S+  --)"
    )
    for line in drawn.splitlines():
        assert columns(line) <= max(width, 40) or unbroken.match(line) or len(line.split()) == 1, line


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp936", "utf-8", "no-such-codec"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(ALL))
def test_every_stream_can_write_it(name: str, encoding: str, language: str) -> None:
    drawn = diagnosis_text(ALL[name], encoding=encoding, language=language)  # type: ignore[arg-type]
    drawn.encode("ascii" if encoding == "no-such-codec" else encoding)
    assert "\\u" not in drawn


def test_chinese_falls_back_to_english_where_it_cannot_be_written() -> None:
    assert "Run this instead" in diagnosis_text(KV, encoding="cp1252", language="zh")
    assert "请改为运行" in diagnosis_text(KV, encoding="cp936", language="zh")


@pytest.mark.parametrize(
    ("diagnosis", "shown"),
    [
        (KV, "vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.13 --max-model-len 16384\n"),
        (TWICE, "VLLM_USE_V1=1 \\\n  vllm serve google/gemma-3-4b-it \\\n\t--port 8000\n"),
        (NOTHING_FITS, "weights-too-large\n"),
        (HEALTHY, "healthy\n"),
        (UNKNOWN, "unknown-failure\n"),
        (INCOMPLETE, "incomplete\n"),
    ],
)
def test_quiet_is_the_command_or_one_word(diagnosis: Diagnosis, shown: str) -> None:
    assert diagnosis_text(diagnosis, quiet=True, colour=False) == shown


def test_a_fragment_is_no_command() -> None:
    fix = Fix(
        (Change("set", "--max-model-len", None, "16384"),),
        command="--max-model-len 16384",
        command_kind="fragment",
    )
    diagnosis = replace(KV, root_cause=replace(KV_ROOT, fixes=(fix,)))
    assert diagnosis_text(diagnosis, quiet=True) == "kv-cache-too-small\n"
    assert "\n  Add to your command:\n\n--max-model-len 16384\n\n  + --max-model-len 16384\n" in diagnosis_text(
        diagnosis
    )


def _with(fix: Fix) -> str:
    return diagnosis_text(replace(KV, root_cause=replace(KV_ROOT, fixes=(fix,), avoid=(), evidence=()), findings=()))


def test_changes_without_a_command() -> None:
    drawn = _with(Fix((Change("remove", "--swap-space"), Change("unsetenv", "X")), why="it is gone"))
    assert "\n  Change in your command:\n  - --swap-space  it is gone\n  - X\n" in drawn


def test_steps_alone() -> None:
    drawn = _with(Fix(steps=(Step("nvidia-smi", "host"),), why="to see it", checks=("known",)))
    assert drawn.endswith("\n  Run: nvidia-smi   on the host\n  to see it\n  checked: known\n")


def test_a_patch_stands_at_column_0() -> None:
    drawn = _with(Fix(file="a.yaml", patch="--- a.yaml\n+++ a.yaml\n@@ -1 +1 @@\n-x\n+y\n", why="because"))
    assert "\n  Change a.yaml:\n\n--- a.yaml\n+++ a.yaml\n@@ -1 +1 @@\n-x\n+y\n\n  because\n" in drawn


def test_a_command_in_a_file_names_it() -> None:
    assert "  Run this instead (in run.sh):\n" in _with(
        Fix(command="vllm serve m", command_kind="given", file="run.sh")
    )


def test_many_attempts_show_the_first_and_the_last() -> None:
    attempts = tuple(AttemptSummary(n, n, "failed", f"c{n}", repeats=2) for n in range(1, 10))
    drawn = diagnosis_text(replace(KV, attempts=attempts))
    assert "  lines 3–3 failed: c3 ×2\n  … 6 more attempts\n  lines 7–7 failed: c7 ×2\n" in drawn


def test_evidence_of_several_logs_is_named_and_counted() -> None:
    evidence = tuple(Evidence("rank1.log", n, f"text {n}") for n in range(1, 10))
    root = replace(KV_ROOT, evidence=evidence)
    drawn = diagnosis_text(replace(TWICE, root_cause=root))
    assert "  rank1.log:1  text 1\n" in drawn
    assert "  …            3 more\n" in drawn


def test_summary_counts_causes() -> None:
    drawn = summary_text([KV, HEALTHY, KV, UNKNOWN])
    assert drawn == "4 logs: kv-cache-too-small ×2, healthy, unknown-failure\n"
    assert summary_text([KV], language="zh") == "1 个日志：kv-cache-too-small\n"
    assert summary_text([KV, KV], encoding="ascii") == "2 logs: kv-cache-too-small x2\n"


def test_errors() -> None:
    assert (
        error_text(InputError("no such file", "a.log", "Check the name"))
        == "error: a.log: no such file. Check the name\n"
    )
    problems = RuleErrors([Problem("a.yaml", 1, 2, "bad"), Problem("b.yaml", 0, 0, "empty")])
    assert error_text(problems) == "error: 2 things are wrong in the rules\n  a.yaml:1:2: bad\n  b.yaml: empty\n"


def test_a_note_is_a_finding_with_its_own_sign() -> None:
    note = Finding("floating-tag", "The tag moves", severity="note", role="note")
    assert "  note  The tag moves (floating-tag)\n" in diagnosis_text(replace(HEALTHY, findings=(note,)))
