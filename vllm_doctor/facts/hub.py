"""What the Hub was asked for, and what it answered: repo, file, revision, page, offline mode."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Traceback
from vllm_doctor.model.cache import is_repo_id
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

REPO = declare("hub.repo", "text", "the repo that was asked for: owner/name", "first")
HOST = declare("hub.host", "text", "the host that was asked or could not be reached: huggingface.co", "first")
ADDRESS = declare("hub.address", "text", "its address: https://huggingface.co", "first")
FILE = declare("hub.file", "text", "the file of the repo that was asked for", "first")
REVISION = declare("hub.revision", "text", "the revision (branch, tag or commit) that was asked for", "first")
PAGE = declare("hub.page", "text", "the repo's page on the Hub")
NAME = declare("hub.name", "text", "the last part of the name that was asked for, to search for")
STATUS = declare("hub.status", "id", "the HTTP status that the Hub answered", "first")
PATH = declare("hub.path", "text", "what was read as a repo's name, as written", "first")
IS_PATH = declare("hub.is_path", "flag", "whether a folder was meant, by its spelling")
REFUSED = declare("hub.refused", "flag", "whether the Hub knows the user and gives no access", "first")
BAD_TOKEN = declare("hub.bad_token", "flag", "whether the Hub does not know the token itself", "first")
IS_TOKENIZER = declare("hub.path_is_tokenizer", "flag", "whether --tokenizer names it, and not the model")
OFFLINE = declare("hub.offline", "flag", "whether the Hub was not asked, because offline mode is on", "first")
SWITCH = declare("hub.offline_variable", "text", "the variable of the launch that turns offline mode on")
FAST_KIND = declare(
    "hub.fast_kind",
    "text",
    "what a fast download failed of: transfer-absent, transfer-failed, too-large, xet-absent, xet-failed",
    "first",
)
XET_WORDS = declare("hub.xet_words", "text", "what hf_xet said of a failed download", "first")
MODELSCOPE = declare("hub.modelscope", "flag", "whether models come from ModelScope")

# huggingface_hub/file_download.py, 0.14 to 2.4
_FAST = (
    ("Fast download using 'hf_transfer' is enabled", "transfer-absent"),
    ("No module named 'hf_transfer'", "transfer-absent"),
    ("downloading using `hf_transfer`", "transfer-failed"),
    ("too large to be downloaded using the regular download method", "too-large"),
    ("you need to install the hf_xet package", "xet-absent"),
    ("No module named 'hf_xet'", "xet-absent"),
    ("Data processing error", "xet-failed"),
    ("using xet metadata", "xet-failed"),
)
_URL = pattern(
    r"(?P<address>https?://(?P<host>[\w.-]{3,80}(?::\d{1,5})?))/(?:api/models/)?(?P<repo>[\w.-]{1,96}/[\w.-]{1,96}?)"
    r"(?:/(?:resolve|raw|tree|revision|blob)/(?P<revision>[^/\s'\"?&)]{1,100})(?:/(?P<file>[\w./-]{1,120}\w))?)?"
    r"(?=[\s'\"?&).,;/]|$)"
)
_NO_OWNER = frozenset(("api", "models", "docs", "settings", "join", "spaces", "datasets"))
_STATUS = pattern(r"\b([45]\d\d) (?:Client|Server) Error|\b(403) Forbidden:")
_OFFLINE = ("outgoing traffic has been disabled", "offline mode is enabled")
_REFUSED = ("not in the authorized list", "awaiting a review", "pending", "has been rejected", "403 Client Error")
_TRUE = frozenset(("1", "ON", "YES", "TRUE"))


@reader("://")
def read_url(event: Event) -> Iterator[Fact]:
    """The repo, file and revision of the first address in an error of the Hub."""
    for text in _texts(event):
        if "huggingface" not in text and "/resolve/" not in text and "/api/models/" not in text:
            continue
        for found in _URL.finditer(text):
            if found["repo"].partition("/")[0] in _NO_OWNER:
                continue
            line = event.lines[0]
            yield Fact(REPO, found["repo"], line)
            yield Fact(HOST, found["host"], line)
            yield Fact(ADDRESS, found["address"], line)
            if found["file"]:
                yield Fact(FILE, found["file"], line)
            if found["revision"]:
                yield Fact(REVISION, unquote(found["revision"]), line)
            return


@reader(" Error", "403 Forbidden")
def read_status(event: Event) -> Iterator[Fact]:
    """The status in huggingface_hub's messages (utils/_errors.py to 0.24, utils/_http.py from 0.25 on)."""
    for text in _texts(event):
        if found := _STATUS.search(text):
            yield Fact(STATUS, found[1] or found[2], event.lines[0])
            return


