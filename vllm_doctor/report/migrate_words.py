"""The words of `vllm-doctor migrate` in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.report.safe import encodable
from vllm_doctor.report.words import LANGUAGES

if TYPE_CHECKING:
    from vllm_doctor.report.pen import Pen

MIGRATE_WORDS: dict[str, tuple[str, str]] = {
    "by-image": ("Written for {release}, as its image says.", "由镜像可知是为 {release} 写的。"),
    "by-options": (
        "Written for {first} to {last}, as its options tell; {release}, the nearest, is assumed. --from names another.",
        "由选项可知是为 {first} 至 {last} 写的；按其中最近的 {release} 处理。可用 --from 指定。",
    ),
    "by-options.one": (
        "Written for {release}, as its options tell. --from names another.",
        "由选项可知是为 {release} 写的。可用 --from 指定。",
    ),
    "by-file": (
        "Written for {first} to {last}, as {file} asks; {release}, the nearest, is assumed. --from names another.",
        "由 {file} 可知是为 {first} 至 {last} 写的；按其中最近的 {release} 处理。可用 --from 指定。",
    ),
    "by-file.one": ("Written for {release}, as {file} asks.", "由 {file} 可知是为 {release} 写的。"),
    "same": ("nothing needs a change: {target} takes it as it is", "无需改动：{target} 可直接使用"),
    "stuck": ("not moved to {target}; in the way:", "未迁移到 {target}；障碍："),
    "rest": ("What could be moved:", "可以迁移的部分："),
    "costs": ("lost: {why}", "有损失：{why}"),
    "defaults": ("What {target} does otherwise where nothing is said:", "未写明时 {target} 的不同之处："),
    "pin": ("--pin writes out what they were.", "--pin 会写出原来的值。"),
    "as-before": ("; as before: {pin}", "；保持原样：{pin}"),
    "pinned": ("; kept: {pin}", "；已固定：{pin}"),
}
"""Each in English and Chinese."""


def migrate_word(pen: Pen, key: str, **values: object) -> str:
    """The word in the pen's language, as its stream can show it; values must be drawn already."""
    return encodable(MIGRATE_WORDS[key][LANGUAGES.index(pen.language)].format(**values), pen.encoding)
