"""Markdown for an issue: the exact text, and that no content breaks out of its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from vllm_doctor.finding import LaunchReview, Review
from vllm_doctor.report import markup
from vllm_doctor.report.markdown import diagnosis_markdown, review_markdown

from .samples import ALL, HEALTHY, INCOMPLETE, KV, KV_ROOT, REVIEW, TWICE, UNKNOWN

TEXT = """\
## One request does not fit in the KV cache (`kv-cache-too-small`)

A request of max_model_len = 131,072 tokens needs 16.0 GiB of KV cache; 2.07 GiB is left. The budget is \
18.17 GiB (0.13 of 139.80), the weights took 15.0, activations and the rest 1.1. The longest request that \
fits is 16,944 tokens.

**Run this instead:**

```bash
vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.13 --max-model-len 16384
```

- `--max-model-len 16384`: longer requests are refused
- checked: parses as vLLM 0.24.0; needs 18.1 of 18.2 GiB
- or `--gpu-memory-utilization 0.24`: the full length, 15 GiB more of the GPU
- or `--kv-cache-dtype fp8`: twice the tokens, a little quality
- don't: --enforce-eager alone: frees 0.4 GiB, 13.9 are missing

See also:

- <https://docs.vllm.ai/en/latest/configuration/conserving_memory.html>

### Evidence

```text
crash.log:55: ValueError: To serve at least one request with the model's max seq len (131072), \
(16.0 GiB KV cache is needed, which is larger
crash.log:31: Available KV cache memory: 2.07 GiB
crash.log:146: Engine core initialization failed   <- follows
```

### Deployment

- logs: `crash.log` (148 lines)
- vLLM 0.24.0 (V1)
- 1 GPU, 139.80 GiB
- model: `/models/llama-3.1-8b`

command (given):

