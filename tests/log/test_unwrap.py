import json

from vllm_doctor.log import Source, logical_lines
from vllm_doctor.log.types import Line, Piece

STAMP = "2026-03-01T04:00:00.1Z stderr"
HEAD = "INFO 04-07 09:53:02 [a.py:1]"


def unwrapped(*texts: str, source: Source | None = None) -> list[Line]:
    return list(logical_lines(enumerate(texts, 1), source or Source()))


def test_parts_of_a_container_line_are_joined_and_keep_their_lines() -> None:
    (line,) = unwrapped(f"{STAMP} P (A pid=1) {HEAD} one", f"{STAMP} P  two", f"{STAMP} F  three")
    assert line.text == f"{HEAD} one two three"
    assert line.process == "A pid=1"
    assert line.pieces == (Piece(1, f"{HEAD} one"), Piece(2, " two"), Piece(3, " three"))
    assert (line.number, line.last) == (1, 3)


def test_parts_of_two_containers_do_not_mix() -> None:
    texts = unwrapped(f"a-1  | {STAMP} P x", f"b-1  | {STAMP} P y", f"a-1  | {STAMP} F 1", f"b-1  | {STAMP} F 2")
    assert [line.text for line in texts] == ["x1", "y2"]


def test_a_part_without_end_is_given_at_the_end() -> None:
    assert [line.text for line in unwrapped(f"{STAMP} F a", f"{STAMP} P b")] == ["a", "b"]


def test_docker_parts_of_16_kib_are_joined() -> None:
    long = "x" * 16_384
    record = {"stream": "stderr", "time": "2026-03-01T04:00:00Z"}
    (line,) = unwrapped(json.dumps({"log": long, **record}), json.dumps({"log": "end\n", **record}))
    assert line.text == long + "end"
    assert line.time == "2026-03-01T04:00:00Z"


def test_a_json_message_of_several_lines_stands_on_one() -> None:
    text = json.dumps({"message": "one\n  two\nthree", "timestamp": "2026-01-01", "level": "error"})
    assert [(line.text, line.number) for line in unwrapped("x", text)] == [
        ("x", 1),
        ("one", 2),
        ("  two", 2),
        ("three", 2),
    ]


def test_a_bar_before_a_record_goes_and_the_record_stays() -> None:
    bar = "Loading shards:  10% Completed | 1/10 [00:01<00:09, 1.00s/it]"
    assert [line.text for line in unwrapped(f"{bar}\r(A pid=1) {HEAD} x")] == [f"{HEAD} x"]
    assert [line.text for line in unwrapped(f"(A pid=1) {HEAD} x\r{bar}")] == [f"{HEAD} x", bar]
    assert [line.text for line in unwrapped(f"{bar}(A pid=1) {HEAD} x")] == [f"{HEAD} x"]


def test_access_lines_are_counted_and_left_out() -> None:
    source = Source()
    access = '(APIServer pid=1) INFO:     10.0.0.1:4000 - "POST /v1/completions HTTP/1.1" 200 OK'
    assert unwrapped(access, "x", access, source=source)[0].text == "x"
    assert source.chatter == 2
    assert source.server
