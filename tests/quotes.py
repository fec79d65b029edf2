"""A whole failure as a server's log quotes it: what a client sent, was told, or printed itself."""

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

PARAMS = "SamplingParams(n=1, presence_penalty=0.0, temperature=0.7, max_tokens=64, stop=[])"


def _headed(header: str, text: str) -> str:
    """A message of several lines as vLLM's formatter prints it (vllm/logging_utils/formatter.py)."""
    return "\n".join(header + line for line in text.split("\n"))


def _async_llm_engine(text: str) -> str:
    """vllm/engine/async_llm_engine.py:530, 0.4.2."""
    return (
        f"INFO 05-07 10:00:01 async_llm_engine.py:529] Received request cmpl-1: prompt: {text!r}, "
        f"sampling_params: {PARAMS}, prompt_token_ids: [1, 733, 16289], lora_request: None."
    )


def _request_logger(text: str) -> str:
    """vllm/entrypoints/logger.py, 0.6.3."""
    return (
        f"INFO 10-19 10:00:01 logger.py:37] Received request chat-4f6a: prompt: {text!r}, params: {PARAMS}, "
        "prompt_token_ids: [151644, 872], lora_request: None, prompt_adapter_request: None."
    )


def _request_logger_v1(text: str) -> str:
    """vllm/entrypoints/logger.py, 0.10.2."""
    return (
        f"(APIServer pid=31) INFO 09-20 10:00:01 [logger.py:45] Received request chatcmpl-7: prompt: {text!r}, "
        f"params: {PARAMS}, prompt_token_ids: None, prompt_embeds shape: None, lora_request: None."
    )


def _request_details(text: str) -> str:
    """vllm/entrypoints/logger.py, 0.20.0 to 0.33.0, where VLLM_LOGGING_LEVEL is DEBUG."""
    return (
        f"(APIServer pid=31) DEBUG 05-02 10:00:01 [entrypoints/logger.py:42] Request chatcmpl-7 details: "
        f"prompt: {text!r}, prompt_token_ids: None, prompt_embeds shape: None."
    )


def _generated(text: str) -> str:
    """vllm/entrypoints/logger.py log_outputs, 0.10.2."""
    return (
        f"(APIServer pid=31) INFO 09-20 10:00:01 [logger.py:81] Generated response chatcmpl-7 (streaming complete): "
        f"output: {text!r}, output_token_ids: [1, 2], finish_reason: stop"
    )


def _input_prompt(text: str) -> str:
    """vllm/entrypoints/chat_utils.py, 0.10.2 to 0.20.0: the prompt itself, not its repr."""
    return _headed("(APIServer pid=31) DEBUG 09-20 10:00:01 [chat_utils.py:1049] ", f"Input prompt: {text}")


def _response_body(text: str) -> str:
    """vllm/entrypoints/openai/api_server.py log_response, 0.10.2."""
    return f"(APIServer pid=31) INFO 09-20 10:00:01 [api_server.py:1560] response_body={{{_completion(text)}}}"


def _streamed_body(text: str) -> str:
    """vllm/entrypoints/serve/middleware/log_response.py, 0.33.0."""
    return (
        "(APIServer pid=31) INFO 11-20 10:00:01 [log_response.py:121] "
        f"response_body={{streaming_complete: content={text!r}, chunks=12}}"
    )


def _uvicorn(text: str) -> str:
    return f'INFO:     10.0.0.7:41022 - "POST /v1/completions?q={quote(text[:1500])} HTTP/1.1" 200 OK'


def _uvicorn_plus(text: str) -> str:
    query = quote_plus(text[:1500], safe=":,;()[]{}'/=@")
    return f'(APIServer pid=31) INFO:     10.0.0.7:41022 - "GET /v1/models?q={query} HTTP/1.1" 404 Not Found'


def _proxy(text: str) -> str:
    return (
        f'10.0.0.1 - - [24/Nov/2026:10:00:00 +0000] "POST /v1/completions?q={quote(text[:1500])} HTTP/1.1" 400 12 '
        '"-" "python-requests/2.31.0"'
    )


def _error(text: str) -> dict[str, object]:
    return {"error": {"message": text, "type": "BadRequestError", "param": None, "code": 400}}


def _error_body(text: str) -> str:
    return json.dumps(_error(text))


def _old_error_body(text: str) -> str:
    return json.dumps({"object": "error", "message": text, "type": "BadRequestError", "param": None, "code": 400})