```bash
vllm serve /models/llama-3.1-8b --gpu-memory-utilization 0.13
```
"""


def test_a_diagnosis() -> None:
    assert diagnosis_markdown(KV) == TEXT


def test_attempts_are_folded_and_steps_are_fenced() -> None:
    drawn = diagnosis_markdown(TWICE)
    assert (
        "<details><summary>Attempts (4)</summary>\n\n- lines 1–120 failed: `unsupported-architecture` ×3\n"
        "- lines 121–300 started\n\n</details>\n" in drawn
    )
    assert "then (on the host):\n\n```bash\nsystemctl restart vllm\n```\n" in drawn


def test_what_no_rule_knows() -> None:
    drawn = diagnosis_markdown(UNKNOWN)
    assert drawn.startswith("## It failed, and no rule knows why\n")
    assert "```text\nRuntimeError: the flux capacitor is empty\nsecond line\n  in acme/flux.py:12 in charge\n" in drawn
    assert "odd.log:61: ERROR 11-20" in drawn


def test_other_verdicts() -> None:
    assert diagnosis_markdown(HEALTHY).startswith("## started; nothing wrong was found\n")
    assert "Last step: loading safetensors" in diagnosis_markdown(INCOMPLETE)
    assert "### 部署" in diagnosis_markdown(KV, language="zh")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@user #123 GH-12", "@&#8203;user #&#8203;123 GH-&#8203;12"),
        ("<script> & <!--", "&lt;script&gt; &amp; &lt;!--"),
        ("*a* `b` [c](d) |x| ~~e~~ $f$", r"\*a\* \`b\` \[c\](d) \|x\| \~\~e\~\~ \$f\$"),
        ("max_model_len _x_", r"max_model_len \_x\_"),
        ("1. one", r"1\. one"),
        ("- one", r"\- one"),
        ("# one", r"\# one"),
        ("--flag 131.4 +x", "--flag 131.4 +x"),
        ("---", r"\---"),
        ("a\n\n# b", "a  # b"),
    ],
)
def test_prose(text: str, shown: str) -> None:
    assert markup.prose(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "` `"), ("a\nb", "`a b`")]
)
def test_code(text: str, shown: str) -> None:
    assert markup.code(text) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.b/c?d=e#f", "<https://a.b/c?d=e#f>"),
        ("javascript:alert(1)", "`javascript:alert(1)`"),
        ("https://a>b", "`https://a>b`"),
        ("vllm/v1/core.py:12", "`vllm/v1/core.py:12`"),
    ],
)
def test_link(address: str, shown: str) -> None:
    assert markup.link(address) == shown


TEXTS = st.text(st.sampled_from("`~<>#@!*_[]()|$\\-+=&1. \nabc/:\x1b\u202e"), max_size=40)


@given(TEXTS)
def test_a_fence_holds_any_text(text: str) -> None:
    tokens = MarkdownIt().parse(markup.fence(text) + "\n\nafter\n")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@given(TEXTS)
def test_a_code_span_holds_any_text(text: str) -> None:
    (_, inline, _) = MarkdownIt().parse("x " + markup.code(text) + " y")
    assert [child.type for child in inline.children or []] == ["text", "code_inline", "text"]


@given(TEXTS)
def test_prose_is_a_paragraph_of_plain_text(text: str) -> None:
    line = markup.prose(text).strip()
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(line)
    kinds = {child.type for token in tokens for child in token.children or []}
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    assert kinds <= {"text", "text_special"}


@pytest.mark.parametrize("name", sorted(ALL))
def test_hostile_words_never_reach_html_or_mentions(name: str) -> None:
    evil = "x\n```\n</details><script>@all #1 ![i](http://e) \x1b[31m"
    diagnosis = ALL[name]
    root = replace(
        diagnosis.root_cause or KV_ROOT,
        title=evil,
        explanation=evil,
        needs=evil,
        options=(evil,),
        avoid=(evil,),
    )
    drawn = MarkdownIt("commonmark", {"html": True}).parse(
        diagnosis_markdown(replace(diagnosis, root_cause=root, notes=(evil,)))
    )
    children = [child for token in drawn for child in token.children or []]
    assert not [child for child in children if child.type in ("html_inline", "image")]
    blocks = [token.content.strip() for token in drawn if token.type == "html_block"]
    assert all(block.startswith(("<details><summary>Attempts", "</details>")) for block in blocks)
    assert not [child for child in children if child.type == "text" and "@all" in child.content]


REVIEWED = """\
## `compose.yaml:3`

- `vllm serve`
- `org/m`
- `vllm/vllm-openai:v0.24.0`
- vLLM 0.24.0

### The API key stands in the command (`secret-in-arguments`) `compose.yaml:7:12`

Anyone who can list processes reads it.

**Change in your command:**

- `--api-key "${VLLM_API_KEY:?}"`: read at the start

### vLLM has no --prot (`unknown-flag`) `compose.yaml:8:12`

**Run this instead:**

```bash
vllm serve org/m --api-key "${VLLM_API_KEY:?}" --port 8000
```

> this table ends at 0.33.0
"""


def test_a_review_to_the_letter() -> None:
    assert review_markdown(REVIEW) == REVIEWED


def test_a_review_without_findings_and_without_launches() -> None:
    good = LaunchReview("vllm serve", "org/m", ("org/m",), {}, None, None, "", 1)
    assert review_markdown(Review("", (good,), "")) == (
        "## `command`\n\n- `vllm serve`\n- `org/m`\n\nnothing wrong was found\n"
    )
    assert review_markdown(Review("run.sh", (), ""), language="zh") == "## `run.sh`\n\n没有找到 vLLM 启动命令\n"


def test_nothing_in_a_review_closes_a_fence() -> None:
    evil = "vllm serve m ```\n# not a heading @everyone <script>"
    launch = LaunchReview("vllm serve", "`@me`", (), {}, None, "<b>", "a`b.sh", 1, fixed=evil)
    tokens = MarkdownIt().parse(review_markdown(Review("a`b.sh", (launch,), "")))
    assert [token.content for token in tokens if token.type == "fence"] == [f"{evil}\n"]
    assert not [token for token in tokens if token.type.startswith("html")]
    assert len([token for token in tokens if token.type == "heading_open"]) == 1
