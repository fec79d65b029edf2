"""Facts of settings that bound each other: batched tokens, parsers by model, LoRA ranks, inputs of a prompt, waits."""

from __future__ import annotations

import json
import re

from vllm_doctor import vllm
from vllm_doctor.facts.asked import count
from vllm_doctor.facts.of_launch import left_open
from vllm_doctor.facts.types import Facts, declare, derived

BATCHED = declare("batched.tokens", "int", "max_num_batched_tokens, as a check names it")
BATCHED_LEN = declare("batched.max_len", "int", "the max_model_len that it is held against")
BATCHED_SEQS = declare("batched.seqs", "int", "the max_num_seqs that it is held against")
BATCHED_LOW = declare(
    "batched.below_max_len",
    "flag",
    "whether the launch asks for fewer batched tokens than max_model_len, without chunked prefill",
)
UNCHUNKED = declare("batched.chunks_refused", "flag", "whether the launch switches chunked prefill off")
PARSER_KIND = declare("parser.kind", "text", "the parser asked for: tool call or reasoning")
PARSER_NAME = declare("parser.name", "text", "the parser's name as given")
PARSER_LACKING = declare("parser.lacking", "flag", "whether automatic tool choice is asked for, and no parser for it")
PARSER_CHOICES = declare("parser.choices", "text", "the parsers that there are")
PARSER_KNOWN = declare("parser.known_since", "id", "the first release that has a parser of that name")
PARSER_STEP = declare("parser.upgrade", "text", "the requirement that brings the parser")
TOOL_PARSER = declare(
    "parser.tool_of_model", "text", "the tool parser for models of this name, where the release has it"
)
REASONING_PARSER = declare("parser.reasoning_of_model", "text", "the reasoning parser for models of this name")
LORA_RANK = declare("lora.rank", "int", "the rank of an adapter", "max")
LORA_MAX_RANK = declare("lora.max_rank", "int", "the greatest rank that was allowed")
LORA_FIT = declare("lora.fitting_rank", "int", "the least max_lora_rank that vLLM takes and that holds the adapter")
LORA_COUNT = declare("lora.count", "int", "max_loras as given")
LORA_CPU = declare("lora.cpu_count", "int", "max_cpu_loras as given")
MM_KIND = declare("mm.modality", "text", "the kind of input: image, video, audio")
MM_LIMIT = declare("mm.limit", "int", "how many of it a prompt may hold")
MM_ASKED = declare("mm.asked", "int", "how many of it a prompt held")
MM_VALUE = declare("mm.limit_value", "text", "the value of --limit-mm-per-prompt that lets the prompt through")
MM_TOKENS = declare("mm.item_tokens", "int", "tokens of the largest item")
MM_BATCH = declare("mm.batched_tokens", "int", "max_num_batched_tokens that the item is held against")
SPEC_REASON = declare("speculative.reason", "text", "why the speculative settings are refused, in vLLM's words")
SPEC_DIVISOR = declare("speculative.n_predict", "int", "tokens that the draft predicts in one pass")
SPEC_TOKENS = declare("speculative.tokens", "int", "num_speculative_tokens as given")
SPEC_VALUE = declare("speculative.with_tokens", "text", "the speculative settings as given, with a number of tokens")
DRAFT_TP = declare("speculative.draft_tp", "int", "the draft's tensor-parallel size as given")
MAX_LEN = declare("request.max_len", "int", "the context length that a request was held against")
ASKED_LEN = declare("request.tokens", "int", "tokens that a request asked for, prompt and answer")
PROMPT_LEN = declare("request.prompt_tokens", "int", "tokens of the request's prompt")
ANSWER_LEN = declare("request.answer_tokens", "int", "tokens that the answer was to have")
WAITED = declare("start.waited_s", "int", "seconds that the server waited for its engine")
WAITED_MS = declare("start.waited_ms", "int", "milliseconds that the front end waited for an answer")
LONGER = declare("start.longer_s", "int", "a wait three times as long, at least half an hour")
LONGER_MS = declare("start.longer_ms", "int", "a wait ten times as long, in milliseconds")
RPC_METHOD = declare("rpc.method", "text", "the call that was not answered")

# vllm/config/lora.py LoRAConfig (0.4.1 to 0.33.0)
RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
_HALF_HOUR = 1800
# by the model cards and docs/features/tool_calling.md of the releases; the first that fits counts
_TOOL_PARSERS = (
    (r"gpt-oss", "openai"), (r"qwen3-coder", "qwen3_coder"), (r"qwen|hermes|qwq", "hermes"),
    (r"llama-4", "llama4_pythonic"),
    (r"llama-3\.[123]", "llama3_json"),
    (r"mi(?:s|x)tral|ministral|magistral", "mistral"),
    (r"deepseek-v3\.1", "deepseek_v31"), (r"deepseek-(?:v3|r1-0528)", "deepseek_v3"), (r"glm-4\.[56]", "glm45"),
    (r"kimi-k2", "kimi_k2"), (r"granite-20b-function", "granite-20b-fc"), (r"granite-3", "granite"),
    (r"internlm2", "internlm"), (r"jamba", "jamba"), (r"phi-4-mini", "phi4_mini_json"), (r"minimax-m2", "minimax_m2"),
)  # fmt: skip
_REASONING_PARSERS = (
    (r"deepseek-r1|qwq", "deepseek_r1"), (r"qwen3(?!-coder|.*instruct-2507)", "qwen3"), (r"gpt-oss", "openai_gptoss"),
    (r"glm-4\.[56]", "glm45"), (r"granite-3\.2", "granite"), (r"magistral", "mistral"), (r"minimax-m2", "minimax_m2"),
)  # fmt: skip


