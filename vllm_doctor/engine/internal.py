"""What failed inside of us, as findings: a note for each part, with its place, to be reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vllm_doctor.contain import Failure

ID = "internal"


def findings_of(failures: Iterable[Failure], language: str) -> Iterator[Finding]:
    """A note for each failure; the rest of the answer stands."""
    from vllm_doctor import __version__

    for one in failures:
        at = f"{one.kind}, {one.place}" if one.place else one.kind
        if language == "zh":
            title = f"vllm-doctor 的一部分出错：{one.part}（{at}）"
            why = (
                f"这是 vllm-doctor {__version__} 的错误，其余结论不受影响。请把这一行连同输入（去掉密钥）"
                "提交到 vllm-launch-doctor 项目的问题列表。"
            )
        else:
            title = f"a part of vllm-doctor failed: {one.part} ({at})"
            why = (
                f"This is a bug of vllm-doctor {__version__}; the rest of the answer stands. Please file this line, "
                "and the input without its secrets, in the issues of the project vllm-launch-doctor."
            )
        yield Finding(ID, title, "note", role="note", explanation=why, rule=ID)
