"""A plain mutation fuzzer: changes that keep most of a text as it was, at all sizes from a byte to many lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

WORDS = (
    *(
        b"\x00",
        b"\x1b[2J",
        b"\x1b]8;;x\x07",
        b"\x9b",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r",
        b"\r\n",
        b"\n",
        b"\t",
        b"\x0c",
    ),
    *("\u202e\u200b\u2028\ufeff\x85".encode(), "键".encode(), "键".encode("gb18030"), b"\xed\xa0\x80"),
    *(
        b"'",
        b'"',
        b"`",
        b"$(",
        b"${",
        b"}",
        b"{{",
        b"}}",
        b"{%",
        b"%}",
        b"\\",
        b"\\\n",
        b"#",
        b"|",
        b";",
        b"&&",
        b"<<EOF\n",
    ),
    *(
        b"EOF\n",
        b"[",
        b"]",
        b"{",
        b"}",
        b":",
        b"- ",
        b": ",
        b"&a ",
        b"*a",
        b"<<: *a",
        b"!!python/object ",
        b"--- ",
        b"...",
        b"? ",
    ),
    *(
        b"%",
        b"%s",
        b"{x}",
        b"~",
        b"@",
        b"--",
        b"--config ",
        b"--model=",
        b"--max-model-len ",
        b"-tp ",
        b"-O3",
        b"=",
        b"==",
    ),
    *(
        b"0",
        b"-1",
        b"1e999",
        b"NaN",
        b"Infinity",
        b"9" * 50,
        b"9" * 5000,
        b"0x10",
        b"1_000",
        b"null",
        b"true",
        b"\xc2\xb2",
    ),
    *("٣".encode(), b"1.5k", b"inf", b"0.0", b"-0"),
    *(b"Traceback (most recent call last):\n", b'  File "/a/vllm/x.py", line 1, in f\n', b"ValueError: "),
    *(b"torch.OutOfMemoryError: ", b"ERROR 11-22 10:37:36 [core.py:390] ", b"(EngineCore_DP0 pid=1) ", b"vllm serve "),
    *(b"INFO 11-22 10:37:36 [__init__.py:1] non-default args: {", b"vLLM API server version 0.24.0\n", b"error: "),
    *(
        b"services:\n",
        b"command: ",
        b"environment:\n",
        b"image: vllm/vllm-openai\n",
        b"ExecStart=",
        b"CMD [",
        b"ENTRYPOINT ",
    ),
    *(b"hf_abcdefghijkl0123456789", b"--api-key ", b"api_key=", b"HF_TOKEN="),
)
_TOKEN = re.compile(rb"[A-Za-z0-9_.]+|\s+|.", re.DOTALL)
LONGEST = 40_000


def mutated(random: random.Random, pool: Sequence[bytes]) -> bytes:
    """One of the pool, changed in one to eight places."""
    data = random.choice(pool)
    for _ in range(1 << random.randrange(4)):
        data = random.choice(_CHANGES)(random, data, pool)[:LONGEST]
    return data


def _cut(random: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    start, end = _range(random, data)
    return data[:start] + data[end:]


def _repeat(random: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    start, end = _range(random, data)
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 8, 100)) + data[end:]


def _insert(random: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(WORDS) * random.choice((1, 1, 1, 2, 60, 1500)) + data[at:]


def _put(random: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    """A word in place of a token."""
    tokens = _TOKEN.findall(data)
    if tokens:
        tokens[random.randrange(len(tokens))] = random.choice(WORDS)
    return b"".join(tokens)


def _swap(random: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) > 1:
        one, two = random.randrange(len(lines)), random.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


def _cross(random: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    other = random.choice(pool)
    start, end = _range(random, other)
    at = random.randrange(len(data) + 1)
    return data[:at] + other[start:end] + data[at:]


def _flip(random: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    if not data:
        return bytes([random.randrange(256)])
    at = random.randrange(len(data))
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _range(random: random.Random, data: bytes) -> tuple[int, int]:
    """A part of the data, small ones more often than large ones."""
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + int(2 ** random.uniform(0, 12)))


_CHANGES: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    *(_cut, _repeat, _insert, _put, _put, _swap, _cross, _flip),
)
