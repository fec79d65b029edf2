import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.log.chatter import Sieve, is_access, is_bar, is_client_debug, is_quoted, is_request, is_uvicorn_access
from vllm_doctor.log.decode import Source


@pytest.mark.parametrize(
    "text",
    [
        "Loading safetensors checkpoint shards:  64% Completed | 96/150 [08:41<04:53,  5.43s/it]",
        "Loading safetensors checkpoint shards:   0% Completed | 0/1 [00:00<?, ?it/s]",
        "Downloading [config.json]: 100%|██████████| 3.09k/3.09k [00:00<00:00, 10.2kB/s]",
        "| 31/35 [00:18<00:02,  1.72it/s]",
        "Processed prompts:   0%|          | 0/4 [00:00<?, ?it/s, est. speed input: 0.00 toks/s]",
    ],
)
def test_bars(text: str) -> None:
    assert is_bar(text)


@pytest.mark.parametrize("text", ["utilization is 90%", "100% of 3/4 [x]", "a | b 5%", "ValueError: 0% | 1/2"])
def test_no_bars(text: str) -> None:
    assert not is_bar(text)


@pytest.mark.parametrize(
    "text",
    [
        'INFO:     127.0.0.1:55110 - "GET / HTTP/1.1" 404 Not Found',
        'INFO:     [::1]:55110 - "GET /v1/models HTTP/1.1" 200',
        '2024 (APIServer pid=1) INFO:     10.0.0.1:5 - "POST /v1/chat/completions HTTP/1.1" 200 OK',
    ],
)
def test_uvicorns_access_lines(text: str) -> None:
    assert is_uvicorn_access(text)


@pytest.mark.parametrize(
    "text",
    [
        'ERROR: x "GET / HTTP/1.1" 404 Not Found and more: y',
        'Received: INFO:     1.1.1.1:5 - "GET / HTTP/1.1" 200 OK, then RuntimeError: x',
        "INFO:     Application startup complete.",
    ],
)
def test_what_only_mentions_a_request_stays(text: str) -> None:
    assert not is_uvicorn_access(text)


def test_requests_are_dropped_once_some_were_read() -> None:
    source = Source()
    sieve = Sieve(source)
    line = "(A pid=1) INFO 08-30 10:41:12 [logger.py:36] Received request chat-{}: prompt: 'x', params: y"
    assert [sieve.drops(line.format(n)) for n in range(103)] == [False] * 100 + [True] * 3
    assert source.chatter == 3
    assert not sieve.drops('{"a": "b] Received request x"}')


def test_other_access_lines() -> None:
    assert is_access('10.0.0.1 - - [24/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "curl"')
    assert is_access('127.0.0.1:5 - "GET / HTTP/1.1" 404')
    assert not is_access('ValueError: bad "GET / HTTP/1.1" 404')


@given(st.text(max_size=120))
def test_any_line_is_looked_at(text: str) -> None:
    is_bar(text), is_access(text), is_quoted(text), is_uvicorn_access(text)


@pytest.mark.parametrize(
    "text",
    [
        "Received request cmpl-1: prompt: 'x'",
        "Request chatcmpl-1 details: prompt: 'x', prompt_token_ids: None",
        "Input prompt: x",
        'response_body={{"id": "x"}}',
        "Request options: {'method': 'post'}",
    ],
)
def test_records_with_a_clients_words(text: str) -> None:
    assert is_request(text)


@pytest.mark.parametrize("text", ["Request details: x", "Input shape: 3", "Request chatcmpl-1 failed: ValueError"])
def test_records_of_the_server_about_a_request(text: str) -> None:
    assert not is_request(text)


@pytest.mark.parametrize(
    "text",
    [
        "DEBUG:openai._base_client:Request options: {}",
        "2026-11-24 10:00:01,123 DEBUG httpx: load_ssl_context",
        "2026-11-24 10:00:01,123 - httpcore.http11 - DEBUG - send_request_headers.started",
        "DEBUG 11-24 10:00:01 [urllib3/connectionpool.py:482] Starting new HTTP connection",
    ],
)
def test_what_a_clients_library_logs_at_debug(text: str) -> None:
    assert is_client_debug(text)


@pytest.mark.parametrize(
    "text",
    [
        "INFO:httpx:HTTP Request: HEAD https://huggingface.co/m",
        "ERROR 11-24 10:00:01 [core.py:482] openai DEBUG",
        "DEBUG 11-24 10:00:01 [core.py:482] EngineCore waiting for work.",
    ],
)
def test_what_a_clients_library_does_not(text: str) -> None:
    assert not is_client_debug(text)


@pytest.mark.parametrize(
    "text", ['    "message": "x"', '        "content": "x",', "ChatCompletion(id='x')", '{"a": 1}']
)
def test_lines_of_a_body(text: str) -> None:
    assert is_quoted(text)


@pytest.mark.parametrize("text", ['    "reason": "OOMKilled",', "    raise ValueError(", "", "ValueError: x"])
def test_lines_of_no_body(text: str) -> None:
    assert not is_quoted(text)