def _pretty_error_body(text: str) -> str:
    return json.dumps(_error(text), indent=2)


def _completion(text: str) -> str:
    message = {"role": "assistant", "content": text, "tool_calls": []}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return json.dumps({"id": "chatcmpl-7", "object": "chat.completion", "model": "m", "choices": choices})


def _pretty_completion(text: str) -> str:
    return json.dumps(json.loads(_completion(text)), indent=4)


def _stream(text: str) -> str:
    delta = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    return f"data: {json.dumps(delta)}\n\ndata: [DONE]"


def _curl(text: str) -> str:
    """`curl -v` as it prints itself, its body and the answer's."""
    return "\n".join(
        [
            "*   Trying 127.0.0.1:8000...",
            "* Connected to 127.0.0.1 (127.0.0.1) port 8000 (#0)",
            "> POST /v1/chat/completions HTTP/1.1",
            "> Host: 127.0.0.1:8000",
            "> Content-Type: application/json",
            ">",
            "< HTTP/1.1 400 Bad Request",
            "< content-type: application/json",
            "<",
            _error_body(text),
        ]
    )


def _curl_command(text: str) -> str:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}, indent=2)
    escaped = body.replace("'", "'\\''")
    return (
        "$ curl http://127.0.0.1:8000/v1/chat/completions \\\n"
        f"    -H 'Content-Type: application/json' \\\n    -d '{escaped}'"
    )


def _printed_dict(text: str) -> str:
    return repr(_error(text))


def _printed_completion(text: str) -> str:
    return (
        "ChatCompletion(id='chatcmpl-7', choices=[Choice(finish_reason='stop', index=0, logprobs=None, "
        f"message=ChatCompletionMessage(content={text!r}, role='assistant'))], created=1, model='m')"
    )


def _options(text: str) -> str:
    content = {"messages": [{"role": "user", "content": text}], "model": "m"}
    return f"Request options: { ({'method': 'post', 'url': '/chat/completions', 'json_data': content})!r}"


def _client_debug(text: str) -> str:
    """openai/_base_client.py with `logging.basicConfig(level=DEBUG)`."""
    return f"DEBUG:openai._base_client:{_options(text)}"


def _client_debug_dated(text: str) -> str:
    return f"2026-11-24 10:00:01,123 DEBUG openai._base_client: {_options(text)}"


def _client_debug_headed(text: str) -> str:
    return f"DEBUG 11-24 10:00:01 [_base_client.py:482] {_options(text)}"


def _client_debug_dashes(text: str) -> str:
    return f"2026-11-24 10:00:01,123 - openai._base_client - DEBUG - {_options(text)}"


def _urllib3_debug(text: str) -> str:
    return (
        "DEBUG:urllib3.connectionpool:http://localhost:8000 "
        f'"POST /v1/completions?q={quote(text[:1500])} HTTP/1.1" 400 None'
    )


def _httpcore_debug(text: str) -> str:
    headers = [(b"content-type", b"application/json"), (b"x-reason", text.encode())]
    return f"DEBUG:httpcore.http11:receive_response_headers.complete return_value=(b'HTTP/1.1', 400, {headers!r})"


VOICES: dict[str, Callable[[str], str]] = {
    "request-0.4": _async_llm_engine,
    "request-0.6": _request_logger,
    "request-0.10": _request_logger_v1,
    "request-0.20": _request_details,
    "response": _generated,
    "input-prompt": _input_prompt,
    "response-body": _response_body,
    "response-body-streamed": _streamed_body,
    "access": _uvicorn,
    "access-plus": _uvicorn_plus,
    "access-proxy": _proxy,
    "error-body": _error_body,
    "error-body-old": _old_error_body,
    "error-body-pretty": _pretty_error_body,
    "completion": _completion,
    "completion-pretty": _pretty_completion,
    "stream": _stream,
    "curl-v": _curl,
    "curl-command": _curl_command,
    "dict": _printed_dict,
    "completion-object": _printed_completion,
    "client-debug": _client_debug,
    "client-debug-dated": _client_debug_dated,
    "client-debug-headed": _client_debug_headed,
    "client-debug-dashes": _client_debug_dashes,
    "client-debug-urllib3": _urllib3_debug,
    "client-debug-httpcore": _httpcore_debug,
}
"""How a text is quoted, by a name."""
