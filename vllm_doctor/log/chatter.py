"""What a server prints for every request, every few seconds or every file: told apart by its form alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.patterns import pattern
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from vllm_doctor.log.decode import Source

_BAR = pattern(
    r"\d{1,3}%(?: Completed )?\||\d{1,9}(?:\.\d+)?[kMGT]?B?/(?:\d{1,9}(?:\.\d+)?[kMGT]?B?|\?) \[\d\d:\d\d[<,]"
)
_BEFORE_FIGURES = pattern(r"[^\d|]{0,200}")
_ACCESS = pattern(
    r"(?:INFO:\s+)?(?:[\d.]{7,15}|\[?[0-9a-fA-F:]{2,39}\]?|None|[\w.-]{1,100})(?::\d{1,5})? "
    r"(?:- |\S{1,60} ){1,3}"
    r'(?:\[[^\]]{10,40}\] )?"(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|TRACE) [^"]{1,4000}" \d{3}'
)
_SHOWN = 100
_UVICORN = pattern(
    r'(?:^|[ |)])INFO: {1,9}[\w.:\[\]-]{3,60} - "[A-Z]{3,7} [^"\s]{1,4000} HTTP/1\.[01]" '
    r"\d{3}(?: [\w -]{1,40})?$"
)
_STATISTICS = (
    "Avg prompt throughput",
    "SpecDecoding metrics",
    "Speculative metrics",
    "KV Transfer metrics",
    "MM cache hit rate",
)
_ENGINE = pattern(r"Engine \d{3}: (?:Avg prompt throughput|Avg generation throughput)")
REQUESTS = (
    "Received request",
    "Added request",
    "Finished request",
    "Generated response",
    "Aborted request",
    "Aborting request",
    "Tracing request",
    "Input prompt: ",
    "response_body={",
    # of a client in the same log (openai/_base_client.py)
    "Request options: ",
    "Sending HTTP Request: ",
)
"""How the request logger's messages begin."""
_DETAILS = pattern(r"Request \S{1,200} details: prompt: ")
_MEMBER = pattern(
    r'\s{1,200}"(?:error|object|messages?|choices|detail|content|reasoning(?:_content)?|text|prompt|arguments)": '
)
_LIBRARY = r"\b(?:openai|httpx|httpcore|urllib3|aiohttp|litellm|LiteLLM|langchain)\b"
_CLIENT_DEBUG = pattern(
    rf"[\dTZ:., -]{{0,40}}(?:DEBUG\b.{{0,40}}?{_LIBRARY}|{_LIBRARY}[\w.]{{0,60}}[ |-]{{1,5}}DEBUG\b)"
)
_OBJECTS = ("ChatCompletion(id=", "Completion(id=", "ChatCompletionChunk(id=", "ChatCompletionMessage(content=")


def is_bar(text: str) -> bool:
    """A progress bar (tqdm's forms)."""
    if "%" not in text and "it/s" not in text and "s/it" not in text and "?B/s" not in text:
        return False
    return _BAR.search(text, 0, 600) is not None


def bar_name(text: str) -> str:
    """What a bar counts: the words before its first figure."""
    found = _BEFORE_FIGURES.match(text, 0, 200)
    return found[0].rstrip(" :") if found else ""


def is_access(text: str) -> bool:
    """An access line: uvicorn's, or that of a proxy in front of it."""
    return " HTTP/" in text and '" ' in text and _ACCESS.match(text) is not None


def is_uvicorn_access(text: str) -> bool:
    """A line that ends as uvicorn's access lines do, whatever prefix it has."""
    return _UVICORN.search(text) is not None


@dataclass(slots=True)
class Sieve:
    """Drops what a log is mostly made of by a look at the physical line, whatever prefix it has."""

    source: Source
    requests: int = 0

    @property
    def full(self) -> bool:
        """Whether no more of the request logger's lines are wanted."""
        return self.requests > _SHOWN

    def drops(self, text: str) -> bool:
        """Whether a line is uvicorn's, or the request logger's once a few of those were read."""
        if 'HTTP/1.1" ' in text and is_uvicorn_access(text):
            self.source.chatter += 1
            self.source.server = True
            return True
        at = text.find("] ", 0, 120)
        if at < 0 or not text.startswith(REQUESTS, at + 2) or text[0] == "{":
            return False
        self.requests += 1
        self.source.chatter += self.requests > _SHOWN
        return self.requests > _SHOWN


def is_statistics(message: str) -> bool:
    """The figures that vLLM logs every ten seconds (engine/metrics.py, v1/metrics/loggers.py)."""
    return message.startswith(_STATISTICS) or (message.startswith("Engine 0") and _ENGINE.match(message) is not None)


def is_request(message: str) -> bool:
    """The request logger (entrypoints/logger.py, async_llm_engine.py, chat_utils.py, log_response.py), or a client's.

    A client's words are in them, and those that it was told.
    """
    if message.startswith(REQUESTS):
        return True
    return message.startswith("Request ") and _DETAILS.match(message) is not None


def is_client_debug(text: str) -> bool:
    """A whole line that a client's library logged at DEBUG: what it sent and received."""
    return "DEBUG" in text[:160] and _CLIENT_DEBUG.match(text, 0, 240) is not None


def is_quoted(text: str) -> bool:
    """A line of JSON, HTTP or a client's command: said to somebody, not done by the server."""
    first = text[:1]
    if not first:
        return False
    if first in "{}":
        return True
    if first == " ":
        return _MEMBER.match(text) is not None
    if first == '"':
        return text.startswith(('"error"', '"message"', '"object"', '"detail"', '"choices"', '"messages"'))
    if first in "<>*" and text.startswith(("< HTTP/", "> POST ", "> GET ", "* Connect")):
        return True
    return text.startswith(("data: {", "curl ", "$ curl ", "HTTP/1.1 ", "Response: {", *_OBJECTS))
