import pytest

from vllm_doctor.log import Source, logical_lines, records
from vllm_doctor.log.types import Record

H = "ERROR 04-07 09:53:02 [core.py:1]"


def grouped(text: str, source: Source | None = None) -> list[Record]:
    source = source or Source()
    return list(records(logical_lines(enumerate(text.split("\n"), 1), source), source))


def messages(text: str) -> list[str]:
    return [record.message for record in grouped(text)]


def test_lines_with_one_header_are_one_record() -> None:
    (record,) = grouped(f"{H} one\n{H}   two\n{H}\n{H} four")
    assert record.message == "one\n  two\n\nfour"
    assert (record.level, record.file, record.at, record.first_line, record.last_line) == (
        "ERROR",
        "core.py",
        1,
        1,
        4,
    )


def test_two_processes_that_speak_in_turn_are_two_records_in_order() -> None:
    text = f"(A pid=1) {H} a1\n(B pid=2) {H} b1\n(A pid=1) {H} a2\n(B pid=2) {H} b2\nend"
    assert messages(text) == ["a1\na2", "b1\nb2", "end"]


def test_an_unheaded_line_is_a_record_each() -> None:
    assert messages("a\nb\n  c") == ["a", "b", "  c"]


def test_another_header_of_the_same_process_ends_a_record() -> None:
    assert messages(f"{H} a\n{H.replace('02', '03')} b\n{H} c") == ["a", "b", "c"]


def test_only_a_failure_goes_on_after_its_process_printed_something_else() -> None:
    info = H.replace("ERROR", "INFO")
    assert messages(f"{info} a\nplain\n{info} b") == ["a", "plain", "b"]
    assert messages(f"{H} a\nplain\n{H} b") == ["a\nb", "plain"]


def test_a_process_that_was_silent_for_long_begins_anew() -> None:
    others = "\n".join(f"line {n}" for n in range(80))
    assert messages(f"{H} a\n{others}\n{H} b")[0] == "a"


def test_a_message_that_a_terminal_broke_is_joined() -> None:
    broken = f"{H} RuntimeError: The driver is too old. Please update by downloadi\nng it from there\nor here"
    assert messages(broken) == [
        "RuntimeError: The driver is too old. Please update by downloadi\nng it from there\nor here"
    ]
    path = f'{H}   File "/usr/local/lib/python3.12/x/cache_dir_utils.py", line 19, in default_cache_'
    (record,) = grouped(f"{path}\ndir\n{H}     code")
    assert record.message.split("\n")[0].endswith("in default_cache_dir")
    assert record.last_line == 3


@pytest.mark.parametrize(
    "after",
    [
        "$ nvidia-smi",
        "Process EngineCore_0:",
        "  indented",
        "[rank0]: x",
        "INFO:     x",
        "",
        "/a.py:1: UserWarning: x",
    ],
)
def test_what_cannot_go_on_with_a_message_is_its_own_record(after: str) -> None:
    assert messages(f"{H} ValueError: x\n{after}")[0] == "ValueError: x"


def test_chatter_is_counted_and_left_out() -> None:
    source = Source()
    text = "\n".join(
        [
            'INFO:     127.0.0.1:5 - "GET / HTTP/1.1" 404 Not Found',
            '10.0.0.1 - - [24/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "curl"',
            "INFO 07-12 09:14:05 metrics.py:295] Avg prompt throughput: 0.0 tokens/s, Avg generation",
            "INFO 07-12 09:14:05 [loggers.py:259] Engine 000: Avg prompt throughput: 0.0 tokens/s",
            "stays",
        ]
    )
    assert [record.message for record in grouped(text, source)] == ["stays"]
    assert source.chatter == 4


def test_the_last_state_of_a_bar_stays_and_parts_nothing() -> None:
    bar = "Loading safetensors checkpoint shards: {:3d}% Completed | {}/4 [00:01<00:01,  1.0s/it]"
    text = "\n".join(
        [
            *(bar.format(25 * n, n) for n in range(3)),
            f"{H} ValueError: x",
            bar.format(75, 3),
            f"{H} and more",
            "Capturing CUDA graph shapes:  97%|█████████▋| 34/35 [00:20<00:00,  1.72it/s]",
            "Capturing CUDA graph shapes: 100%|██████████| 35/35 [00:20<00:00,  1.72it/s]",
            "model.safetensors:  13%|█▎        | 1.2G/9.1G [00:10<01:10, 112MB/s]",
            "stays",
        ]
    )
    found = [(record.first_line, record.bar, record.message) for record in grouped(text)]
    assert found == [
        (3, True, bar.format(50, 2)),
        (4, False, "ValueError: x\nand more"),
        (5, True, bar.format(75, 3)),
        (8, True, "Capturing CUDA graph shapes: 100%|██████████| 35/35 [00:20<00:00,  1.72it/s]"),
        (9, True, "model.safetensors:  13%|█▎        | 1.2G/9.1G [00:10<01:10, 112MB/s]"),
        (10, False, "stays"),
    ]


def test_figures_that_look_like_statistics_stay() -> None:
    text = "INFO 07-12 09:14:05 [loggers.py:1] Engine 000: vllm cache_config_info with num_gpu_blocks is: 2210"
    assert messages(text) == ["Engine 000: vllm cache_config_info with num_gpu_blocks is: 2210"]
    assert messages("Memory is 90% | of all") == ["Memory is 90% | of all"]


@pytest.mark.parametrize(
    "text",
    [
        "INFO 08-30 10:41:12 logger.py:36] Received request chat-1: prompt: 'ValueError: x', params: y",
        "INFO 08-30 10:41:12 async_llm_engine.py:205] Added request chat-1.",
        '{"object":"error","message":"ValueError: x","type":"NotFoundError","code":404}',
        '$ curl http://localhost:8000/v1/models -d "x"',
        "< HTTP/1.1 500 Internal Server Error",
        'data: {"id": 1}',
    ],
)
def test_a_clients_words_are_quotes(text: str) -> None:
    (record,) = grouped(text)
    assert record.quotes


def test_a_curl_command_of_several_lines_is_one_quote() -> None:
    text = "$ curl http://x -d '{\n  \"messages\": [\nValueError: no\n]}'\nafter"
    assert [record.quotes for record in grouped(text)] == [True, True, True, True, False]


def test_json_loggers_give_level_and_place() -> None:
    text = '{"levelname":"ERROR","asctime":"t","message":"a\\nb","filename":"core.py","lineno":3}'
    (record,) = grouped(text)
    assert (record.message, record.level, record.file, record.at) == ("a\nb", "ERROR", "core.py", 3)


def test_two_json_records_of_one_moment_are_two_and_their_statistics_go() -> None:
    form = '{{"levelname":"INFO","asctime":"2026-01-01 00:00:00","name":"vllm","message":"{}"}}'
    text = "\n".join(form.format(words) for words in ("a", "b", "Engine 000: Avg prompt throughput: 0.0 tokens/s"))
    assert messages(text) == ["a", "b"]
    assert messages("[\n" + text.replace("}\n", "},\n") + "\n]") == ["[", "a", "b", "]"]
