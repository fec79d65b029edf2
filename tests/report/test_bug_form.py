"""What vLLM's bug form is answered with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vllm_doctor import diagnose
from vllm_doctor.finding import Context, Deployment, Diagnosis, Evidence, Finding, Fix, Source
from vllm_doctor.report.bug_form import bug_form

EXAMPLE = Path(__file__).parents[2] / "examples" / "kv-cache-too-small.log"
DEPLOYMENT = Deployment(
    vllm_version="0.24.0", version_source="banner", model="m", gpu="H100", gpu_total_gib=79.1, gpu_count=2,
    command="vllm serve m --api-key \"${VLLM_API_KEY:?}\"", command_source="shell",
)  # fmt: skip
ROOT = Finding(
    "a-cause", "A cause", explanation="It failed.", evidence=(Evidence("a.log", 12, "boom HF_TOKEN=hf_abcdefghijklmnop"),),
    fixes=(Fix(command="vllm serve m", why="it helps"),),
)  # fmt: skip
SYMPTOM = Finding("s", "S", role="symptom", evidence=(Evidence("a.log", 3, "```\n@someone"),))
FOUND = Diagnosis((Source("a.log", 20, 99),), "failed", ROOT, (ROOT, SYMPTOM), (), DEPLOYMENT)


def test_the_headings_are_the_forms() -> None:
    headings = [line for line in bug_form(FOUND).splitlines() if line.startswith("### ")]
    assert headings == [
        "### Your current environment",
        "### 🐛 Describe the bug",
        "### Before submitting a new issue...",
    ]


def test_what_the_log_shows_of_the_environment() -> None:
    lines = bug_form(FOUND).splitlines()
    assert "vLLM                : 0.24.0 (from: banner)" in lines
    assert "GPU                 : 2 x H100, 79.10 GiB" in lines
    assert "Log                 : a.log, 20 lines" in lines
    assert bug_form(replace(FOUND, deployment=Deployment())).count("not in the log") == 4


def test_lines_stand_in_the_logs_order_and_hold_no_secret() -> None:
    text = bug_form(FOUND)
    assert "a.log:3: ``` @someone\na.log:12: boom HF_TOKEN=***\n" in text
    assert "hf_abc" not in text
    assert text.index("````text") < text.index("a.log:3:")


def test_the_command_stands_in_a_fence_and_the_ways_out_below_the_cause() -> None:
    text = bug_form(FOUND)
    assert f"```bash\n{DEPLOYMENT.command}\n```" in text
    assert text.index("**A cause** (`a-cause`)") < text.index("What should help:")


def test_a_failure_that_no_rule_knows_shows_the_innermost_exception() -> None:
    context = Context("ValueError", "bad\nvalue", ("a.py:1 outer", "b.py:2 inner"), (Evidence("a.log", 4, "near"),))
    text = bug_form(replace(FOUND, verdict="unknown-failure", root_cause=None, findings=(), context=context))
    assert "ValueError: bad\nvalue\n  at b.py:2 inner\n  at a.py:1 outer" in text
    assert "a.log:4: near" in text


def test_of_a_real_log() -> None:
    text = bug_form(diagnose(EXAMPLE))
    assert "vLLM                : 0.24.0" in text
    assert "vllm serve /models/llama-3.1-8b --skip-tokenizer-init" in text
    assert ":55: ValueError: To serve at least one request" in text
