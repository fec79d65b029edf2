"""The words of `vllm-doctor explain --FLAG` in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.report.safe import encodable
from vllm_doctor.report.words import LANGUAGES

if TYPE_CHECKING:
    from vllm_doctor.report.pen import Pen

OPTION_WORDS: dict[str, tuple[str, str]] = {
    "kind.option": ("option", "选项"),
    "kind.key": ("key", "键"),
    "kind.variable": ("variable", "环境变量"),
    "of.api_server": ("only of the api_server module", "仅限 api_server 模块"),
    "of.option": ("A key of {flag}", "{flag} 的键"),
    "value": ("value", "取值"),
    "releases": ("releases", "版本"),
    "names": ("also", "别名"),
    "default": ("default", "默认"),
    "choices": ("choices", "可选值"),
    "known": ("known", "已知"),
    "keys": ("keys", "键"),
    "instead": ("instead", "替代"),
    "before": ("before", "此前"),
    "helps": ("ways out of", "可用于解决"),
    "seen": ("looked at by", "用于判断"),
    "takes.switch": ("a switch without a value", "开关，不带值"),
    "takes.told-switch": ("a switch, or true or false", "开关，或 true / false"),
    "takes.text": ("text", "文本"),
    "takes.whole": ("a whole number", "整数"),
    "takes.human": ("a whole number, 32k (x1000) and 32K (x1024) too", "整数，也可写 32k（×1000）或 32K（×1024）"),
    "takes.number": ("a number", "数字"),
    "takes.json": ("JSON, or dotted keys where the release has them", "JSON，或（支持的版本）点分键"),
    "takes.object": ("a JSON object, or dotted keys where the release has them", "JSON 对象，或（支持的版本）点分键"),
    "takes.pairs": ("KEY=NUMBER,KEY=NUMBER", "键=数,键=数"),
    "takes.adapters": ("NAME=PATH, or JSON with name and path", "名称=路径，或含 name 与 path 的 JSON"),
    "takes.ids": ("GPU numbers with commas between", "以逗号分隔的 GPU 编号"),
    "several": ("{value}; several may stand there", "{value}；可给多个"),
    "range.up-to": ("{value} up to {last}", "{value}（至 {last}）"),
    "range.from": ("{value} from {first}", "{value}（自 {first}）"),
    "range.between": ("{value} from {first} to {last}", "{value}（{first} 至 {last}）"),
    "range.only": ("{value} in {first} only", "{value}（仅 {first}）"),
    "range.end": (", ", "，"),
    "span": ("{first} to {last}", "{first} 至 {last}"),
    "span.newest": ("since {first}", "自 {first} 起"),
    "span.always": ("every release from {first} to {last}", "{first} 至 {last} 的所有版本"),
    "span.gone": ("{spans}; gone since", "{spans}；其后已移除"),
    "deprecated": ("deprecated since {release}", "自 {release} 起不推荐使用"),
    "lacks": ("vLLM {release} does not have it", "vLLM {release} 没有它"),
    "unset.row": ("without it", "不设置时"),
    "all": ("all of them: {command}", "全部：{command}"),
    "unset": ("not set", "未设置"),
    "empty": ("empty", "空"),
    "own": ("that of its keys", "各键自身的默认值"),
    "renamed": ("{new} since {since}", "{since} 起用 {new}"),
    "needless": ("nothing: it has no effect since {since}", "无需：自 {since} 起不起作用"),
    "replaced": ("{old} until {since}", "{since} 之前为 {old}"),
    "free": ("any text since {first}", "自 {first} 起任意文本"),
    "freed": ("any text since {first}; up to {last}: {names}", "自 {first} 起任意文本；至 {last}：{names}"),
    "added": ("since {release} also {names}", "自 {release} 起增加 {names}"),
    "removed": ("since {release} no longer {names}", "自 {release} 起去掉 {names}"),
    "more": ("Read more: {command}", "详见：{command}"),
    "list": (", ", "、"),
    "end": ("; ", "；"),
}
"""Each word or sentence in English and Chinese, in the order of `LANGUAGES`."""


def option_word(pen: Pen, key: str, **values: object) -> str:
    """The word in the pen's language, as the stream can show it. Values must be drawn already (`say`).

    Raises:
        KeyError: there is no such word.
    """
    return encodable(OPTION_WORDS[key][LANGUAGES.index(pen.language)].format(**values), pen.encoding)
