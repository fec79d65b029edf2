"""Our own words in each language; figures, options, commands and quoted lines are the same in all.

The texts of a rule come in their language from its YAML; these are the few words around them.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")

WORDS: dict[str, tuple[str, str]] = {
    # the head
    "lines.one": ("1 line", "1 行"),
    "lines.many": ("{n:,} lines", "{n:,} 行"),
    "logs": ("{n} logs", "{n} 个日志"),
    "stdin": ("standard input", "标准输入"),
    "release": ("vLLM {release}", "vLLM {release}"),
    "release.unknown": ("vLLM release not seen", "未见 vLLM 版本"),
    "gpus.one": ("1 GPU", "1 个 GPU"),
    "gpus.many": ("{n} GPUs", "{n} 个 GPU"),
    # attempts
    "attempt": ("lines {first}–{last} {verdict}", "第 {first}–{last} 行 {verdict}"),
    "attempts.more": ("{n} more attempts", "另有 {n} 次尝试"),
    "verdict.failed": ("failed", "失败"),
    "verdict.warned": ("started, with a warning", "已启动，但有警告"),
    "verdict.healthy": ("started", "已启动"),
    "verdict.incomplete": ("not seen to finish", "未见启动完成"),
    "verdict.unknown-failure": ("failed, cause unknown", "失败，原因未知"),
    # verdicts
    "healthy": ("started; nothing wrong was found", "已启动；没有发现问题"),
    "warned": ("started, but there is a warning:", "已启动，但有警告："),
    "incomplete": (
        "No failure was seen, and the start was not seen to finish",
        "没有看到失败，也没有看到启动完成",
    ),
    "incomplete.last": ("Last step: {step}", "最后一步：{step}"),
    "incomplete.next": (
        "To fetch next: the log of the run before (kubectl logs --previous, docker logs), the exit code of "
        "the container (137 means killed, often for memory), and the kernel's words: dmesg | grep -i kill",
        "接下来请获取：上一次运行的日志（kubectl logs --previous、docker logs）、"
        "容器的退出码（137 表示被杀死，常因内存不足），"
        "以及内核消息：dmesg | grep -i kill",
    ),
    "unknown": ("It failed, and no rule knows why", "启动失败，没有规则能说明原因"),
    "unknown.innermost": (
        "The innermost exception, where it was raised, and the lines around it. Nothing here is a guess.",
        "下面是最内层的异常、抛出位置及其前后的日志行。这里没有任何猜测。",
    ),
    "unknown.nothing": (
        "No exception was printed; the last lines before the end:",
        "没有打印异常；结束前的最后几行：",
    ),
    "unknown.stub": (
        "To teach it this failure: vllm-doctor rules new --from {log}",
        "要让它认识此失败：vllm-doctor rules new --from {log}",
    ),
    "confidence.likely": (
        "Likely, not certain: the log does not rule out another cause.",
        "很可能，但不确定：日志不能排除其他原因。",
    ),
    "confidence.possible": (
        "Possible only: the log fits this cause, and others.",
        "仅为可能：日志符合此原因，也符合其他原因。",
    ),
    "transient": ("It may pass by itself: try again first.", "可能会自行恢复：请先重试。"),
    # ways out
    "run": ("Run this instead:", "请改为运行："),
    "run.rebuilt": (
        "Run this instead (rebuilt from the arguments that the log shows):",
        "请改为运行（根据日志中的参数重建）：",
    ),
    "run.file": ("Run this instead (in {file}):", "请改为运行（在 {file} 中）："),
    "fragment": ("Add to your command:", "请加到你的命令中："),
    "change": ("Change in your command:", "请在你的命令中修改："),
    "patch": ("Change {file}:", "请修改 {file}："),
    "first": ("First:", "先运行："),
    "then": ("then:", "再运行："),
    "do": ("Run:", "请运行："),
    "where.server": ("on the server", "在服务器上"),
    "where.client": ("on the client", "在客户端"),
    "where.host": ("on the host", "在宿主机上"),
    "was": ("was {value}", "原为 {value}"),
    "checked": ("checked:", "已核对："),
    "or": ("or", "或"),
    "without": ("without {name}", "去掉 {name}"),
    "exposes": ("exposes something: weigh it first", "会带来安全暴露：请先权衡"),
    "exposes.allow": (
        "exposes something: only with --allow {name}",
        "会带来安全暴露：仅在 --allow {name} 时",
    ),
    "dont": ("don't", "不要"),
    "needs": ("needs", "需要"),
    "options": (
        "What would help (none of it is a fix of this command):",
        "可行的办法（都不是对此命令的修复）：",
    ),
    # evidence
    "line": ("line {line}", "第 {line} 行"),
    "follows": ("follows", "随后"),
    "quote": ('"{text}"', "“{text}”"),
    "also": ("also", "另有"),
    "note": ("note", "注意"),
    "more": ("{n} more", "还有 {n} 项"),
    "frame": ("in", "位于"),
    # several logs and reviews
    "summary": ("{n} logs: {causes}", "{n} 个日志：{causes}"),
    "summary.one": ("1 log: {causes}", "1 个日志：{causes}"),
    "no-launch": ("no launch of vLLM was found", "没有找到 vLLM 启动命令"),
    "launch.receives": ("vLLM receives", "vLLM 收到"),
    "launch.good": ("nothing wrong was found", "没有发现问题"),
    "errors.one": ("1 error", "1 个错误"),
    "errors.many": ("{n} errors", "{n} 个错误"),
    "warnings.one": ("1 warning", "1 个警告"),
    "warnings.many": ("{n} warnings", "{n} 个警告"),
    "notes.one": ("1 note", "1 条提示"),
    "notes.many": ("{n} notes", "{n} 条提示"),
    "launches.one": ("1 launch", "1 个启动命令"),
    "launches.many": ("{n} launches", "{n} 个启动命令"),
    "review.sum": ("{found} in {launches}", "{launches}中有{found}"),
    "found.one": ("1 finding", "1 个问题"),
    "found.many": ("{n} findings", "{n} 个问题"),
    "files.one": ("1 file", "1 个文件"),
    "files.many": ("{n:,} files", "{n:,} 个文件"),
    "sum.launches": ("{launches} in {files}", "{files}中有 {launches}"),
    "sum.found": ("{found} ({counts})", "{found}（{counts}）"),
    "sum.without": ("{files} without vLLM", "{files}不含 vLLM"),
    "sum.other": ("{files} without a launch", "{files}没有启动命令"),
    "sum.ignored": ("{n} ignored", "已忽略 {n} 个"),
    "sum.baselined": ("{n} in the baseline", "基线中已有 {n} 个"),
    "sum.large": ("{files} over 4 MiB not read", "{files}超过 4 MiB，未读取"),
    "sum.nested": (
        "not entered, being a repository of its own: {name}",
        "未进入（是独立的仓库）：{name}",
    ),
    "sum.end": ("; ", "；"),
    "list": (", ", "、"),
    # a rule's page
    "page.seen": ("How it is seen:", "如何识别："),
    "page.fixes": ("What helps:", "解决办法："),
    "page.avoid": ("What does not help:", "无效的做法："),
    "page.references": ("See also:", "另见："),
    "page.examples": ("Examples:", "示例："),
    "kind.cause": ("cause", "原因"),
    "kind.lint": ("lint", "检查"),
    "kind.symptom": ("symptom", "症状"),
    "error": ("error", "错误"),
    # Markdown
    "md.evidence": ("Evidence", "依据"),
    "md.deployment": ("Deployment", "部署"),
    "md.attempts": ("Attempts ({n})", "尝试（{n} 次）"),
    "md.model": ("model", "模型"),
    "md.command": ("command ({source})", "命令（{source}）"),
    "md.logs": ("logs", "日志"),
}
"""Each word or sentence in English and Chinese, in the order of `LANGUAGES`."""


def word(language: Language, key: str, **values: object) -> str:
    """The word in that language, with its values filled in.

    Raises:
        KeyError: there is no such word.
    """
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def all_words(language: Language) -> list[str]:
    """Every word of the language, unfilled."""
    return [texts[LANGUAGES.index(language)] for texts in WORDS.values()]


def count(language: Language, key: str, n: int) -> str:
    """The word for `n` things: "1 line", "148 lines"."""
    return word(language, f"{key}.one" if n == 1 else f"{key}.many", n=n)
