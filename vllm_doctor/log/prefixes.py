"""What other programs print before a line, one function a form; each takes a `Front` and strips at its start.

A prefix that is a word like others (srun's `0: `, stern's `pod container `) counts only when what follows
looks like a server's line, or when the same prefix was seen so before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from vllm_doctor.log.header import VLLM
from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

_STAMP = r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_TIME = pattern(f"({_STAMP})(?:[ \t]|$)")
_CRI = pattern(f"({_STAMP}) (?:stdout|stderr) ([PF])(?: |$)")
_WRAPPER = pattern(r"\| ?(?:[A-Z]{4,8} *\| (?:stdout|stderr) \|(?: |$))?")
_BRACKET_TIME = pattern(rf"\[({_STAMP})\](?: |$)")
_TAG = pattern(r"([\w.-]{1,200}) ([\w./@-]{1,100})(?:\[\d{1,10}\]): ?")
_SYSLOG = pattern(
    r"(?:<\d{1,3}>)?((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d "
    r"\d\d:\d\d:\d\d(?:\.\d{1,6})?) ([\w.-]{1,200}) ([\w./@-]{1,100})(?:\[\d{1,10}\])?: ?"
)
_COMPOSE = pattern(r"([A-Za-z][\w.@-]{0,120}) +\|(?: |$)")
_REPLICA = pattern(r"[-_.]\d{1,4}(?:\.\w+@[\w.-]+)?$")
_STERN = pattern(r"([a-z0-9][a-z0-9.-]{0,200}-[a-z0-9]{1,20}) ([a-z0-9][a-z0-9-]{0,62}) ")
_RANK = pattern(r"\[(rank\d{1,5})\]:(?: |(?=\[)|$)")
_POD = pattern(r"\[pod/([^/\]\s]{1,253})/([^\]\s]{1,63})\](?: |$)")
_ROLE = pattern(r"\[((?:default|trainer|worker)\d{1,5})\]:")
# Open MPI 4 sets no blank behind the tag, 5 does; an indented line keeps all of its blanks either way
_MPI = pattern(r"\[(\d{1,5},\d{1,5})\]<std(?:err|out)>:(?: (?=\S))?")
_LABEL = pattern(r"(\d{1,5}): ")
_NUMBER = pattern(r"\[(\d{1,5})\] ")
_RAYLET = pattern(r"\(((?:raylet|autoscaler|dashboard|gcs_server|log_monitor|pid=)[^()]{0,60})\)(?: |$)")
_DIGITS = pattern(r"\d{1,10}")
_STRONG = ("Traceback (most recent call last)", '{"', '  File "', "[rank", "    ", "Process ")


@dataclass(slots=True)
class Front:
    """A line while its prefixes are taken off.

    `partial` is "P" or "F" where containerd says so. `learned` keeps the prefixes that proved to be such.
    `dated` is true while a logger's own time stamp ("2024-06-26 09:41:12,563") stood right before.
    """

    text: str
    process: str = ""
    container: str = ""
    time: str = ""
    partial: str = ""
    learned: set[str] = field(default_factory=set)
    dated: bool = False

    def take(self, end: int) -> bool:
        """Drop `end` characters; says whether there were any."""
        self.dated = False
        self.text = self.text[end:]
        return end > 0

    def stamp(self, time: str) -> None:
        """Note the outermost time."""
        self.time = self.time or time


def strong(text: str) -> bool:
    """Whether a text can only be a server's line: a header, a speaker, a traceback, a full time."""
    if text.startswith(_STRONG):
        return True
    if text[:1].isdigit():
        return text[10:11] == "T" and _TIME.match(text) is not None
    if text[:1] == "(":
        return text.find(" pid=", 0, 160) > 0
    compose = _COMPOSE.match(text)
    return VLLM.match(text) is not None or (compose is not None and _REPLICA.search(compose[1]) is not None)


def _known(front: Front, name: str, end: int) -> bool:
    if name in front.learned:
        return True
    if len(front.learned) < 1000 and strong(front.text[end:]):
        front.learned.add(name)
        return True
    return False


