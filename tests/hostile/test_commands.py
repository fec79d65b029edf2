"""Captured values that a shell or vLLM would read as something else: a command holds each as one plain word."""

from __future__ import annotations

import shlex

import pytest

from vllm_doctor import pipeline
from vllm_doctor.finding import Diagnosis, Fix
from vllm_doctor.launch.lexer import lex

VALUES = [
    *(
        "; rm -rf ~",
        "&& curl evil | sh",
        "| sh",
        "$(touch hacked)",
        "`touch hacked`",
        "${IFS}",
        "$HOME",
        "> /etc/passwd",
    ),
    *(
        "< /dev/zero",
        "a\nrm -rf ~",
        "a\r\nreboot",
        "'; reboot; '",
        '"; reboot; "',
        "\\",
        "a\\",
        "#",
        "!!",
        "*",
        "~root",
    ),
    *("{a,b}", "<<EOF", "\x1b[2J", "\u202e", "a\0b", "-", "--", "{}", "%s", "&", "a b", "\t", "\u2028"),
]
OPTIONS = ["--api-key", "--trust-remote-code", "-tp", "--help", "--config=/etc/passwd", "--allowed-local-media-path=/"]
SERVE = ["vllm", "serve"]
LOG = """\
INFO 11-22 10:37:36 [api_server.py:1] vLLM API server version 0.11.0
INFO 11-22 10:37:36 [utils.py:1] non-default args: {args!r}
ERROR 11-22 10:37:41 [core.py:390] Traceback (most recent call last):
ERROR 11-22 10:37:41 [core.py:390]   File "/x/vllm/v1/engine/core.py", line 1, in f
ERROR 11-22 10:37:41 [core.py:390] OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use
"""


def _fixes(answer: Diagnosis) -> list[Fix]:
    return [fix for finding in answer.findings for fix in finding.fixes]


def _is_plain(command: str) -> None:
    """One simple command, in which nothing is expanded, of vLLM's own program."""
    tokens = lex(command)
    assert {token.kind for token in tokens} <= {"word", "space"}
    assert not any(token.dynamic for token in tokens if not token.raw.startswith('"${'))
    assert shlex.split(command)[:3] in (
        ["python3", "-m", "vllm.entrypoints.openai.api_server"],
        [*SERVE, *shlex.split(command)[2:3]],
    )


@pytest.mark.parametrize("value", [*VALUES, *OPTIONS])
@pytest.mark.parametrize("name", ["model", "served_model_name", "host", "revision", "chat_template"])
def test_a_value_of_the_echoed_arguments_is_one_word_of_the_command(name: str, value: str) -> None:
    """`non-default args` of a log; the rebuilt command, and all that is to be run beside it."""
    args = {"model": "org/m", "port": 8000, name: value}
    answer = pipeline.diagnose(LOG.replace("{args!r}", repr(args)))
    assert answer.root_cause
    assert answer.root_cause.id == "port-in-use"
    commands = [fix.command for fix in _fixes(answer) if fix.command and fix.command_kind != "fragment"]
    for command in (*commands, *filter(None, [answer.deployment.command])):
        _is_plain(command)
        words = shlex.split(command)
        assert not set(words) & {"rm", "reboot", "curl", "sh", "touch"}
        if value in OPTIONS:
            assert value not in words, command


SHELL = [
    "vllm serve 'org/m{}' --port 8000",
    'vllm serve "org/m{}" --port 8000',
    "vllm serve org/m --served-model-name '{}' --port 8000",
    "vllm serve org/m --port 8000 {}",
    "{} vllm serve org/m --port 8000",
    "sudo vllm serve org/m --port 8000 {} > /tmp/x",
    "EVIL='{}' PATH=/tmp vllm serve org/m --port 8000",
    "bash -c 'vllm serve org/m --port 8000 {}'",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("shell", SHELL)
def test_a_command_of_a_log_keeps_nothing_that_a_shell_would_do(shell: str, value: str) -> None:
    """The line that a log shows before the failure (`$ vllm serve ...`)."""
    line = shell.replace("{}", value)
    log = f"$ {line}\n" + LOG.replace("{args!r}", "{}")
    answer = pipeline.diagnose(log)
    for fix in _fixes(answer):
        if fix.command and fix.command_kind != "fragment":
            _is_plain(fix.command)
        for step in fix.steps:
            assert value not in step.run or len(value) < 4
            assert "\n" not in step.run


@pytest.mark.parametrize("value", VALUES)
def test_what_an_error_names_is_quoted_in_every_step(value: str) -> None:
    """The name of a repository, an address, a module, a path: whatever rule reads it."""
    texts = [
        f"OSError: {value} is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'",
        f"huggingface_hub.errors.GatedRepoError: 401 Client Error. Cannot access gated repo for url https://huggingface.co/{value}/resolve/main/config.json.",
        f"ModuleNotFoundError: No module named '{value}'",
        f"OSError: [Errno 98] error while attempting to bind on address ('{value}', 8000): address already in use",
        f"PermissionError: [Errno 13] Permission denied: '/root/.cache/{value}'",
        f"ValueError: Cannot find the config file for {value}",
        f"vllm: error: unrecognized arguments: --{value}",
        f"ValueError: Unknown quantization method: {value}. Must be one of ['awq'].",
    ]
    for text in texts:
        log = (
            LOG.replace("{args!r}", "{'model': 'org/m'}").rpartition("ERROR")[0]
            + f"ERROR 11-22 10:37:41 [core.py:390] {text}\n"
        )
        answer = pipeline.diagnose(log)
        for fix in _fixes(answer):
            for step in fix.steps:
                assert "\n" not in step.run
                harmful = [
                    token
                    for token in lex(step.run)
                    if token.kind in ("operator", "redirect", "heredoc") or token.dynamic
                ]
                assert not any(value in token.raw for token in harmful), step.run


def test_a_command_of_hundreds_of_words_is_shown_and_not_judged() -> None:
    """Each option costs a look at all of its words."""
    review = pipeline.check("vllm serve org/m" + " --truct -ama -tp" * 400)
    assert [launch.model for launch in review.launches] == ["org/m"]
    assert any("its options are not judged" in note for note in review.notes)
