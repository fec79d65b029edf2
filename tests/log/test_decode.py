import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.log.decode import HEAD, TAIL, Source, physical_lines, sniff


def lines(*blocks: bytes) -> list[tuple[int, str]]:
    return list(physical_lines(blocks, Source()))


def test_numbers_count_newlines_alone() -> None:
    assert lines(b"a\r\nb\rc\n\nd") == [(1, "a"), (2, "b\rc"), (3, ""), (4, "d")]


@given(
    st.text(st.characters(exclude_characters="\r\x00\x1b\x9b\ufeff^", exclude_categories=["Cs"])),
    st.integers(1, 9),
)
def test_blocks_may_end_anywhere(text: str, size: int) -> None:
    data = text.encode()
    if sniff(data[:4096])[0] != "utf-8":
        return
    whole = [line for _, line in lines(*(data[at : at + size] for at in range(0, len(data), size)))]
    wanted = text.split("\n")
    assert whole == (wanted[:-1] if wanted[-1] == "" else wanted)


def test_broken_utf8_is_replaced_and_the_rest_kept() -> None:
    assert lines(b"ok \xe4\xbd\xa0\nbad \xff\xfe\x80 end\n") == [
        (1, "ok 你"),
        (2, "bad \ufffd\ufffd\ufffd end"),
    ]


def test_gb18030_is_read_where_it_is_chinese() -> None:
    assert lines("错误：显存不足\n".encode("gb18030")) == [(1, "错误：显存不足")]
    assert lines("caf\xe9 na\xefve\n".encode("latin-1"))[0][1].startswith("caf\ufffd")


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"\xff\xfea\x00", "utf-16-le"),
        (b"\xfe\xff\x00a", "utf-16-be"),
        ("INFO 04-07 hello".encode("utf-16-le"), "utf-16-le"),
        ("INFO 04-07 hello".encode("utf-16-be"), "utf-16-be"),
        (b"\xef\xbb\xbfx", "utf-8"),
        (b"\x00" * 64, "utf-8"),
        (b"plain text", "utf-8"),
    ],
)
def test_the_encoding_is_told_by_the_first_bytes(head: bytes, encoding: str) -> None:
    assert sniff(head)[0] == encoding


def test_a_line_longer_than_memory_keeps_its_ends() -> None:
    source = Source()
    blocks = [b"head", *[b"x" * 50_000] * 30, b"tail\nnext\n"]
    (_, first), second = list(physical_lines(blocks, source))
    assert first.startswith("headx")
    assert first.endswith("xtail")
    assert len(first) <= HEAD + TAIL
    assert second == (2, "next")
    assert source.cuts == {1: TAIL}
    assert source.bytes == 1_500_000 + 14


def test_zero_bytes_of_a_truncated_file_go() -> None:
    assert lines(b"\x00" * 5000 + b"INFO a\n") == [(1, "INFO a")]