def tokens(text: str | None) -> int | None:
    """A count as vLLM's parser reads it: 32k is 32,000 and 32K 32,768 (human_readable_int, 0.8.4 on)."""
    found = count(text or "")
    return int(found) if found is not None and found.is_integer() else None


@derived(UNCHUNKED)
def chunks_refused(facts: Facts) -> bool | None:
    """`--no-enable-chunked-prefill`, or `--enable-chunked-prefill False` of older releases."""
    given = facts.text("args.enable_chunked_prefill")
    return None if given is None else given.lower() == "false"


@derived(BATCHED_LOW)
def below_max_len(facts: Facts) -> bool | None:
    """SchedulerConfig's check, where both lengths are given (vllm/config/scheduler.py)."""
    batched = tokens(facts.text("args.max_num_batched_tokens"))
    length = None if batched is None else tokens(facts.text("args.max_model_len"))
    if batched is None or length is None:
        return None
    return batched < length and facts.get(UNCHUNKED) is True


@derived(BATCHED)
def batched_given(facts: Facts) -> int | None:
    """As the launch gives it."""
    return tokens(facts.text("args.max_num_batched_tokens"))


@derived(BATCHED_LEN)
def length_given(facts: Facts) -> int | None:
    """As the launch gives it."""
    return tokens(facts.text("args.max_model_len"))


def _of_model(facts: Facts, table: tuple[tuple[str, str], ...], kind: str) -> str | None:
    model = (facts.text("model.name") or "").lower()
    name = next((parser for pattern, parser in table if re.search(pattern, model)), None)
    release = facts.text("vllm.version") or vllm.releases()[-1]
    known = vllm.names("tool-parsers" if kind == "tool" else "reasoning-parsers", release)
    return (
        name
        if name in known or (facts.text(PARSER_CHOICES) and name in (facts.text(PARSER_CHOICES) or "").split(", "))
        else None
    )


@derived(TOOL_PARSER)
def tool_parser(facts: Facts) -> str | None:
    """By the model's name."""
    return _of_model(facts, _TOOL_PARSERS, "tool")


@derived(REASONING_PARSER)
def reasoning_parser(facts: Facts) -> str | None:
    """By the model's name."""
    return _of_model(facts, _REASONING_PARSERS, "reasoning")


@derived(PARSER_LACKING)
def parser_lacking(facts: Facts) -> bool:
    """A config file may name one, and a variable stands for one."""
    asked = facts.get("args.enable_auto_tool_choice") is True
    named = "args.tool_call_parser" in facts or left_open(facts, "tool_call_parser", "config")
    return asked and not named and "args.config" not in facts


@derived(PARSER_KNOWN)
def parser_known_since(facts: Facts) -> str | None:
    """By the release's registry of parsers."""
    name = facts.text(PARSER_NAME)
    where = (
        vllm.name_history("reasoning-parsers" if facts.text(PARSER_KIND) == "reasoning" else "tool-parsers", name)
        if name
        else None
    )
    return where.first if where else None


@derived(PARSER_STEP)
def parser_upgrade(facts: Facts) -> str | None:
    """What pip takes."""
    since = facts.text(PARSER_KNOWN)
    return f"vllm>={since}" if since else None


@derived(LORA_FIT)
def fitting_rank(facts: Facts) -> int | None:
    """One of the ranks that LoRAConfig takes."""
    rank = facts.number(LORA_RANK)
    return next((one for one in RANKS if rank is not None and one >= rank), None)


@derived(MM_VALUE)
def limit_value(facts: Facts) -> str | None:
    """JSON, as every release since 0.8.5 takes it; KEY=NUMBER before."""
    kind, asked = facts.text(MM_KIND), facts.number(MM_ASKED)
    if kind is None or asked is None:
        return None
    release = facts.text("vllm.version")
    old = release is not None and release.startswith(("0.5.", "0.6.", "0.7.", "0.8."))
    return f"{kind}={int(asked)}" if old else json.dumps({kind: int(asked)})


@derived(SPEC_VALUE)
def with_tokens(facts: Facts) -> str | None:
    """The JSON as given, and what is missing: tokens to guess, and for n-grams how many of the prompt to look up."""
    try:
        given = json.loads(facts.text("args.speculative_config") or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or "num_speculative_tokens" in given:
        return None
    given["num_speculative_tokens"] = 3
    if given.get("method") in ("ngram", "[ngram]"):
        given.setdefault("prompt_lookup_max", 4)
    return json.dumps(given)


@derived(LONGER)
def longer(facts: Facts) -> int | None:
    """Three times what was waited."""
    waited = facts.number(WAITED)
    return max(int(waited) * 3, _HALF_HOUR) if waited else _HALF_HOUR


@derived(LONGER_MS)
def longer_ms(facts: Facts) -> int | None:
    """Ten times what was waited."""
    waited = facts.number(WAITED_MS)
    return int(waited) * 10 if waited else None