def _numbers(front: Front) -> bool:
    found = _CRI.match(front.text)
    if found:
        front.stamp(found[1])
        front.partial = found[2]
        return front.take(found.end())
    found = _TIME.match(front.text)
    if found and (len(front.text) > found.end() or found[1][10] == "T"):
        front.stamp(found[1])
        end = found.end()
        wrapper = _WRAPPER.match(front.text, end)
        front.take(wrapper.end() if wrapper else end)
        front.dated = found[1][10] == " "
        tag = _TAG.match(front.text)
        if tag and not wrapper:
            front.container = front.container or tag[1]
            front.take(tag.end())
        return True
    found = _LABEL.match(front.text)
    if found and _known(front, "srun", found.end()):
        front.process = f"rank{found[1]}"
        return front.take(found.end())
    return False


def _parenthesis(front: Front) -> bool:
    """`(EngineCore_DP0 pid=1) `, `(RayWorkerWrapper pid=1, ip=10.0.0.1) `, `(raylet) `."""
    text = front.text
    pid = text.find(" pid=", 1, 160)
    if pid > 0:
        end = text.find(")", pid, pid + 80)
        digits = _DIGITS.match(text, pid + 5)
        if end > 0 and digits and "\t" not in text[:end] and text[end + 1 : end + 2] in (" ", "", "("):
            front.process = text[1:end]
            return front.take(end + 2 if text[end + 1 : end + 2] == " " else end + 1)
    found = _RAYLET.match(text)
    if found:
        front.process = found[1]
        return front.take(found.end())
    return False


def _bracket(front: Front) -> bool:
    text = front.text
    for form in (_RANK, _ROLE, _MPI):
        found = form.match(text)
        if found:
            front.process = found[1]
            return front.take(found.end())
    found = _POD.match(text)
    if found:
        front.container = f"{found[1]}/{found[2]}"
        return front.take(found.end())
    found = _BRACKET_TIME.match(text)
    if found:
        front.stamp(found[1])
        front.take(found.end())
        front.dated = found[1][10] == " "
        return True
    found = _NUMBER.match(text)
    if found and (_NUMBER.match(text, found.end()) or _known(front, "number", found.end())):
        front.process = f"rank{found[1]}"
        return front.take(found.end())
    return False


def _frame(front: Front) -> bool:
    """A box that a terminal tool draws: `│ text   │`."""
    text = front.text
    if text[:1] in "│┃║":
        front.text = text.rstrip().rstrip("│┃║").rstrip()
        return front.take(2 if text[1:2] == " " else 1)
    end = text.find("| ", 0, 8)
    if end >= 0 and not text[:end].strip() and _known(front, "pipe", end + 2):
        return front.take(end + 2)
    return False


def _syslog(front: Front) -> bool:
    found = _SYSLOG.match(front.text)
    if not found:
        return False
    front.stamp(found[1])
    front.container = front.container or found[2]
    return front.take(found.end())


def _word(front: Front) -> bool:
    text = front.text
    if text.find(" |", 0, 130) > 0:
        found = _COMPOSE.match(text)
        if found and (_REPLICA.search(found[1]) or _known(front, found[1] + "|", found.end())):
            front.container = found[1]
            return front.take(found.end())
    if "-" in text[:200]:
        found = _STERN.match(text)
        if found and _known(front, f"{found[1]} {found[2]}", found.end()):
            front.container = f"{found[1]}/{found[2]}"
            return front.take(found.end())
    return text[:1] in "JFMASOND" and _syslog(front)


def _actions(front: Front) -> bool:
    """GitHub's `##[error]`."""
    end = front.text.find("]", 0, 20) + 1
    return front.text.startswith("##[") and end > 0 and front.take(end)


Prefix = Callable[[Front], bool]
PREFIXES: dict[str, Prefix] = {
    **dict.fromkeys("0123456789", _numbers),
    **dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", _word),
    **dict.fromkeys("│┃║| ", _frame),
    "(": _parenthesis,
    "[": _bracket,
    "<": _syslog,
    "#": _actions,
}
"""The form to try, by a line's first character."""