@reader(*_REFUSED)
def read_refused(event: Event) -> Iterator[Fact]:
    """The Hub's words for a user who is known and not let in."""
    text = " ".join(_texts(event))
    if "gated" in text or "restricted" in text:
        yield Fact(REFUSED, True, event.lines[0])


@reader("Invalid credentials in Authorization header", "Invalid user token")
def read_bad_token(event: Event) -> Iterator[Fact]:
    """The Hub's words for a token that it does not know; public repos are then refused, too."""
    yield Fact(BAD_TOKEN, True, event.lines[0])


@reader(*(words for words, _ in _FAST))
def read_fast_kind(event: Event) -> Iterator[Fact]:
    """Which of the fast ways failed, and whether for want of its package."""
    text = "\n".join(_texts(event))
    yield Fact(FAST_KIND, next(kind for words, kind in _FAST if words in text), event.lines[0])


@reader(*_OFFLINE)
def read_offline(event: Event) -> Iterator[Fact]:
    """huggingface_hub's words when it did not try (file_download.py, utils/_http.py, _snapshot_download.py)."""
    yield Fact(OFFLINE, True, event.lines[0])


def _texts(event: Event) -> list[str]:
    return [link.message for link in event.chain()] if isinstance(event, Traceback) else [event.message]


def is_path(text: str) -> bool:
    """Whether a model's name can only be meant as a path; a plain `a/b` is taken for a repo."""
    return text.startswith((".", "/", "~")) or text.count("/") > 1 or text.endswith("/") or "\\" in text


@derived(REPO)
def repo(facts: Facts) -> str | None:
    """What was read as a name, else the launch's model, where it can be a repo's name."""
    for name in (PATH, "model.name"):
        text = facts.text(name)
        if text and is_repo_id(text) and not is_path(text):
            return text
    return None


@derived(PATH)
def path(facts: Facts) -> str | None:
    """The model of the launch, where no message names it."""
    return facts.text("model.name")


@derived(IS_PATH)
def path_was_meant(facts: Facts) -> bool | None:
    """By the spelling of what was asked for."""
    text = facts.text(PATH)
    return None if text is None else is_path(text)


@derived(IS_TOKENIZER)
def path_is_tokenizer(facts: Facts) -> bool | None:
    """Whether what was read as a name is the launch's tokenizer."""
    asked, given = facts.text(PATH), facts.text("args.tokenizer")
    return None if asked is None else given == asked and facts.text("args.model") != asked


@derived(ADDRESS)
def address(facts: Facts) -> str | None:
    """The Hub's own, where nothing else was named."""
    host = facts.text(HOST)
    return f"https://{host}" if host else facts.text("env.HF_ENDPOINT")


@derived(MODELSCOPE)
def modelscope(facts: Facts) -> bool | None:
    """VLLM_USE_MODELSCOPE=True, as the launch gives it."""
    value = facts.text("env.VLLM_USE_MODELSCOPE")
    return None if value is None else value.lower() in ("true", "1")


@derived(PAGE)
def page(facts: Facts) -> str | None:
    """Where a person reads about the repo and asks for access; a mirror has no such pages."""
    name = facts.text(REPO)
    if not name:
        return None
    if facts.get(MODELSCOPE) or "modelscope" in (facts.text(HOST) or ""):
        return f"https://modelscope.cn/models/{name}"
    return f"https://huggingface.co/{name}"


@derived(NAME)
def last_part(facts: Facts) -> str | None:
    """The name without its owner."""
    text = facts.text(REPO) or facts.text(PATH)
    return text.rstrip("/").rpartition("/")[2] or None if text else None


@derived(FAST_KIND)
def fast_kind(facts: Facts) -> str:
    """Rules ask where a frame of hf_xet is all that is known."""
    return "xet-failed"


@derived(SWITCH)
def offline_variable(facts: Facts) -> str | None:
    """HF_HUB_OFFLINE, or TRANSFORMERS_OFFLINE where the former is not given (huggingface_hub/constants.py)."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        value = facts.text(f"env.{name}")
        if value is not None:
            return name if value.upper() in _TRUE else None
    return None


@derived(OFFLINE)
def offline_by_launch(facts: Facts) -> bool | None:
    """By the launch's variables."""
    return True if facts.text(SWITCH) else None


@derived(REVISION)
def revision_asked(facts: Facts) -> str | None:
    """The launch's --revision."""
    return facts.text("args.revision")
