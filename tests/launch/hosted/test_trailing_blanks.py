"""A line that lacks its backslash and ends in blanks gets the backslash in their place, in each kind of file."""

from __future__ import annotations

import pytest

from vllm_doctor.launch.broken.flaws import mended
from vllm_doctor.launch.files import read_launches

FILES = {
    "Makefile": "serve:\n\tvllm serve org/m --max-model-len 4096@\n\t  --port 8000\n",
    "justfile": "serve:\n    vllm serve org/m --max-model-len 4096@\n      --port 8000\n",
    "Dockerfile": "FROM a\nCMD vllm serve org/m --max-model-len 4096@\n    --port 8000\n",
    "vllm.service": "[Service]\nExecStart=vllm serve org/m --max-model-len 4096@\n  --port 8000\n",
    "page.md": "```bash\nvllm serve org/m --max-model-len 4096@\n  --port 8000\n```\n",
    "start.sh": "vllm serve org/m --max-model-len 4096@\n  --port 8000\n",
}


@pytest.mark.parametrize("blanks", ["", " ", "  ", " \t"])
@pytest.mark.parametrize("file", FILES)
def test_the_backslash_ends_the_line(file: str, blanks: str) -> None:
    (launch,) = read_launches(FILES[file].replace("@", blanks), file)
    text = mended(launch, "missing-backslash").text
    begun, _, rest = FILES[file].partition("@")
    assert text.startswith(begun)
    assert text.endswith(rest)
    assert text[len(begun) : len(text) - len(rest)].strip(" \t") == "\\"
    assert text[: len(text) - len(rest)].endswith("\\")
